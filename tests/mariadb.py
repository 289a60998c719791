"""Un MariaDB de verdad, con su base en una carpeta temporal, para las pruebas."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.api_server import GIVE_UP, free_port, wait_until

DATABASE = "banco"
"""La base que queda creada, vacía."""

INSTALL = "sudo apt install mariadb-server"


def find_program(name: str) -> str | None:
    """La ruta de un programa de MariaDB, o None: Debian deja el servidor fuera del PATH."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def is_installed() -> bool:
    """Si están los programas que hacen falta."""
    return all(map(find_program, ("mariadbd", "mariadb-install-db", "mariadb")))


@contextmanager
def running_mariadb() -> Iterator[int]:
    """Un MariaDB nuevo, encendido mientras dura el bloque.

    Returns:
        El puerto de 127.0.0.1 en el que escucha. El usuario es `root`, sin clave.

    Raises:
        RuntimeError: si no arranca, con el final de su registro.
    """
    # Corta y en /tmp: las rutas de los sockets no pueden pasar de unos 100 caracteres.
    with tempfile.TemporaryDirectory(prefix="amq2-mdb-") as folder, _log(Path(folder)) as log:
        # Como root, MariaDB pide que se lo digan dos veces.
        options = [f"--datadir={folder}/data", *(["--user=root"] if os.geteuid() == 0 else [])]
        install = [*options, "--auth-root-authentication-method=normal", "--skip-test-db"]
        assert _start("mariadb-install-db", install, log).wait() == 0
        port = free_port()
        listen = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/socket"]
        server = _start("mariadbd", [*options, *listen, f"--pid-file={folder}/pid"], log)
        try:
            if not wait_until(lambda: _creates_its_database(port)):
                text = (Path(folder) / "log").read_text("utf-8", errors="replace")
                raise RuntimeError(f"MariaDB no arrancó:\n{text[-2000:]}")
            yield port
        finally:
            server.terminate()
            server.wait(GIVE_UP)


@contextmanager
def _log(folder: Path) -> Iterator[int]:
    with (folder / "log").open("ab") as file:
        yield file.fileno()


def _start(name: str, options: list[str], log: int) -> subprocess.Popen[bytes]:
    program = find_program(name)
    assert program is not None, name
    # --no-defaults: sin la configuración que tenga la máquina.
    return subprocess.Popen([program, "--no-defaults", *options], stdout=log, stderr=log)


def _creates_its_database(port: int) -> bool:
    client = find_program("mariadb")
    assert client is not None
    address = ["--no-defaults", "--host=127.0.0.1", f"--port={port}", "--user=root"]
    statement = f"CREATE DATABASE IF NOT EXISTS {DATABASE}"
    command = [client, *address, f"--execute={statement}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
