"""Mirar HTTP con los ojos: los bytes de un intercambio, y el diagrama de secuencia de varios.

`show_bytes(exchange)` dibuja el pedido y la respuesta con cada fin de línea a la vista (␍␊) y cada
parte con su nombre: línea inicial, encabezados, línea en blanco y cuerpo (RFC 9112, sección 2.1).
`sequence_diagram(exchanges)`, en `amq2.http_sequence`, dibuja quién dijo qué y en qué orden.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from amq2.http_sequence import RequestResponse, sequence_diagram

__all__ = ["BytesView", "sequence_diagram", "show_bytes"]

MARKS = {"␍␊": "CR LF", "␍": "CR", "␊": "LF"}
HEX_BYTES = 64  # cuántos bytes se muestran de un cuerpo binario

# Colores de Okabe e Ito, que un daltónico también distingue; además, cada parte dice qué es.
COLORS = {
    "línea de pedido": "#0072B2",
    "línea de estado": "#0072B2",
    "encabezados": "#E69F00",
    "línea en blanco": "#999999",
    "cuerpo": "#009E73",
}
_BOX = (
    "flex:1 1 20em;min-width:0;border:1px solid var(--jp-border-color1,#999);border-radius:4px;"
    "padding:6px 8px;color:var(--jp-content-font-color1,inherit)"
)
_PRE = (
    "margin:0;padding:0 0 0 8px;background:transparent;color:inherit;line-height:1.45;"
    "font-family:var(--jp-code-font-family,monospace);font-size:12px;text-align:left;"
    "white-space:pre-wrap;overflow-wrap:anywhere"
)
_MARK = "border:1px solid;border-radius:3px;font-size:8px;padding:0 2px;margin-left:3px;opacity:.8"
_LABEL = "font-size:10px;opacity:.75;padding-left:8px"


@dataclass(frozen=True)
class Part:
    """Un tramo del mensaje: cómo se llama, su texto con los fines de línea marcados, y una nota."""

    label: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class BytesView:
    """Lo que devuelve `show_bytes`: Jupyter lo dibuja; `print` lo escribe como texto."""

    request: bytes
    response: bytes
    limit: int

    def _repr_html_(self) -> str:
        panels = "".join(_panel_html(title, size, parts) for title, size, parts in self._panels())
        return f'<div style="display:flex;flex-wrap:wrap;gap:8px">{panels}</div>'

    def __repr__(self) -> str:
        lines = []
        for title, size, parts in self._panels():
            lines.append(f"── {title} ({size} bytes) ──")
            for part in parts:
                lines.append(f"[{part.label}]")
                lines += [line for line in (part.text.rstrip("\n"), part.note) if line]
            lines.append("")
        return "\n".join(lines).rstrip()

    def _panels(self) -> Iterator[tuple[str, int, list[Part]]]:
        sides = (("Pedido", "pedido", self.request), ("Respuesta", "estado", self.response))
        for title, start, message in sides:
            yield title, len(message), list(_parts(message, f"línea de {start}", self.limit))


def show_bytes(exchange: RequestResponse, *, limit: int = 2000) -> BytesView:
    """Muestra los bytes de un intercambio en dos paneles, Pedido y Respuesta.

    exchange  un objeto con `.request` y `.response` de tipo bytes (por ejemplo, un Exchange).
    limit     cuántos caracteres de cada cuerpo se muestran; se avisa cuántos quedan.
    """
    return BytesView(exchange.request, exchange.response, limit)


def _parts(message: bytes, start_label: str, limit: int) -> Iterator[Part]:
    """Corta un mensaje en los tramos que se muestran, en orden."""
    if not message:
        yield Part("nada", "", "(no llegó ningún byte)")
        return
    head, blank, body = message.partition(b"\r\n\r\n")
    start, end, headers = (head + blank[:2]).partition(b"\r\n")
    # Los encabezados se leen como ISO-8859-1: RFC 9110, sección 5.5.
    yield Part(start_label, _visible((start + end).decode("latin-1")))
    if headers:
        yield Part("encabezados", _visible(headers.decode("latin-1")))
    if blank:
        yield Part("línea en blanco", _visible("\r\n"))
    if body:
        yield _body_part(body, limit)


def _body_part(body: bytes, limit: int) -> Part:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        shown = body[:HEX_BYTES]
        return Part("cuerpo", shown.hex(" "), f"({len(shown)} de {len(body)} bytes binarios)")
    left = len(text) - limit
    note = f"… quedan {left} caracteres más" if left > 0 else ""
    return Part("cuerpo", _visible(text[:limit]), note)


def _visible(text: str) -> str:
    """Marca los fines de línea: CR LF como ␍␊, y sueltos como ␍ o ␊."""
    marked = text.replace("\r\n", "␍␊").replace("\r", "␍").replace("\n", "␊")
    return marked.replace("␊", "␊\n")


def _panel_html(title: str, size: int, parts: list[Part]) -> str:
    inside = "".join(map(_part_html, parts))
    return f'<div style="{_BOX}"><b>{title}</b> <small>{size} bytes</small>{inside}</div>'


def _mark_html(mark: re.Match[str]) -> str:
    """Una etiqueta con letras: a muchas tipografías les faltan los dibujos ␍ y ␊."""
    return f'<span style="{_MARK}" title="{mark[0]}">{MARKS[mark[0]]}</span>'


def _part_html(part: Part) -> str:
    color = COLORS.get(part.label, "#999999")
    text = re.sub("␍␊|␍|␊", _mark_html, escape(part.text.rstrip("\n")))
    note = f'<div style="{_LABEL}"><i>{escape(part.note)}</i></div>' if part.note else ""
    return (
        f'<div style="border-left:4px solid {color};margin-top:6px">'
        f'<div style="{_LABEL}">{part.label}</div><pre style="{_PRE}">{text}</pre>{note}</div>'
    )
