"""Un PostgreSQL de verdad, con su base en una carpeta temporal, para las pruebas."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.api_server import GIVE_UP, free_port, wait_until

FOLDERS = "/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin"
"""Dónde dejan sus programas Debian y Homebrew: no siempre en el PATH."""

USERS = ("postgres", "nobody")
"""PostgreSQL no corre como root: si lo somos, lo corre uno de estos."""


def find_programs() -> Path | None:
    """La carpeta con initdb y postgres, o None si no está instalado."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = [path for pattern in FOLDERS for path in sorted(Path("/").glob(pattern[1:]))]
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


class Postgres:
    """Un servidor; `start` y `stop` se pueden repetir, y los datos quedan.

    Attributes:
        url: la dirección de su base, como la escribe SQLAlchemy.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._data = folder / "data"
        self._port = free_port()
        self._user = next(filter(_exists, USERS)) if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://banco@127.0.0.1:{self._port}/postgres"
        if self._user:
            shutil.chown(folder, self._user)
        arguments = ["--username=banco", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        self._run("initdb", *arguments, f"--pgdata={self._data}").wait()

    def start(self) -> None:
        """Lo enciende y espera a que conteste."""
        options = [f"-p{self._port}", f"-k{self._folder}", "-clisten_addresses=127.0.0.1"]
        self._process = self._run("postgres", f"-D{self._data}", *options)
        if not wait_until(self._answers):
            log = (self._folder / "log").read_text("utf-8")
            raise RuntimeError(f"PostgreSQL no arrancó:\n{log[-2000:]}")

    def stop(self) -> None:
        """Lo apaga, y corta las conexiones que haya (SIGINT: «fast shutdown»)."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(GIVE_UP)
            self._process = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self._programs / program, *arguments],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                user=self._user,
            )


def _exists(user: str) -> bool:
    return subprocess.run(["id", user], capture_output=True, check=False).returncode == 0


@contextmanager
def running_postgres(programs: Path) -> Iterator[Postgres]:
    """Un PostgreSQL nuevo y vacío, encendido mientras dura el bloque."""
    # Corta y en /tmp: las rutas de los sockets no pueden pasar de unos 100 caracteres.
    with tempfile.TemporaryDirectory(prefix="amq2-pg-") as folder:
        server = Postgres(programs, Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
