"""Airflow entero, de verdad, al lado de la notebook: `with running_airflow(dags) as airflow`.

Cada parte de Airflow es un proceso aparte. De lanzarlas y de que no quede ninguna se ocupa
`amq2.orchestrator.supervisor`; acá se elige dónde viven y se espera a que estén listas.
"""

import base64
import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from amq2.orchestrator.client import Airflow
from amq2.orchestrator.home import (
    COURSE_DAGS,
    AirflowError,
    environment,
    prepare,
    secret,
    without_airflow_settings,
)
from amq2.settings import HOST

LOG = "airflow.log"
"""El archivo de la casa con lo que escriben los procesos de Airflow."""

LOG_TAIL = 2000
"""Bytes de ese archivo que se muestran si Airflow no arranca."""

POLL = 0.1
"""Segundos entre una pregunta y la siguiente mientras arranca."""


@contextlib.contextmanager
def running_airflow(
    dags: Path = COURSE_DAGS,
    *,
    port: int | None = None,
    home: Path | None = None,
    start_timeout: float = 90.0,
    env: Mapping[str, str] | None = None,
) -> Iterator[Airflow]:
    """Enciende Airflow, espera a que esté listo y lo apaga al salir del bloque `with`.

    Args:
        dags: la carpeta con los DAGs.
        port: el puerto de la pantalla y de la API REST; si no se da, uno libre.
        home: la casa de Airflow, que se conserva; si no se da, una temporal.
        start_timeout: segundos que se le dan para estar listo.
        env: variables de entorno que se agregan, como conexiones (`AIRFLOW_CONN_…`).

    Raises:
        AirflowError: si el puerto o la casa ya se usan, o si no arranca; trae el final del
            registro.
    """
    is_temporary = home is None
    place = (home or Path(tempfile.mkdtemp(prefix="amq2-airflow-"))).absolute()
    try:
        prepare(place)
        with _reserved(port) as number, _log(place) as log:
            settings = {**_settings(place, dags.absolute(), number), **(env or {})}
            with _supervised(place, is_temporary, settings, log) as supervisor:
                airflow = Airflow(f"http://{HOST}:{number}", place)
                _wait_until_ready(airflow, supervisor, log, start_timeout)
                yield airflow
    finally:
        if is_temporary:
            shutil.rmtree(place, ignore_errors=True)


def _settings(home: Path, dags: Path, port: int) -> dict[str, str]:
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
def _reserved(port: int | None) -> Iterator[int]:
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
def _log(home: Path) -> Iterator[IO[bytes]]:
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
def _supervised(
    home: Path, is_temporary: bool, settings: Mapping[str, str], log: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    """El proceso que tiene a su cargo a los de Airflow; al salir, espera a que los apague."""
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "amq2.orchestrator.supervisor", str(home)]
        + ["temporary"] * is_temporary,
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


def _wait_until_ready(
    airflow: Airflow, supervisor: subprocess.Popen[bytes], log: IO[bytes], timeout: float
) -> None:
    """Espera a que contesten todas las partes; un latido de una corrida anterior no cuenta."""
    started, deadline = datetime.now(UTC), time.monotonic() + timeout
    while not airflow.is_ready(since=started):
        is_dead = supervisor.poll() is not None
        if is_dead or time.monotonic() > deadline:
            why = "terminó solo" if is_dead else f"no estuvo listo en {timeout:g} s"
            size = os.fstat(log.fileno()).st_size
            tail = os.pread(log.fileno(), LOG_TAIL, max(0, size - LOG_TAIL)).decode(
                "utf-8", "replace"
            )
            raise AirflowError(f"Airflow {why}. El final de su registro:\n{tail}")
        time.sleep(POLL)
