"""El tope del cuerpo: un pedido enorme se rechaza antes de que ocupe memoria."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amq2.api.problems import Problem


class BodyLimit:
    """Middleware ASGI: contesta 413 si el cuerpo pasa de `max_bytes`, lo anuncie o no."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Mira primero Content-Length; si no está (Transfer-Encoding: chunked), cuenta."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        for name, value in scope["headers"]:
            # El servidor ya rechazó los Content-Length que no son un número.
            if name == b"content-length" and int(value) > self.max_bytes:
                await Problem(413).response()(scope, receive, send)
                return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise Problem(413)
            return message

        await self.app(scope, counted, send)
