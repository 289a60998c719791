"""Lo que se dibuja de un intercambio HTTP dice lo que hay en los bytes, y nada más."""

from dataclasses import dataclass
from xml.etree import ElementTree

import pytest

from amq2.http_view import sequence_diagram, show_bytes
from amq2.wiretap import Exchange

REQUEST = b"GET /applicants/1 HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n"
RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a": "ñ"}\n'.encode()


@dataclass
class Plain:
    request: bytes
    response: bytes


def answered(status: str) -> Exchange:
    return Exchange(REQUEST, f"HTTP/1.1 {status}\r\n\r\n".encode(), 0.25)


def test_every_line_ending_is_marked() -> None:
    text = repr(show_bytes(Plain(REQUEST, RESPONSE)))
    assert "GET /applicants/1 HTTP/1.1␍␊\n" in text
    assert text.count("␍␊") == REQUEST.count(b"\r\n") + RESPONSE.count(b"\r\n")
    assert '{"a": "ñ"}␊' in text


def test_line_endings_are_marked_in_html_without_special_fonts() -> None:
    html = show_bytes(Plain(REQUEST, b"HTTP/1.1 200 OK\r\n\r\nuna\notra\r"))._repr_html_()
    assert html.count('title="␍␊"') == REQUEST.count(b"\r\n") + 2
    assert html.count(">CR LF</span>") == REQUEST.count(b"\r\n") + 2
    assert html.count(">LF</span>") == 1
    assert html.count(">CR</span>") == 1


def test_every_part_has_its_label() -> None:
    html = show_bytes(Plain(REQUEST, RESPONSE))._repr_html_()
    for label in ("Pedido", "Respuesta", "línea de pedido", "línea de estado", "encabezados"):
        assert label in html
    assert html.count("línea en blanco") == 2
    assert html.count(">cuerpo<") == 1


def test_what_could_be_html_is_escaped() -> None:
    html = show_bytes(Plain(REQUEST, RESPONSE + b"<script>alert(1)</script>"))._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_long_body_is_cut_and_says_how_much_is_left() -> None:
    html = show_bytes(Plain(REQUEST, b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 2500))._repr_html_()
    assert "quedan 500 caracteres más" in html
    assert "a" * 2001 not in html


def test_a_binary_body_is_summed_up_in_hexadecimal() -> None:
    text = repr(
        show_bytes(Plain(REQUEST, b"HTTP/1.1 200 OK\r\n\r\n\x1f\x8b\x08\x00" + b"\xff" * 96))
    )
    assert "1f 8b 08 00 ff" in text
    assert "(64 de 100 bytes binarios)" in text


def test_no_answer_is_said_in_words() -> None:
    assert "no llegó ningún byte" in repr(show_bytes(Plain(REQUEST, b"")))


def test_bytes_that_are_not_http_do_not_break_the_view() -> None:
    view = show_bytes(Plain(b"\x16\x03\x01\xff", b"hola"))
    assert view._repr_html_()
    assert "hola" in repr(view)


def test_the_diagram_is_well_formed_and_accessible() -> None:
    svg = sequence_diagram([answered("200 OK"), answered("404 Not Found")])._repr_svg_()
    root = ElementTree.fromstring(svg)
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == "Diagrama de secuencia: 2 pedidos de cliente a servidor"
    assert root.get("role") == "img"


def test_the_diagram_names_requests_and_answers() -> None:
    text = repr(sequence_diagram([answered("200 OK")], client="sucursal", server="banco"))
    assert text == "sucursal ──▶ banco: GET /applicants/1\nsucursal ◀┄┄ banco: 200 OK"


def test_each_class_of_status_has_its_colour() -> None:
    statuses = ("200 OK", "301 Moved Permanently", "404 Not Found", "503 Service Unavailable")
    drawings = [sequence_diagram([answered(status)])._repr_svg_() for status in statuses]
    for color in ("#009E73", "#0072B2", "#D55E00", "#882255"):
        assert sum(color in drawing for drawing in drawings) == 1


def test_a_lost_answer_is_a_cross_with_words() -> None:
    diagram = sequence_diagram([Plain(REQUEST, b"")])
    assert ">sin respuesta</text>" in diagram._repr_svg_()
    assert "✕┄ servidor: sin respuesta" in repr(diagram)


def test_the_diagram_is_the_same_every_time() -> None:
    one = sequence_diagram([Exchange(REQUEST, RESPONSE, 0.1)])
    other = sequence_diagram([Exchange(REQUEST, RESPONSE, 0.2)])
    assert one._repr_svg_() == other._repr_svg_()


def test_times_are_shown_only_when_asked_for() -> None:
    assert "ms" not in repr(sequence_diagram([answered("200 OK")]))
    assert "200 OK · 250 ms" in repr(sequence_diagram([answered("200 OK")], times=True))


def test_long_labels_are_cut_and_dangerous_ones_escaped() -> None:
    request = b"GET /<b>" + b"x" * 100 + b" HTTP/1.1\r\n\r\n"
    svg = sequence_diagram([Plain(request, RESPONSE)])._repr_svg_()
    assert "/&lt;b&gt;xxx" in svg
    assert "x…</text>" in svg
    assert "x" * 60 not in svg


def test_labels_are_written_over_their_exchange() -> None:
    diagram = sequence_diagram(
        [answered("503 Busy"), answered("200 OK")], labels=["primer intento"]
    )
    assert repr(diagram).startswith("# primer intento\n")
    assert "primer intento" in diagram._repr_svg_()


@pytest.mark.parametrize("exchanges", [[], [Plain(b"", b"")]])
def test_empty_conversations_are_drawn_too(exchanges: list[Plain]) -> None:
    ElementTree.fromstring(sequence_diagram(exchanges)._repr_svg_())
