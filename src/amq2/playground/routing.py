"""De un camino y un método a la función que atiende, con lo que HTTP pide para el resto.

Lo que Starlette no hace igual para todos: OPTIONS contesta 204 con `Allow` (RFC 9110, sección
9.3.7), HEAD se atiende como GET sin cuerpo (9.3.2), y un método que no está contesta 405 con
`Allow` (15.5.6), siempre en el mismo orden.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from amq2.problems import Problem

Handler = Callable[[Request], Awaitable[Response]]

COMMON_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Endpoint:
    """Lo que hay en un camino: una función por método. Es una aplicación ASGI."""

    def __init__(self, about: str, handlers: dict[str, Handler]) -> None:
        self.about = about
        self.methods = [*handlers]
        self.handlers = dict(handlers)
        if "GET" in handlers and "HEAD" not in handlers:
            self.methods.insert(self.methods.index("GET") + 1, "HEAD")
            self.handlers["HEAD"] = handlers["GET"]
        if "OPTIONS" not in handlers:
            self.methods.append("OPTIONS")
            self.handlers["OPTIONS"] = self._options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = self.handlers.get(scope["method"])
        if handler is None:
            raise Problem(
                405,
                f"Acá no se puede {scope['method']}. Se puede: {self.allow}.",
                headers={"Allow": self.allow},
            )
        response = await handler(Request(scope, receive, send))
        await response(scope, receive, send)

    @property
    def allow(self) -> str:
        """Los métodos que se aceptan, como los espera el encabezado `Allow`."""
        return ", ".join(self.methods)

    async def _options(self, request: Request) -> Response:
        return Response(status_code=204, headers={"Allow": self.allow})


def route(path: str, about: str, **handlers: Handler) -> Route:
    """Una ruta: `route("/echo", "Para qué sirve", GET=show, POST=show)`."""
    return Route(path, Endpoint(about, handlers))


def route_any(path: str, about: str, handler: Handler) -> Route:
    """Una ruta que atiende igual todos los métodos de uso común."""
    return Route(path, Endpoint(about, dict.fromkeys(COMMON_METHODS, handler)))
