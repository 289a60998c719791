"""El guion de fallas, aplicado: anota cada pedido y le hace lo que le toca.

`FaultScript` envuelve la aplicación (es middleware ASGI puro, sin framework). Cuando el guion se
termina, el servidor se porta bien.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amq2.playground.disconnect import client_left_within
from amq2.playground.faults import Fault
from amq2.problems import Problem, render


@dataclass
class SeenRequest:
    """Lo que el servidor vio de un pedido.

    path     camino con su query, como "/applicants?limit=5".
    headers  nombres en minúscula; los repetidos, unidos con ", ".
    at       cuándo llegó, en segundos de time.monotonic().
    status   estado que se contestó; None si el cliente se quedó sin respuesta, o con una rota.
    """

    method: str
    path: str
    headers: dict[str, str]
    at: float
    body: bytes = b""
    status: int | None = None


class FaultScript:
    """Middleware ASGI: anota los pedidos en `seen` y les aplica las fallas del guion."""

    def __init__(self, app: ASGIApp, faults: Iterable[Fault] = ()) -> None:
        self.app = app
        self.seen: list[SeenRequest] = []
        self._faults = iter(faults)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = _seen(scope)
        self.seen.append(seen)
        fault = next(self._faults, Fault.none())
        if not await _read_body(seen, receive):
            return  # un pedido a medias no se atiende
        wire = _Wire(seen, receive, send)
        if fault.kind == "error":
            wait = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            await render(Problem(fault.status, headers=wait))(scope, wire.receive, wire.send)
        elif fault.kind == "late":
            answer = await self._answer(scope, wire)
            if not await client_left_within(fault.seconds, receive):
                for message in answer:
                    await wire.send(message)
        elif fault.kind == "broken":
            await _break(await self._answer(scope, wire), send)
        else:
            await self.app(scope, wire.receive, wire.send)

    async def _answer(self, scope: Scope, wire: "_Wire") -> list[Message]:
        """Hace el trabajo y guarda la respuesta sin mandarla."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, wire.receive, keep)
        return messages


class _Wire:
    """La conexión vista desde la aplicación: entrega el cuerpo ya leído y anota el estado."""

    def __init__(self, seen: SeenRequest, receive: Receive, send: Send) -> None:
        self._seen, self._receive, self._send = seen, receive, send
        self._delivered = self._gone = False

    async def receive(self) -> Message:
        if not self._delivered:
            self._delivered = True
            return {"type": "http.request", "body": self._seen.body, "more_body": False}
        message = await self._receive()
        self._gone = self._gone or message["type"] == "http.disconnect"
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._gone:
            self._seen.status = message["status"]
        await self._send(message)


async def _break(answer: list[Message], send: Send) -> None:
    """Manda los encabezados y la mitad del cuerpo; al terminar sin completarlo, uvicorn corta."""
    body = b"".join(message.get("body", b"") for message in answer)
    start = answer[0]
    headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
    headers.append((b"content-length", str(len(body) or 100).encode()))
    status = start["status"] if body else 200  # 204 y 304 no pueden prometer un cuerpo
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


async def _read_body(seen: SeenRequest, receive: Receive) -> bool:
    """Lee el cuerpo entero en `seen`; False si el cliente cortó antes de terminar de mandarlo."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            seen.body = bytes(body)
            return bool(message["type"] != "http.disconnect")


def _seen(scope: Scope) -> SeenRequest:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    query = scope["query_string"].decode("latin-1")
    path = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    return SeenRequest(scope["method"], path, headers, at=time.monotonic())
