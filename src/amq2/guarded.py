"""Los clientes que no terminan lo que empiezan: se los espera un rato y se los corta.

uvicorn no le pone límite a lo que tarda un pedido en llegar, a lo que ocupan sus encabezados, ni a
lo que tarda un cliente en leer la respuesta. Acá se le agregan los tres a su protocolo HTTP, y lo
que no llega a ser un pedido se contesta también con problem details.
"""

from asyncio import TimerHandle, Transport
from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from amq2.problems import Problem, render

MAX_HEAD_BYTES = 32_768

DETAILS = {
    400: "Eso no es un pedido HTTP.",
    408: "El pedido no llegó entero a tiempo.",
    431: f"Los encabezados ocupan más de {MAX_HEAD_BYTES} bytes.",
}


class GuardedProtocol(HttpToolsProtocol):
    """El protocolo de uvicorn, con topes. Se le pasa a uvicorn como `http=GuardedProtocol`."""

    seconds = 20.0
    """Lo que puede tardar un pedido en llegar entero, o un cliente en leer algo de la respuesta."""

    _timer: TimerHandle | None = None
    _in_head = True
    _head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer(self._on_late_request)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            if self._timer is None:
                self._start_timer(self._on_late_request)
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(431)

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_head, self._head_bytes = True, 0
        self._stop_timer()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """El cliente no lee: hay respuesta acumulada esperándolo."""
        self._start_timer(self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stop_timer()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400)

    def _on_late_request(self) -> None:
        self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Contesta sin pasar por la aplicación, si nadie contestó, y corta."""
        if self.transport.is_closing():
            return
        if not self._is_being_answered():
            response = render(Problem(status, DETAILS[status], headers={"Connection": "close"}))
            head = b"".join(b"%s: %s\r\n" % pair for pair in response.raw_headers)
            self.transport.write(STATUS_LINE[status] + head + b"\r\n" + bytes(response.body))
        self.transport.close()

    def _is_being_answered(self) -> bool:
        """Escribir ahora mezclaría dos respuestas."""
        if self.cycle is None:
            return False
        return not self.cycle.response_complete if self._in_head else self.cycle.response_started

    def _start_timer(self, callback: Callable[[], object]) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(self.seconds, callback)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
