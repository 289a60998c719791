"""Los clientes de `amq2.http_load`: piden, esperan y anotan, en un proceso propio.

Importa lo menos posible, para arrancar enseguida.
"""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

WARM_UP = 0.3
"""Segundos de calentamiento, que no se cuentan."""

TIMEOUT = 10
"""Segundos que un cliente espera una respuesta antes de darla por perdida."""


@dataclass(frozen=True)
class Plan:
    """Qué se pide y con cuánta carga."""

    method: str
    url: str
    body: str
    headers: Mapping[str, str]
    connections: int
    seconds: float


async def _run(plan: Plan) -> list[tuple[float, float, int]]:
    """Todos los clientes a la vez; devuelve lo que terminó después del calentamiento."""
    begin = time.time() + WARM_UP
    end = begin + plan.seconds
    message, results = _message(plan), list[tuple[float, float, int]]()
    asyncio.get_running_loop().call_later(WARM_UP, print)  # un renglón vacío: ya se mide
    clients = [_client(plan, message, end, results) for _ in range(plan.connections)]
    await asyncio.gather(*clients)
    return [row for row in results if begin <= row[0] <= end]


def _message(plan: Plan) -> bytes:
    parts = urlsplit(plan.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body = plan.body.encode()
    headers = {"Host": parts.netloc, **plan.headers}
    if body:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{plan.method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _client(
    plan: Plan, message: bytes, end: float, results: list[tuple[float, float, int]]
) -> None:
    """Un cliente: pide, espera, anota; si la conexión se corta, abre otra."""
    parts = urlsplit(plan.url)
    while (started := time.time()) < end:
        try:
            async with asyncio.timeout(TIMEOUT):
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            with closing(writer):
                keep = True
                while keep and (started := time.time()) < end:
                    async with asyncio.timeout(TIMEOUT):
                        writer.write(message)
                        status, keep = await _read(reader)
                    now = time.time()
                    results.append((now, 1000 * (now - started), status))
        except (OSError, EOFError, TimeoutError, HttpParserError):
            now = time.time()
            results.append((now, 1000 * (now - started), 0))
            await asyncio.sleep(0.01)  # para no insistir sin pausa cuando no hay nadie


class _Answer:
    """Una respuesta que se va leyendo; httptools avisa qué encontró."""

    def __init__(self) -> None:
        self.parser = HttpResponseParser(self)
        self.keep, self.done = True, False

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"connection" and value.lower() == b"close":
            self.keep = False

    def on_message_complete(self) -> None:
        self.done = True


async def _read(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Lee una respuesta entera: su estado, y si la conexión sigue abierta."""
    answer = _Answer()
    while not answer.done:
        data = await reader.read(65536)
        if not data:
            raise EOFError("la conexión se cortó en la mitad")
        answer.parser.feed_data(data)
    return answer.parser.get_status_code(), answer.keep


def main() -> None:
    """Lee un plan en JSON por la entrada y escribe lo medido por la salida."""
    plan = Plan(**json.load(sys.stdin))
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    json.dump(asyncio.run(_run(plan)), sys.stdout)


if __name__ == "__main__":
    main()
