"""Levantar una aplicación web de verdad desde una celda: `with serve(app) as server`.

El servidor es uvicorn, en un hilo con su propio event loop: así convive con el loop que ya corre
en Jupyter. El socket se reserva antes, en el puerto 0 (el sistema elige uno libre): no hay carrera
por el puerto. Nada se escribe en la salida: lo que la aplicación deja caer queda en
`server.last_error` y en el logger `amq2.serving`.
"""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from amq2.asgi import AdaptedWSGI, as_asgi
from amq2.proxied import behind_proxy
from amq2.settings import HOST

GRACE = 1  # segundos que se espera a los pedidos en curso antes de cancelarlos
BACKLOG = 2048  # conexiones que pueden esperar a que se las atienda
POLL = 0.005  # segundos entre una mirada y la siguiente mientras el servidor arranca

logger = logging.getLogger("amq2.serving")
logger.addHandler(logging.NullHandler())
logger.propagate = False  # quien quiera leer los registros le agrega un handler a este logger


class ServerStartError(RuntimeError):
    """El servidor no llegó a escuchar. La causa, si se sabe, está en `__cause__`."""


def listen(port: int = 0) -> socket.socket:
    """Un socket que escucha en un puerto de esta máquina; con 0, en uno libre cualquiera.

    Raises:
        OSError: si el puerto está ocupado o no se puede usar.
    """
    # Con el protocolo dicho, asyncio pone TCP_NODELAY: sin él, una respuesta espera 40 ms.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


@contextmanager
def serve(app: Callable[..., Any], *, start_timeout: float = 10.0) -> Iterator["Server"]:
    """Sirve `app` por HTTP mientras dura el bloque `with`.

    app            una aplicación ASGI (FastAPI, Starlette, async def) o WSGI (Flask, Django).
    start_timeout  segundos que se le dan para arrancar, incluido su lifespan.

    Devuelve un Server que ya acepta conexiones; al salir, siempre lo detiene.
    Levanta TypeError si `app` no es ASGI ni WSGI, y ServerStartError si no arranca.

    >>> with serve(app) as server:                  # doctest: +SKIP
    ...     requests.get(server.url, timeout=5)
    """
    server = Server(app)
    try:
        server.start(start_timeout)
        yield server
    finally:
        server.stop()


class Server:
    """Un servidor uvicorn en un hilo; se usa a través de `serve`.

    url         dirección base, sin barra final: "http://127.0.0.1:PUERTO".
    port        el puerto en el que escucha.
    last_error  la última excepción que la aplicación no atajó (la de un 500), o None.
    """

    def __init__(self, app: Callable[..., Any]) -> None:
        self.last_error: Exception | None = None
        self._start_error: BaseException | None = None
        self._app = as_asgi(app)
        self._socket = listen()
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                behind_proxy(self._watched_app),
                interface="asgi3",
                loop="asyncio",
                log_config=None,
                log_level=logging.CRITICAL + 1,  # de los registros se ocupa _watched_app
                access_log=False,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self._cancel: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, name=f"serve:{self.port}", daemon=True)

    def start(self, timeout: float) -> None:
        """Arranca el hilo y vuelve cuando el servidor acepta conexiones (`timeout` en segundos)."""
        deadline = time.monotonic() + timeout
        self._thread.start()
        while not self._uvicorn.started:
            self._thread.join(POLL)
            if not self._thread.is_alive():
                cause = self._start_error
                raise ServerStartError(f"La aplicación falló al arrancar: {cause!r}") from cause
            if time.monotonic() > deadline:
                hint = "fijate qué espera su lifespan"
                raise ServerStartError(f"La aplicación no arrancó en {timeout:g} s: {hint}.")

    def stop(self) -> None:
        """Detiene el servidor; a los pedidos en curso los espera GRACE segundos y los cancela.

        Lo único que no se puede cancelar es un `def` bloqueado: tras unos segundos queda atrás, en
        un hilo que no impide seguir ni terminar el proceso.
        """
        if self._uvicorn.started:
            self._uvicorn.should_exit = True
            self._thread.join(GRACE + 1)
        if self._thread.is_alive():
            self._cancel()
            self._thread.join(1)
        self._socket.close()
        if isinstance(self._app, AdaptedWSGI):
            self._app.close()

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._serve(runner.get_loop()))
        except BaseException as error:  # noqa: BLE001 - es un hilo: lo cuenta `start`, no la salida
            self._start_error = self._start_error or error

    async def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        await self._uvicorn.serve(sockets=[self._socket])

    async def _watched_app(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            if scope["type"] == "lifespan":
                self._start_error = error
            else:
                self.last_error = error
                logger.exception("La aplicación falló en %s", scope.get("path"))
            raise
