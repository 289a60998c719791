"""Lo que hace falta para encender Airflow: claves, puerto, registro, supervisor y paciencia."""

import base64
import contextlib
import fcntl
import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from amq2.orchestrator.home import AirflowError, environment, secret, without_airflow_settings
from amq2.orchestrator.parts import Component
from amq2.orchestrator.supervisor import command
from amq2.settings import HOST

LOG = "airflow.log"
"""El archivo de la casa con lo que escriben los procesos de Airflow."""

LOG_TAIL = 2000
"""Bytes de ese archivo que se muestran si Airflow no arranca."""

POLL = 0.1
"""Segundos entre una pregunta y la siguiente mientras arranca."""


def settings_of(home: Path, dags: Path, port: int) -> dict[str, str]:
    """Las variables de entorno de todos los procesos: una clave, que comparten."""
    key = secret(home)
    fernet = base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()).decode()
    return {
        **without_airflow_settings(os.environ),
        **environment(home, dags, port),
        "AIRFLOW__API_AUTH__JWT_SECRET": key,
        "AIRFLOW__API__SECRET_KEY": key,
        "AIRFLOW__CORE__FERNET_KEY": fernet,
    }


@contextlib.contextmanager
def reserved(port: int | None) -> Iterator[int]:
    """Un puerto que nadie más toma: hasta que lo use api-server, es de este socket."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            reserved.bind((HOST, port or 0))
        except (OSError, OverflowError) as error:
            raise AirflowError(f"El puerto {port} no se puede usar: elegí otro.") from error
        number = reserved.getsockname()[1]
        # En Linux, api-server lo puede tomar igual; en macOS hay que soltarlo antes.
        if sys.platform != "linux":
            reserved.close()
        yield number


@contextlib.contextmanager
def open_log(home: Path) -> Iterator[IO[bytes]]:
    """El registro de la casa, vacío y con llave: la tienen los procesos que escriben en él."""
    with (home / LOG).open("ab+") as log:
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AirflowError(f"Ya hay un Airflow encendido en {home}: apagalo antes.") from error
        log.truncate(0)
        # Sin este archivo, los cuatro procesos lo crearían a la vez, cada uno con sus claves.
        (home / "airflow.cfg").touch()
        yield log


@contextlib.contextmanager
def supervised(
    home: Path,
    components: Sequence[Component],
    settings: Mapping[str, str],
    log: IO[bytes],
    is_temporary: bool,
) -> Iterator[subprocess.Popen[bytes]]:
    """El proceso que tiene a su cargo a los de Airflow; al salir, espera a que los apague."""
    supervisor = subprocess.Popen(
        command(home, components, is_temporary),
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        env=settings,
        cwd=home,
        start_new_session=True,  # interrumpir una celda no lo interrumpe
    )
    assert supervisor.stdin is not None
    try:
        yield supervisor
    finally:
        supervisor.stdin.close()
        supervisor.wait()


def wait_until(
    is_ready: Callable[[datetime], bool],
    name: str,
    supervisor: subprocess.Popen[bytes],
    log: IO[bytes],
    timeout: float,
) -> None:
    """Espera a que contesten todas las partes.

    Args:
        is_ready: dice si contestan; recibe la hora de ahora, porque un latido de una corrida
            anterior no cuenta.
        name: cómo se llama lo que se espera.
        supervisor: quien tiene las partes a su cargo.
        log: donde escriben.
        timeout: cuántos segundos se espera.

    Raises:
        AirflowError: si no están listas a tiempo, o terminaron; trae el final del registro.
    """
    started, deadline = datetime.now(UTC), time.monotonic() + timeout
    while not is_ready(started):
        is_dead = supervisor.poll() is not None
        if is_dead or time.monotonic() > deadline:
            why = "terminó solo" if is_dead else f"no estuvo listo en {timeout:g} s"
            size = os.fstat(log.fileno()).st_size
            tail = os.pread(log.fileno(), LOG_TAIL, max(0, size - LOG_TAIL)).decode(
                "utf-8", "replace"
            )
            raise AirflowError(f"{name} {why}. El final de su registro:\n{tail}")
        time.sleep(POLL)
