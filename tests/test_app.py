"""La aplicación de referencia, usada como la usa una persona."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from amq2.api import Settings, create_app
from amq2.app import ApiScorer, LocalScorer, Scorer, create_screen, launch_options
from amq2.app.plots import plot_contributions
from amq2.app.portfolio import MAX_BYTES, REASON, SCORE
from amq2.app.scorers import MAX_BATCH, ScorerError
from amq2.credit import COLUMNS, FEATURES, applicants
from amq2.explain import explain, typical_applicant
from amq2.model import MODEL_VERSION
from amq2.screens import running
from amq2.serving import serve
from amq2.visitor import Visitor
from tests.api_server import APPLICANT, KEY, free_port
from tests.app_screen import OF_GRADIO, collect_leftovers

FIELDS = {column.name: f"{column.meaning.capitalize()} ({column.unit})" for column in COLUMNS}
ROWS = applicants(2_500)[list(FEATURES)]
DOWN = "El servicio de puntajes no contesta: probá de nuevo en unos minutos."
WRONG_KEY = "El servicio de puntajes no acepta la clave de esta aplicación."

pytestmark = [pytest.mark.filterwarnings(ignored) for ignored in OF_GRADIO]


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    yield
    collect_leftovers()


@pytest.fixture(scope="module")
def api_url() -> Iterator[str]:
    with serve(create_app(Settings(api_key=SecretStr(KEY)))) as server:
        yield server.url


@pytest.fixture(scope="module", params=["local", "api"])
def scorer(request: pytest.FixtureRequest, api_url: str) -> Scorer:
    return LocalScorer() if request.param == "local" else ApiScorer(api_url, KEY)


@pytest.fixture(scope="module")
def url(scorer: Scorer) -> Iterator[str]:
    with running(create_screen(scorer), **launch_options()) as url:
        yield url


@pytest.fixture
def visitor(url: str) -> Iterator[Visitor]:
    with closing(Visitor(url)) as visitor:
        yield visitor


def fill(visitor: Visitor, **values: float | None) -> None:
    for name, value in {**APPLICANT, **values}.items():
        visitor.fill(FIELDS[name], value)


def texts(visitor: Visitor) -> str:
    """Todo lo que se lee en la pantalla, en un renglón."""
    parts = visitor._parts.items()
    shown = [visitor._values[key] for key, part in parts if part["type"] == "markdown"]
    return " ".join(filter(None, shown)).replace("\n", " ")


def plots(visitor: Visitor) -> list[str]:
    """Los dibujos que se ven."""
    parts = visitor._parts.items()
    shown = [visitor._values[key] for key, part in parts if part["type"] == "plot"]
    return [plot["plot"] for plot in shown if plot]


def percent(score: float) -> str:
    return f"{100 * score:.1f} %".replace(".", ",")


# Un solicitante


def test_a_good_applicant_gets_the_score_of_the_model(visitor: Visitor) -> None:
    [expected] = LocalScorer().scores(pd.DataFrame([APPLICANT]))
    fill(visitor)
    visitor.press("Calcular")
    assert f"## {percent(expected)} de probabilidad de no pagar" in texts(visitor)
    assert f"Modelo {MODEL_VERSION}." in texts(visitor)
    assert not visitor.messages


def test_each_field_says_its_limits_and_starts_with_a_possible_value(visitor: Visitor) -> None:
    for column in COLUMNS:
        field = visitor.describe(FIELDS[column.name])
        assert field["info"].startswith("de ")
        assert column.minimum <= field["value"] <= column.maximum
    visitor.press("Calcular")
    assert not visitor.messages


def test_the_examples_are_applicants_that_the_model_accepts(visitor: Visitor) -> None:
    assert len(visitor.examples) == 4
    for example in visitor.examples:
        fill(visitor, **dict(zip(FEATURES, example, strict=True)))
        visitor.press("Calcular")
    assert not visitor.messages


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"age": 20}, "Revisá estos datos: edad: va de 21 a 75."),
        ({"amount": None}, "Revisá estos datos: monto que pide: va de 100.000 a 60.000.000."),
        (
            {"debt_ratio": 1.01, "months_in_arrears": -1},
            "Revisá estos datos: parte del ingreso que ya se va en deudas: va de 0 a 1; "
            "meses con atraso en los últimos 24: va de 0 a 24.",
        ),
        ({"income": 1e308}, "Revisá estos datos: ingreso mensual: va de 300.000 a 12.000.000."),
    ],
)
@pytest.mark.parametrize("button", ["Calcular", "Explicar"])
def test_an_impossible_applicant_is_explained_and_no_old_result_stays(
    visitor: Visitor, button: str, values: Mapping[str, float | None], message: str
) -> None:
    before = texts(visitor)
    fill(visitor)
    visitor.press(button)
    assert texts(visitor) != before
    fill(visitor, **values)
    visitor.press(button)
    assert visitor.messages == [message]
    assert (texts(visitor), plots(visitor)) == (before, [])
    fill(visitor)
    visitor.press(button)
    assert texts(visitor) != before


# Por qué


def test_the_explanation_says_what_weighs_most_and_draws_it(visitor: Visitor) -> None:
    fill(visitor, months_in_arrears=24)
    visitor.press("Explicar")
    assert "Lo que más pesa: meses con atraso en los últimos 24." in texts(visitor)
    [plot] = plots(visitor)
    assert plot.startswith("data:image/")
    assert not visitor.messages


def test_the_form_starts_with_someone_whose_score_has_something_to_explain(
    visitor: Visitor,
) -> None:
    visitor.press("Explicar")
    assert "Lo que más pesa:" in texts(visitor)


def test_the_typical_applicant_has_nothing_that_weighs(visitor: Visitor) -> None:
    fill(visitor, **typical_applicant())
    visitor.press("Explicar")
    assert "Es igual al típico." in texts(visitor)


def test_every_text_of_the_plot_is_inside_it() -> None:
    rows = applicants(1_000)[list(FEATURES)]
    for person in (rows.iloc[0], rows.max(), rows.min()):
        figure = plot_contributions(explain(LocalScorer().scores, person.to_dict()))
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        width, height = canvas.get_width_height()
        [axes] = figure.axes
        for text in (axes.title, axes.xaxis.label, *axes.texts, *axes.get_yticklabels()):
            box = text.get_window_extent()
            assert (box.x0, box.y0) >= (0, 0), text
            assert box.x1 <= width, text
            assert box.y1 <= height, text


# Una cartera


def test_a_good_portfolio_comes_back_with_the_same_scores_as_one_by_one(
    visitor: Visitor, tmp_path: Path
) -> None:
    path = tmp_path / "mi cartera.csv"
    ROWS.to_csv(path)
    visitor.fill("Tu archivo", path)
    visitor.press("Calcular la cartera", 30)
    assert not visitor.messages
    assert "Calculados: **2500**. Sin calcular: **0**." in texts(visitor)
    assert len(plots(visitor)) == 1
    result = Path(visitor.read("Tu archivo, con puntajes"))
    assert result.name == "mi cartera-con-puntajes.csv"
    back = pd.read_csv(result, index_col=0, encoding="utf-8-sig")
    pd.testing.assert_frame_equal(back[list(FEATURES)], ROWS)
    assert list(back[SCORE]) == list(LocalScorer().scores(ROWS))


def test_the_progress_is_shown_and_only_grows(visitor: Visitor, tmp_path: Path) -> None:
    path = tmp_path / "cartera.csv"
    applicants(100 * MAX_BATCH)[list(FEATURES)].to_csv(path)
    visitor.fill("Tu archivo", path)
    visitor.press("Calcular la cartera", 60)
    assert visitor.progress
    assert visitor.progress == sorted(visitor.progress)
    assert 0 <= visitor.progress[0] <= visitor.progress[-1] <= 1


def test_the_rows_that_cannot_be_scored_come_back_with_their_reason(
    visitor: Visitor, tmp_path: Path
) -> None:
    path = tmp_path / "cartera.csv"
    ROWS.head(3).assign(age=[30, 130, 40]).to_csv(path, sep=";", decimal=",")
    visitor.fill("Tu archivo", path)
    visitor.press("Calcular la cartera")
    assert "Calculados: **2**. Sin calcular: **1**, con su motivo en el archivo." in texts(visitor)
    back = pd.read_csv(visitor.read("Tu archivo, con puntajes"), sep=";", decimal=",")
    assert list(back[SCORE].isna()) == [False, True, False]
    assert back.loc[1, REASON] == "edad: va de 21 a 75"


def test_a_portfolio_without_any_good_row_still_comes_back(
    visitor: Visitor, tmp_path: Path
) -> None:
    path = tmp_path / "cartera.csv"
    ROWS.head(2).assign(age=0).to_csv(path)
    visitor.fill("Tu archivo", path)
    visitor.press("Calcular la cartera")
    assert "Calculados: **0**. Sin calcular: **2**" in texts(visitor)
    assert plots(visitor) == []
    assert len(pd.read_csv(visitor.read("Tu archivo, con puntajes"))) == 2
    assert not visitor.messages


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "Falta el archivo: subí un CSV y volvé a calcular."),
        (b"", "El archivo está vacío: subí un CSV con una fila por solicitante."),
        (b"a,b\n1,2\n", f"Al archivo le faltan columnas: {', '.join(FEATURES)}."),
        (b"\x89PNG\0", "Eso no es un CSV. Si es una planilla de Excel, guardala como CSV y subí"),
        (b"x" * (MAX_BYTES + 1), "El archivo pesa 20 MB y se aceptan 20: partilo."),
    ],
    ids=["none", "empty", "columns", "binary", "huge"],
)
def test_a_bad_file_is_explained_and_no_old_result_stays(
    visitor: Visitor, tmp_path: Path, content: bytes | None, message: str
) -> None:
    good, bad, before = tmp_path / "buena.csv", tmp_path / "mala.csv", texts(visitor)
    ROWS.head(3).to_csv(good)
    visitor.fill("Tu archivo", good)
    visitor.press("Calcular la cartera")
    assert visitor.read("Tu archivo, con puntajes")
    bad.write_bytes(content or b"")
    visitor.fill("Tu archivo", None if content is None else bad)
    visitor.press("Calcular la cartera", 30)
    [shown] = visitor.messages
    assert shown.startswith(message)
    assert visitor.read("Tu archivo, con puntajes") is None
    assert (texts(visitor), plots(visitor)) == (before, [])


# Los puntajes, por la API


def refused(scorer: ApiScorer) -> str:
    """Lo que se lee si no hay puntajes: lo mismo al calcular que en el error."""
    with pytest.raises(ScorerError) as caught:
        scorer.scores(ROWS.head(1))
    with running(create_screen(scorer)) as url, closing(Visitor(url)) as visitor:
        visitor.press("Calcular", 30)
        assert visitor.messages == [str(caught.value)]
    return str(caught.value)


def test_if_nobody_answers_it_is_said_in_a_line() -> None:
    assert refused(ApiScorer(f"http://127.0.0.1:{free_port()}", KEY)) == DOWN


def test_if_the_key_is_wrong_it_is_said_in_a_line(api_url: str) -> None:
    assert refused(ApiScorer(api_url, "otra-clave")) == WRONG_KEY


def answering(status: int, body: str) -> Starlette:
    def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse(body, status)

    return Starlette(routes=[Route("/v1/predictions/batch", answer, methods=["POST"])])


@pytest.mark.parametrize("body", ["hola", "[]", "3", "{}", '{"model_version": "1"}'])
def test_if_something_else_answers_it_is_said_in_a_line(body: str) -> None:
    with serve(answering(200, body)) as server:
        assert "hay otra cosa: avisanos." in refused(ApiScorer(server.url, KEY))


@pytest.mark.parametrize(("status", "message"), [(500, "contestó 500: avisanos."), (503, DOWN)])
def test_if_the_service_fails_it_is_said_in_a_line(status: int, message: str) -> None:
    with serve(answering(status, "")) as server:
        assert message in refused(ApiScorer(server.url, KEY))


def test_a_service_that_was_busy_is_asked_again() -> None:
    statuses = [503, 503, 200]

    def answer(request: Request) -> JSONResponse:
        return JSONResponse({"model_version": "9", "probabilities": [0.5]}, statuses.pop(0))

    app = Starlette(routes=[Route("/v1/predictions/batch", answer, methods=["POST"])])
    with serve(app) as server:
        scorer = ApiScorer(f"{server.url}/", KEY)
        assert (list(scorer.scores(ROWS.head(1))), scorer.version) == ([0.5], "9")


def test_what_nobody_expected_is_logged_and_told_without_details(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken:
        version = ""

        def scores(self, rows: pd.DataFrame) -> Any:  # noqa: ANN401
            raise ZeroDivisionError("secreto")

    with running(create_screen(Broken())) as url, closing(Visitor(url)) as visitor:
        visitor.press("Calcular")
        visitor.press("Explicar")
    assert visitor.messages == ["Algo falló de nuestro lado: avisanos."] * 2
    assert "secreto" in caplog.text
