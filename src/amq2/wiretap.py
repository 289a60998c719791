"""Pinchar el cable: un proxy TCP que guarda, byte por byte, lo que se dicen cliente y servidor.

    with wiretap(server.url) as tap:
        requests.get(f"{tap.url}/echo", timeout=5)
    tap.exchanges[0].request    # b"GET /echo HTTP/1.1\\r\\n..."

No entiende HTTP: copia bytes en los dos sentidos y los anota. Cómo se separan los pedidos que
viajan por una misma conexión está en `amq2.exchanges`.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from amq2.exchanges import Exchange, ExchangeLog
from amq2.settings import HOST

__all__ = ["Exchange", "Tap", "wiretap"]

CHUNK = 65536  # bytes que se copian por vez


@contextmanager
def wiretap(url: str) -> Iterator["Tap"]:
    """Escucha en un puerto libre y reenvía todo a `url` mientras dura el bloque `with`.

    url  dirección "http://host:puerto" del servidor de verdad; el camino se ignora.

    Devuelve un Tap: pedile a `tap.url` lo que le pedirías a `url`, y mirá `tap.exchanges`. Al
    salir cierra todas las conexiones; lo anotado queda. Levanta ValueError si `url` no sirve.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(f"Esperaba una dirección como http://127.0.0.1:8000 y vino {url!r}.")
    tap = Tap(parts.hostname, parts.port or 80)
    tap.start()
    try:
        yield tap
    finally:
        tap.stop()


class Tap:
    """Un proxy en un hilo; se usa a través de `wiretap`. Escucha en la dirección `url`."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._log = ExchangeLog()
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self._ready = threading.Event()
        self._stop: Callable[[], object] = lambda: None
        self._alive: set[object] = set()  # asyncio sólo guarda referencias débiles a las tareas
        self._thread = threading.Thread(target=self._run, name=f"wiretap:{self.port}", daemon=True)

    @property
    def exchanges(self) -> list[Exchange]:
        """Los intercambios hasta ahora, en el orden en que empezaron (una copia)."""
        return self._log.exchanges()

    def start(self) -> None:
        """Arranca el hilo y vuelve cuando el proxy acepta conexiones."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Cierra todas las conexiones y espera que el hilo termine."""
        self._stop()
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        # Al salir, el Runner cancela las conexiones abiertas y espera que se cierren.
        with asyncio.Runner() as runner:
            runner.run(self._listen(runner.get_loop()))

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        stopping = asyncio.Event()
        self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
        server = await asyncio.start_server(self._connection, sock=self._listener)
        self._ready.set()
        await stopping.wait()
        server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Atiende a un cliente: abre otra conexión al servidor y copia en los dos sentidos."""
        try:
            server_reader, server_writer = await asyncio.open_connection(*self._target)
        except OSError:  # el servidor no atiende: al cliente se le corta
            writer.close()
            return
        conversation = self._log.conversation()
        task = asyncio.current_task()
        self._alive.add(task)
        to_server = asyncio.create_task(_copy(reader, server_writer, conversation.client_said))
        try:
            await _copy(server_reader, writer, conversation.server_said)
        except asyncio.CancelledError:  # se detiene el proxy: no se espera a nadie
            writer.transport.abort()
            server_writer.transport.abort()
        finally:
            to_server.cancel()
            writer.close()
            server_writer.close()
            self._alive.discard(task)


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, note: Callable[[bytes], None]
) -> None:
    """Copia hasta que quien habla termina. Anota antes de reenviar: lo que llegó, está."""
    try:
        while data := await reader.read(CHUNK):
            note(data)
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:  # una de las dos partes cortó: que se entere la otra
        writer.close()
