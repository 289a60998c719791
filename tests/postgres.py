"""Un PostgreSQL de verdad, con su base en una carpeta temporal, para las pruebas."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from amq2.cluster import postgres
from amq2.cluster.postgres import find_programs
from amq2.orchestrator.home import secret
from tests.api_server import GIVE_UP, free_port, wait_until

__all__ = ["Postgres", "find_programs", "running_postgres"]


class Postgres:
    """Un servidor; `start` y `stop` se pueden repetir, y los datos quedan.

    Attributes:
        url: la dirección de su base, como la escribe SQLAlchemy.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        port = free_port()
        self._log = folder / "log"
        self._server = postgres.server(programs, folder, port)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = postgres.url(secret(folder, "clave"), port, "postgres")
        postgres.create(programs, folder, folder / "clave")

    def start(self) -> None:
        """Lo enciende y espera a que conteste."""
        with self._log.open("ab") as log:
            self._process = self._server.start(log)
        if not wait_until(lambda: postgres.answers(self.url)):
            raise RuntimeError(f"PostgreSQL no arrancó:\n{self._log.read_text('utf-8')[-2000:]}")

    def stop(self) -> None:
        """Lo apaga, y corta las conexiones que haya."""
        if self._process:
            self._process.send_signal(self._server.stop)
            self._process.wait(GIVE_UP)
            self._process = None


@contextmanager
def running_postgres(programs: Path) -> Iterator[Postgres]:
    """Un PostgreSQL nuevo y vacío, encendido mientras dura el bloque."""
    with tempfile.TemporaryDirectory(prefix="amq2-pg-") as folder:
        server = Postgres(programs, Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
