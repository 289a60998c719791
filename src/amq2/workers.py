"""Una aplicación con varios procesos de verdad: `with serve_workers("amq2.api:create_app()")`.

Cada proceso (*worker*) tiene su intérprete de Python y su copia de la aplicación; todos escuchan en
el mismo socket, y el sistema operativo le da cada conexión nueva a uno que esté libre. Si uno
muere, se cortan las conexiones que atendía; las nuevas las toman los demás.

Cada worker vigila un caño que lo une a quien lo creó: si se cierra, también porque mataron al
kernel de Jupyter, termina. Nada queda corriendo.
"""

import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from amq2.asgi import as_asgi
from amq2.serving import GRACE, ServerStartError, listen
from amq2.settings import HOST

LOG_TAIL = 2000  # caracteres del registro que se muestran si un worker no arranca


@contextmanager
def serve_workers(
    target: str,
    workers: int = 2,
    *,
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
    start_timeout: float = 30.0,
) -> Iterator["Workers"]:
    """Sirve una aplicación con varios workers mientras dura el bloque `with`.

    Args:
        target: de dónde se importa, como lo escribe gunicorn: `"modulo:app"`, o
            `"modulo:create_app()"` si hay que llamarla.
        workers: cuántos procesos.
        env: variables de entorno que se agregan.
        folder: la carpeta desde la que se importa y se trabaja; si no se da, la actual.
        start_timeout: segundos que se le dan a cada uno para arrancar.

    Raises:
        ServerStartError: si uno no arranca; trae el final de su registro.
    """
    group = Workers(target, {**os.environ, **(env or {})}, folder, start_timeout)
    try:
        group.start(workers)
        yield group
    finally:
        group.stop()


class Workers:
    """Los workers; se usan a través de `serve_workers`.

    Attributes:
        url: la dirección base, sin barra final, que comparten.
        port: el puerto.
    """

    def __init__(
        self, target: str, env: Mapping[str, str], folder: Path | None, start_timeout: float
    ) -> None:
        self._target = target
        self._env = env
        self._folder = folder
        self._start_timeout = start_timeout
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lo cierra `stop`
        self._socket = listen()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"

    @property
    def pids(self) -> list[int]:
        """Los números de proceso de los workers que siguen vivos, del más viejo al más nuevo."""
        return [process.pid for process in self._processes if process.poll() is None]

    def start(self, workers: int = 1) -> None:
        """Agrega workers y vuelve cuando todos atienden."""
        for ready in [self._launch() for _ in range(workers)]:
            with os.fdopen(ready, "rb") as pipe:
                is_readable, _, _ = select.select([pipe], [], [], self._start_timeout)
                if not (is_readable and pipe.read(1)):
                    raise ServerStartError(f"Un worker no arrancó:\n{self.log()[-LOG_TAIL:]}")

    def kill(self, pid: int) -> None:
        """Mata a un worker sin aviso (SIGKILL), como se muere uno que se quedó sin memoria."""
        [process] = [process for process in self._processes if process.pid == pid]
        process.kill()
        process.wait()

    def log(self) -> str:
        """Lo que escribieron los workers, en su salida y en la de errores."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode("utf-8", "replace")

    def stop(self) -> None:
        """Cierra los caños: cada worker termina lo que empezó y sale; el que no sale, muere."""
        self._socket.close()
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
        for process in self._processes:
            try:
                process.wait(GRACE + 2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._log.close()

    def _launch(self) -> int:
        """Lanza un worker; devuelve el extremo de un caño por el que avisa que atiende."""
        ready, to_tell = os.pipe()
        arguments = [str(self._socket.fileno()), str(to_tell), self._target]
        process = subprocess.Popen(
            [sys.executable, "-m", "amq2.workers", *arguments],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            pass_fds=(self._socket.fileno(), to_tell),
            env=self._env,
            cwd=self._folder,
            start_new_session=True,  # interrumpir una celda no lo interrumpe
        )
        os.close(to_tell)
        self._processes.append(process)
        return ready


class _Server(uvicorn.Server):
    """Avisa por un caño cuando ya atiende."""

    def __init__(self, config: uvicorn.Config, to_tell: int) -> None:
        super().__init__(config)
        self._to_tell = to_tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        os.write(self._to_tell, b"1")
        os.close(self._to_tell)


def load(target: str) -> Callable[..., Any]:
    """Importa la aplicación: `"modulo:app"` o `"modulo:create_app()"`."""
    module, _, name = target.partition(":")
    found = getattr(importlib.import_module(module), name.removesuffix("()"))
    return as_asgi(found() if name.endswith("()") else found)


def main() -> None:
    """Un worker: atiende hasta que se cierre su entrada, que es el caño de quien lo creó."""
    descriptor, to_tell, target = sys.argv[1:]
    config = uvicorn.Config(
        load(target),
        interface="asgi3",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE,
    )
    server = _Server(config, int(to_tell))

    def follow() -> None:
        os.read(0, 1)
        server.should_exit = True
        threading.Event().wait(GRACE + 1)
        os.kill(os.getpid(), signal.SIGKILL)  # hay un `def` bloqueado: no va a salir solo

    threading.Thread(target=follow, daemon=True).start()
    server.run(sockets=[socket.socket(fileno=int(descriptor))])


if __name__ == "__main__":
    main()
