"""El servicio de referencia en marcha como proceso aparte, tal como lo pone `make api`."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from amq2.credit import FEATURES, applicants

KEY = "una-clave-de-prueba"
GIVE_UP = 20.0
PROBLEM = "application/problem+json"

_first = applicants(1).iloc[0]
APPLICANT: dict[str, float] = {name: float(_first[name]) for name in FEATURES}
"""Un solicitante que el modelo acepta."""

PERSON: dict[str, Any] = {"name": "Ana Pérez", **APPLICANT}
"""Un solicitante para guardar."""


@dataclass(frozen=True)
class Api:
    """Un servicio en marcha.

    Attributes:
        process: su proceso.
        port: el puerto en el que escucha.
        folder: la carpeta en la que corre, con su base.
    """

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def log(self) -> Path:
        """El archivo con sus registros."""
        return self.folder / "api.log"

    @property
    def url(self) -> str:
        """La dirección base, sin barra final."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401
        """Hace un pedido con la clave."""
        headers = {"X-API-Key": KEY, **options.pop("headers", {})}
        return requests.request(
            method, self.url + path, headers=headers, timeout=GIVE_UP, **options
        )

    def records(self) -> list[dict[str, Any]]:
        """Sus registros, uno por renglón."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def memory(self) -> int:
        """La memoria residente del proceso, en KiB."""
        command = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def stop(self) -> int:
        """Le pide que termine (SIGTERM), espera y devuelve su código de salida."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(GIVE_UP)


@contextmanager
def running_api(folder: Path, **environment: str) -> Iterator[Api]:
    """Enciende el servicio con su base y sus registros en `folder`, y lo apaga al salir.

    Args:
        folder: la carpeta en la que corre.
        environment: variables de entorno, por ejemplo `DATABASE_URL`.

    Raises:
        RuntimeError: si no arranca; trae el final de sus registros.
    """
    port = free_port()
    with (folder / "api.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "amq2.api"],
            cwd=folder,
            env=clean_environment(API_KEY=KEY, API_PORT=str(port), **environment),
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
    api = Api(process, port, folder)
    try:
        if not wait_until(lambda: process.poll() is not None or _answers(api), 3 * GIVE_UP):
            raise RuntimeError(f"no arrancó:\n{api.log.read_text('utf-8')[-2000:]}")
        yield api
    finally:
        process.kill()
        process.wait()


def clean_environment(**extra: str) -> Mapping[str, str]:
    """El entorno de esta máquina sin la configuración del servicio que pudiera tener."""
    own = ("API_KEY", "API_PORT", "DATABASE_URL", "MODEL_PATH")
    return {name: value for name, value in os.environ.items() if name not in own} | extra


def _answers(api: Api) -> bool:
    try:
        return requests.get(f"{api.url}/health", timeout=1).ok
    except requests.RequestException:
        return False


def free_port() -> int:
    """Un puerto en el que ahora no escucha nadie."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until(condition: Callable[[], object], seconds: float = GIVE_UP) -> bool:
    """Espera a que se cumpla; False si no se cumplió a tiempo."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def problem(response: requests.Response, status: int) -> dict[str, Any]:
    """El cuerpo de un error, después de revisar que sea problem details en castellano.

    Raises:
        AssertionError: si no lo es, o si el estado es otro.
    """
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"].endswith(".")
    return body
