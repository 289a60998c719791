"""PostgreSQL como un proceso más: dónde están sus programas, cómo se crea y cómo se lanza."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from amq2.orchestrator.home import AirflowError
from amq2.orchestrator.parts import Component
from amq2.settings import HOST

FOLDERS = "/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin"
"""Dónde dejan sus programas Debian y Homebrew: no siempre en el PATH."""

USERS = ("postgres", "nobody")
"""PostgreSQL no corre como root: si lo somos, lo corre uno de estos."""

OWNER = "banco"
"""El usuario, adentro de PostgreSQL, que es dueño de todo."""

INSTALL = "sudo apt install postgresql (en macOS, brew install postgresql@17)"


def find_programs() -> Path | None:
    """La carpeta con initdb y postgres, o None si no está instalado."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = [path for pattern in FOLDERS for path in sorted(Path("/").glob(pattern[1:]))]
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


def create(programs: Path, folder: Path, password: Path) -> None:
    """Crea los archivos de un servidor nuevo en `folder/data`; si ya estaban, no los toca.

    Args:
        programs: véase `find_programs`.
        folder: una carpeta que sólo ve quien corre el servidor; si somos root, pasa a ser suya.
        password: el archivo, de esa carpeta, con la clave de `OWNER`.

    Raises:
        AirflowError: si no se puede; trae lo que dijo initdb.
    """
    user = _user()
    if user:
        shutil.chown(folder, user)
        shutil.chown(password, user)
    if (folder / "data").exists():
        return
    # Con otro nombre hasta el final: lo que quedó a medias no es un servidor.
    half = folder / "half"
    shutil.rmtree(half, ignore_errors=True)
    access = [f"--username={OWNER}", f"--pwfile={password}", "--auth=scram-sha-256"]
    done = subprocess.run(
        [programs / "initdb", *access, "--encoding=UTF8", "--locale=C", f"--pgdata={half}"],
        cwd="/",
        user=user,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        why = (done.stderr.strip() or "sin motivo").splitlines()[-1]
        who = f" (lo corre el usuario {user}, que tiene que poder entrar ahí)" if user else ""
        raise AirflowError(f"PostgreSQL no se pudo crear en {folder}{who}: {why}")
    half.rename(folder / "data")


def server(programs: Path, folder: Path, port: int) -> Component:
    """El servidor de esa carpeta: escucha en esta máquina, y en ningún otro lado."""
    listen = [f"-p{port}", f"-clisten_addresses={HOST}", "-cunix_socket_directories="]
    return Component(
        "postgres",
        [str(programs / "postgres"), f"-D{folder / 'data'}", *listen],
        user=_user(),
        stop=signal.SIGINT,  # corta las conexiones que haya; con SIGTERM las esperaría
    )


def url(password: str, port: int, database: str, driver: str = "") -> str:
    """La dirección de una base, como la escribe SQLAlchemy; `driver`, por ejemplo `+psycopg`."""
    return f"postgresql{driver}://{OWNER}:{password}@{HOST}:{port}/{database}"


def answers(address: str) -> bool:
    """Si hay un servidor que contesta en esa dirección."""
    try:
        psycopg.connect(address, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def create_database(address: str, name: str) -> None:
    """Crea una base vacía en el servidor de esa dirección, si no estaba."""
    with psycopg.connect(address, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _user() -> str | None:
    """Con qué usuario corre el servidor, si no es con el de este programa."""
    return next(filter(_exists, USERS)) if os.geteuid() == 0 else None


def _exists(user: str) -> bool:
    return subprocess.run(["id", user], capture_output=True, check=False).returncode == 0
