"""Lo que comparten las pruebas de Gradio: sus avisos, y la aplicación como proceso aparte."""

import gc
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.api_server import GIVE_UP, clean_environment, free_port

OF_GRADIO = (
    "ignore::pandas.errors.Pandas4Warning",
    "ignore::ResourceWarning",
    "ignore::DeprecationWarning",
)
"""Avisos de Gradio sobre sus propias dependencias; con `error`, su cola se detendría."""


def collect_leftovers() -> None:
    """Junta lo que Gradio no cierra ahora, y no en medio de las pruebas de otro archivo."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


@dataclass(frozen=True)
class App:
    """La aplicación de referencia en marcha, tal como la pone `make app`.

    Attributes:
        process: su proceso.
        port: el puerto en el que escucha.
        auth: un usuario que puede entrar, y su clave.
    """

    process: subprocess.Popen[str]
    port: int
    auth: tuple[str, str]

    @property
    def url(self) -> str:
        """La dirección, sin barra final."""
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> int:
        """La memoria residente del proceso, en MiB."""
        command = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return int(done.stdout) // 1024


@contextmanager
def running_app(port: int = 0, **environment: str) -> Iterator[App]:
    """Enciende la aplicación, y la apaga al salir.

    Args:
        port: dónde; si no se dice, en un puerto libre.
        environment: variables de entorno, por ejemplo `API_URL`.

    Raises:
        RuntimeError: si no arranca.
    """
    port, auth = port or free_port(), ("ana", "clave-de-ana")
    settings = app_environment(APP_PORT=str(port), APP_USERS=":".join(auth), **environment)
    command = [sys.executable, "-m", "amq2.app"]
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True) as process:
        app = App(process, port, auth)
        try:
            assert process.stdout is not None
            if process.stdout.readline() != f"La aplicación está en {app.url}/\n":
                raise RuntimeError("la aplicación no arrancó")
            yield app
        finally:
            process.terminate()
            process.wait(GIVE_UP)


def app_environment(**extra: str) -> Mapping[str, str]:
    """El entorno de esta máquina sin la configuración de la aplicación que pudiera tener."""
    own = ("APP_PORT", "APP_USERS", "API_URL", "GRADIO_ROOT_PATH")
    return {k: v for k, v in clean_environment(**extra).items() if k in extra or k not in own}
