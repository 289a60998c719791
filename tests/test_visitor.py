"""Una visita sin navegador: encuentra las cosas por su nombre, y dice qué no encontró."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from amq2.screens import running, visiting
from amq2.visitor import UNEXPECTED, VisitError, Visitor
from tests.api_server import free_port, wait_until
from tests.app_screen import OF_GRADIO, collect_leftovers

pytestmark = [pytest.mark.filterwarnings(ignored) for ignored in OF_GRADIO]

GIVE_UP = 10.0


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    yield
    collect_leftovers()


@pytest.fixture(scope="module")
def gate() -> threading.Event:
    """Mientras está cerrada, el botón «Esperar» no termina."""
    return threading.Event()


@pytest.fixture(scope="module")
def url(gate: threading.Event) -> Iterator[str]:
    def divide(total: float, parts: float, uses: int) -> tuple[str, int]:
        if not parts:
            raise gr.Error("Tiene que haber al menos una parte.", print_exception=False)
        return f"{total / parts:g}", uses + 1

    def length(path: str | None) -> int | None:
        return len(Path(path).read_bytes()) if path else None

    with gr.Blocks() as screen:
        total, parts, uses = gr.Number(10, label="total"), gr.Number(label="partes"), gr.State(0)
        answer, told = gr.Textbox(label="resultado"), gr.Textbox(label="usos")
        event = gr.Button("Dividir").click(divide, [total, parts, uses], [answer, uses])
        event.success(lambda uses: f"van {uses}", uses, told)
        event.failure(lambda: (None, "no se pudo"), outputs=[answer, told])
        gr.Button("Romper").click(lambda: [][0], outputs=answer)
        gr.Button("Adorno")
        gr.Button("Esperar").click(lambda: str(gate.wait(60)), outputs=answer)
        gr.Button("Agrandar").click(lambda: gr.update(value="cambiado"), outputs=answer)
        file, size = gr.File(label="archivo"), gr.Number(label="bytes")
        gr.Button("Medir").click(length, file, size)
    with running(screen) as url:
        yield url


@pytest.fixture
def visitor(url: str) -> Iterator[Visitor]:
    visitor = Visitor(url)
    yield visitor
    visitor.close()


def test_it_fills_presses_and_reads_by_what_a_person_sees(visitor: Visitor) -> None:
    assert (visitor.labels[:2], visitor.read("total")) == (["total", "partes"], 10)
    visitor.fill("partes", 4)
    visitor.press("Dividir")
    assert (visitor.read("resultado"), visitor.messages) == ("2.5", [])
    visitor.press("Agrandar")
    assert visitor.read("resultado") == "cambiado"


def test_what_a_button_triggers_afterwards_also_happens(visitor: Visitor) -> None:
    visitor.fill("partes", 5)
    for uses in ("van 1", "van 2"):
        visitor.press("Dividir")
        assert visitor.read("usos") == uses


def test_an_error_of_the_screen_is_a_message_and_what_follows_a_failure_happens(
    visitor: Visitor,
) -> None:
    visitor.fill("partes", 5)
    visitor.press("Dividir")
    visitor.fill("partes", 0)
    visitor.press("Dividir")
    assert visitor.messages == ["Tiene que haber al menos una parte."]
    assert (visitor.read("resultado"), visitor.read("usos")) == (None, "no se pudo")


def test_an_error_that_nobody_expected_reads_as_the_page_says_it(visitor: Visitor) -> None:
    visitor.press("Romper")
    assert visitor.messages == [UNEXPECTED]


def test_a_file_is_uploaded_and_can_be_taken_away(visitor: Visitor, tmp_path: Path) -> None:
    path = tmp_path / "datos.bin"
    path.write_bytes(b"12345")
    for value, size in ((path, 5), (None, None)):
        visitor.fill("archivo", value)
        visitor.press("Medir")
        assert visitor.read("bytes") == size


def test_each_visitor_has_its_own_page(url: str, visitor: Visitor) -> None:
    visitor.fill("total", 99)
    other = Visitor(url)
    assert other.read("total") == 10
    other.close()


@pytest.mark.parametrize("use", [Visitor.read, Visitor.describe, lambda v, name: v.fill(name, 1)])
def test_an_unknown_label_is_said_with_the_ones_there_are(visitor: Visitor, use: Any) -> None:  # noqa: ANN401
    with pytest.raises(VisitError, match="se llame «edad»; lo que hay: total, partes, resultado,"):
        use(visitor, "edad")


def test_an_unknown_button_is_said_with_the_ones_there_are(visitor: Visitor) -> None:
    with pytest.raises(VisitError, match="un botón «Enviar»; los que hay: Dividir, Romper, Adorno"):
        visitor.press("Enviar")


def test_a_button_that_does_nothing_is_said_so(visitor: Visitor) -> None:
    with pytest.raises(VisitError, match="«Adorno» no llama a ninguna función"):
        visitor.press("Adorno")


def test_a_screen_that_does_not_end_is_said_so(visitor: Visitor, gate: threading.Event) -> None:
    try:
        with pytest.raises(VisitError, match="no terminó a tiempo"):
            visitor.press("Esperar", seconds=0.3)
    finally:
        gate.set()
    visitor.press("Esperar")
    assert visitor.read("resultado") == "True"


def test_where_there_is_no_screen_it_is_said_so() -> None:
    with pytest.raises(VisitError, match="No se pudo entrar a la pantalla"):
        Visitor(f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize("wrong", [None, print, "pantalla"])
def test_what_is_not_a_screen_is_refused(wrong: object) -> None:
    with pytest.raises(VisitError, match="Hace falta una Interface o unos Blocks"):
        visiting(wrong).__enter__()


def test_after_the_block_the_screen_is_off() -> None:
    with visiting(gr.Interface(lambda name: name, "text", "text")) as visitor:
        url = visitor._client.src

    def is_off() -> bool:
        try:
            Visitor(url)
        except VisitError:
            return True
        return False

    assert wait_until(is_off)


def test_what_fails_inside_is_told_and_no_trace_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(text: str) -> str:
        return {"a": text}["b"]

    def fails_at_length(text: str) -> str:
        raise ValueError("Faltan columnas:\n\n  - purchases\n  - claims\n")

    def refuses(text: str) -> str:
        raise gr.Error(f"No va {text}.")

    with visiting(gr.Interface(fails, "text", "text", submit_btn="Ir")) as visitor:
        assert visitor.shown == ""
        visitor.press("Ir")
        assert visitor.shown == "\n  Tu función falló:  KeyError: 'b'"
    with visiting(gr.Interface(fails_at_length, "text", "text", submit_btn="Ir")) as visitor:
        visitor.press("Ir")
        cause = "ValueError: Faltan columnas: - purchases - claims"
        assert visitor.shown == f"\n  Tu función falló:  {cause}"
    with visiting(gr.Interface(refuses, "text", "text", submit_btn="Ir")) as visitor:
        visitor.fill("text", "eso")
        visitor.press("Ir")
        assert visitor.shown == "\n  La pantalla mostró: No va eso."
    assert capsys.readouterr().err == ""
