"""Diagrama de secuencia (UML) de una conversación HTTP, dibujado como SVG.

Dos líneas de vida, cliente y servidor; cada pedido es una flecha llena y cada respuesta una
punteada que vuelve. Una respuesta que nunca llegó termina en ✕. El fondo es claro siempre: Jupyter
muestra un SVG como imagen, y así se lee igual con el tema claro y con el oscuro.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain, repeat
from typing import Protocol

MAX_LABEL = 46  # caracteres; lo que sobra se corta con …

WIDTH, LEFT, RIGHT = 560, 90, 470  # píxeles: ancho, y dónde va cada línea de vida
TOP, STEP = 62, 34  # píxeles: primera flecha, y distancia entre una y la siguiente

INK, LOST = "#333333", "#666666"
# Por clase de estado (RFC 9110, sección 15); el número va siempre escrito al lado.
CLASS_COLORS = {"2": "#009E73", "3": "#0072B2", "4": "#D55E00", "5": "#882255"}


class RequestResponse(Protocol):
    """Cualquier objeto que tenga los bytes de un pedido y los de su respuesta."""

    @property
    def request(self) -> bytes: ...
    @property
    def response(self) -> bytes: ...


@dataclass(frozen=True)
class Turn:
    """Lo que se escribe de un intercambio. `answer` es None si no hubo respuesta."""

    asked: str
    answer: str | None
    note: str


@dataclass(frozen=True)
class SequenceDiagram:
    """Lo que devuelve `sequence_diagram`: Jupyter lo dibuja; `print` lo escribe con flechas."""

    turns: tuple[Turn, ...]
    client: str
    server: str

    def _repr_svg_(self) -> str:
        arrows, y = [], TOP
        for turn in self.turns:
            if turn.note:
                arrows.append(_text((LEFT + RIGHT) // 2, y, turn.note, style="italic"))
                y += STEP - 8
            arrows.append(_request(y, turn.asked))
            arrows.append(_response(y + STEP, turn.answer))
            y += 2 * STEP + 6
        title = f"Diagrama de secuencia: {len(self.turns)} pedidos de {self.client} a {self.server}"
        return "".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" '
                f'width="{WIDTH}" height="{y}" role="img" font-family="sans-serif" font-size="13">',
                f"<title>{escape(title)}</title><desc>{escape(repr(self))}</desc>",
                f'<rect width="{WIDTH}" height="{y}" rx="6" fill="#FFFFFF"/>',
                _lifeline(LEFT, self.client, y),
                _lifeline(RIGHT, self.server, y),
                *arrows,
                "</svg>",
            ]
        )

    def __repr__(self) -> str:
        return "\n".join(line for turn in self.turns for line in self._lines(turn))

    def _lines(self, turn: Turn) -> Iterator[str]:
        if turn.note:
            yield f"# {turn.note}"
        yield f"{self.client} ──▶ {self.server}: {turn.asked}"
        if turn.answer is None:
            yield f"{self.client}  ✕┄ {self.server}: sin respuesta"
        else:
            yield f"{self.client} ◀┄┄ {self.server}: {turn.answer}"


def sequence_diagram(
    exchanges: Iterable[RequestResponse],
    client: str = "cliente",
    server: str = "servidor",
    *,
    labels: Sequence[str] = (),
    times: bool = False,
) -> SequenceDiagram:
    """Arma el diagrama de secuencia de una lista de intercambios, en orden.

    exchanges  objetos con `.request` y `.response` de tipo bytes; response b"" es "sin respuesta".
    client     nombre de quien pide.
    server     nombre de quien contesta.
    labels     una aclaración por intercambio, opcional: se escribe encima de su flecha.
    times      True agrega los milisegundos (pide `.seconds`); cambian en cada corrida.
    """
    notes = chain(labels, repeat(""))  # a los que no tienen aclaración les toca ""
    turns = (_turn(exchange, note, times) for exchange, note in zip(exchanges, notes, strict=False))
    return SequenceDiagram(tuple(turns), client, server)


def _turn(exchange: RequestResponse, note: str, times: bool) -> Turn:
    words = _first_line(exchange.request).split(" ")
    answer = _first_line(exchange.response).partition(" ")[2].strip() if exchange.response else None
    if answer is not None and times:
        answer += f" · {1000 * float(getattr(exchange, 'seconds', 0)):.0f} ms"
    return Turn(_cut(" ".join(words[:2])), answer and _cut(answer), _cut(note))


def _first_line(message: bytes) -> str:
    line = message.partition(b"\r\n")[0].decode("latin-1")
    return "".join(char if char.isprintable() else "·" for char in line)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…"


def _text(x: int, y: int, text: str, *, color: str = INK, style: str = "normal") -> str:
    return (
        f'<text x="{x}" y="{y}" fill="{color}" font-style="{style}" '
        f'text-anchor="middle">{escape(text)}</text>'
    )


def _lifeline(x: int, name: str, bottom: int) -> str:
    return (
        f'<rect x="{x - 70}" y="8" width="140" height="26" rx="3" fill="#F2F2F2" stroke="{INK}"/>'
        f"{_text(x, 26, _cut(name)[:18])}"
        f'<path d="M{x} 34V{bottom - 8}" stroke="#AAAAAA" stroke-dasharray="2 4"/>'
    )


def _request(y: int, label: str) -> str:
    head = f'<path d="M{RIGHT} {y}l-10 -5v10z" fill="{INK}"/>'
    line = f'<path d="M{LEFT} {y}H{RIGHT - 8}" stroke="{INK}" stroke-width="1.5"/>'
    return line + head + _text((LEFT + RIGHT) // 2, y - 6, label)


def _response(y: int, label: str | None) -> str:
    middle = (LEFT + RIGHT) // 2
    color = LOST if label is None else CLASS_COLORS.get(label[:1], INK)
    stroke = f'fill="none" stroke="{color}" stroke-width="1.8"'
    if label is None:
        line = f'<path d="M{RIGHT} {y}H{middle + 8}" {stroke} stroke-dasharray="6 4"/>'
        cross = f'<path d="M{middle - 7} {y - 7}l14 14m0 -14l-14 14" {stroke}/>'
        return line + cross + _text(middle - 60, y + 4, "sin respuesta", color=color)
    line = f'<path d="M{RIGHT} {y}H{LEFT + 2}" {stroke} stroke-dasharray="6 4"/>'
    head = f'<path d="M{LEFT + 10} {y - 5}L{LEFT + 1} {y}l9 5" {stroke}/>'
    return line + head + _text(middle, y - 6, label, color=color)
