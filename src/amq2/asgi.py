"""¿ASGI o WSGI? Las dos formas en que un servidor de Python llama a una aplicación web.

ASGI (FastAPI, Starlette): `async def app(scope, receive, send)`, una corrutina por pedido.
WSGI (Flask, Django; PEP 3333): `def app(environ, start_response)`, una función por pedido, que
ocupa un hilo mientras trabaja. Se las distingue por cuántos argumentos aceptan.
"""

import inspect
import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

from a2wsgi import WSGIMiddleware

logger = logging.getLogger("amq2.serving")


def as_asgi(app: Callable[..., Any]) -> Callable[..., Any]:
    """Devuelve `app` si es ASGI, o `app` adaptada si es WSGI (PEP 3333); si no, TypeError."""
    if callable(app) and not inspect.isclass(app):
        if _accepts(app, 3):  # (scope, receive, send)
            return app
        if _accepts(app, 2) and not inspect.iscoroutinefunction(app):  # (environ, start_response)
            return AdaptedWSGI(app)
    raise TypeError(
        f"No sé servir {app!r}: pasá la aplicación ya creada, ASGI (FastAPI, Starlette, o una "
        "`async def app(scope, receive, send)`) o WSGI (Flask, Django, o una "
        "`def app(environ, start_response)`)."
    )


def _accepts(function: Callable[..., Any], count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


class _ErrorStream(io.TextIOBase):
    """El `wsgi.errors` de PEP 3333: ahí escribe Flask sus tracebacks; van al logger."""

    def write(self, text: str) -> int:
        logger.error("%s", text.rstrip())
        return len(text)


class _Careful:
    """Una aplicación WSGI que no escribe en la salida, ni contesta si el servidor ya no está."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app
        self.closed = False

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:  # noqa: ANN401
        answer = self.app({**environ, "wsgi.errors": _ErrorStream()}, self._guard(start_response))
        try:
            for chunk in answer:
                self._check()
                yield chunk
            self._check()
        finally:
            getattr(answer, "close", lambda: None)()  # PEP 3333: quien itera, cierra

    def _guard(self, start_response: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any) -> Any:  # noqa: ANN401
            self._check()
            return start_response(*args)

        return guarded

    def _check(self) -> None:
        if self.closed:
            raise ConnectionAbortedError("El servidor se detuvo antes de que contestaras.")


class AdaptedWSGI(WSGIMiddleware):
    """Una aplicación WSGI vista como ASGI; `close` suelta los hilos en los que trabaja."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self._careful = _Careful(app)
        super().__init__(self._careful)

    def close(self) -> None:
        """No espera a nadie: lo que sigue trabajando termina solo y ya no contesta."""
        self._careful.closed = True
        self.executor.shutdown(wait=False, cancel_futures=True)
