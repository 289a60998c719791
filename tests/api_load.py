"""Clientes de verdad, muchos a la vez: qué les contestaron y qué quedó sin respuesta."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.api_server import APPLICANT, GIVE_UP, KEY, PERSON


@dataclass
class Tally:
    """Lo que pasó.

    Attributes:
        statuses: cuántas respuestas de cada estado.
        created: los números de los solicitantes que el servicio confirmó haber creado.
        cut: pedidos mandados que quedaron sin respuesta, según lo que pedían.
        refused: intentos de conectarse que no encontraron a nadie.
        waits: segundos que esperó cada respuesta.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    created: list[int] = field(default_factory=list)
    cut: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    waits: list[float] = field(default_factory=list)

    def p99(self) -> float:
        """El percentil 99 de las esperas, en segundos."""
        return sorted(self.waits)[int(0.99 * len(self.waits))]

    def answered(self) -> str:
        """Las respuestas, para una tabla."""
        return ", ".join(f"{count} de {status}" for status, count in sorted(self.statuses.items()))


def message(method: str, path: str, body: Any = None) -> bytes:  # noqa: ANN401
    """Los bytes de un pedido con la clave."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: x",
        f"X-API-Key: {KEY}",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


PREDICT = message("POST", "/v1/predictions", APPLICANT)
CREATE = message("POST", "/v1/applicants", PERSON)
LIST = message("GET", "/v1/applicants?limit=5")
MIXTURE = (*[PREDICT] * 8, CREATE, LIST)
"""Lo que pide cada cliente, una y otra vez: sobre todo puntajes."""


async def load(
    port: int,
    connections: int,
    should_stop: Callable[[], bool],
    *,
    mixture: tuple[bytes, ...] = MIXTURE,
) -> Tally:
    """Pide hasta que `should_stop`; cada cliente espera su respuesta antes de pedir de nuevo.

    Args:
        port: el puerto del servicio.
        connections: cuántos clientes.
        should_stop: si ya hay que terminar.
        mixture: los pedidos de cada cliente, en orden.
    """
    tally = Tally()
    clients = [_client(port, n, should_stop, mixture, tally) for n in range(connections)]
    await asyncio.gather(*clients)
    return tally


def load_for(port: int, connections: int, seconds: float, **options: Any) -> Tally:  # noqa: ANN401
    """Como `load`, durante unos segundos."""
    end = time.monotonic() + seconds
    return asyncio.run(load(port, connections, lambda: time.monotonic() > end, **options))


async def _client(
    port: int,
    number: int,
    should_stop: Callable[[], bool],
    mixture: tuple[bytes, ...],
    tally: Tally,
) -> None:
    turn = number  # que no empiecen todos por lo mismo
    while not should_stop():
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            tally.refused += 1
            await asyncio.sleep(0.02)
            continue
        try:
            while not should_stop():
                request = mixture[turn % len(mixture)]
                turn += 1
                await _ask(reader, writer, request, tally)
        except (OSError, EOFError):
            continue  # se cortó, y ya está contado: abre otra
        finally:
            writer.close()


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, tally: Tally
) -> None:
    start = time.monotonic()
    try:
        async with asyncio.timeout(GIVE_UP):
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
            body = await reader.readexactly(length)
    except (OSError, EOFError, TimeoutError) as error:
        tally.cut[request.split(b" HTTP")[0].decode()] += 1
        raise EOFError from error
    tally.waits.append(time.monotonic() - start)
    status = int(head.split(b" ", 2)[1])
    tally.statuses[status] += 1
    if status == 201:
        tally.created.append(json.loads(body)["id"])
    if b"connection: close" in head:
        raise EOFError
