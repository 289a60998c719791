"""Intercambios HTTP: los bytes de un pedido con los de su respuesta, y cómo se los separa.

Por una misma conexión viajan varios pedidos, uno detrás de otro (keep-alive, RFC 9112, sección
9.3). Para separarlos no hace falta entender HTTP, alcanza con mirar quién habla: si el cliente
habla después de que el servidor contestó, empieza otro intercambio. (Queda partido en dos, por
eso, un pedido que espera el permiso de `100 Continue` antes de mandar su cuerpo.)
"""

import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Exchange:
    """Un pedido y su respuesta, tal como viajaron.

    request   bytes del cliente al servidor.
    response  bytes del servidor al cliente; b"" si nunca llegó ninguno.
    seconds   desde el primer byte del pedido hasta el último de la respuesta.
    """

    request: bytes
    response: bytes
    seconds: float


@dataclass
class _Record:
    """Un intercambio mientras se escribe."""

    started: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    request: bytearray = field(default_factory=bytearray)
    response: bytearray = field(default_factory=bytearray)

    def freeze(self) -> Exchange:
        seconds = max(self.ended - self.started, 0.0)
        return Exchange(bytes(self.request), bytes(self.response), seconds)


class ExchangeLog:
    """Todos los intercambios de un proxy, en el orden en que empezaron. Sirve entre hilos."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._records: list[_Record] = []

    def exchanges(self) -> list[Exchange]:
        """Una copia de lo anotado hasta ahora."""
        with self.lock:
            return [record.freeze() for record in self._records]

    def conversation(self) -> "Conversation":
        """El registro de una conexión nueva."""
        return Conversation(self)

    def start(self) -> _Record:
        """Abre un intercambio (con `lock` tomado)."""
        record = _Record()
        self._records.append(record)
        return record


class Conversation:
    """Lo que se dicen cliente y servidor por una conexión, repartido en intercambios."""

    def __init__(self, log: ExchangeLog) -> None:
        self._log = log
        self._current: _Record | None = None

    def client_said(self, data: bytes) -> None:
        """Anota bytes del cliente; si el servidor ya había contestado, abre otro intercambio."""
        with self._log.lock:
            if self._current is None or self._current.response:
                self._current = self._log.start()
            self._current.request += data

    def server_said(self, data: bytes) -> None:
        """Anota bytes del servidor en el intercambio abierto."""
        with self._log.lock:
            self._current = self._current or self._log.start()
            self._current.response += data
            self._current.ended = time.monotonic()
