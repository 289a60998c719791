"""El integrador de un estudiante puesto en marcha: qué se le dice cuando algo no anda."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from amq2.checks import CheckFailed
from amq2.project import children, services
from amq2.project.days import days
from amq2.project.patients import (
    COLUMNS,
    FEATURES,
    TARGET,
    as_json,
    everyone,
    later_patients,
    patients,
)
from amq2.project.practice import check_progressions, practice_progression
from amq2.project.services import api, ask, said, screen, stop_all, visit
from amq2.project.trained import predictions, run_here, trained_again

OK = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

def health(request):
    return JSONResponse({"status": "ok"})

def broken(request):
    return 1 / 0

app = Starlette(routes=[
    Route("/health", health), Route("/broken", broken),
    Route("/text", lambda request: PlainTextResponse("hola")),
])
"""
SCREEN = """
import gradio as gr

def double(age):
    return 2 * age["x"]

screen = gr.Interface(double, gr.Number(label="Edad"), gr.Number(label="Doble"), submit_btn="Ir")
"""
MODEL = """
from pathlib import Path
import skops.io
from sklearn.dummy import DummyRegressor
from amq2.project.patients import FEATURES, TARGET, patients
rows = patients()
if __name__ == "__main__":
    model = DummyRegressor().fit(rows[list(FEATURES)], rows[TARGET])
    skops.io.dump(model, Path(__file__).with_name("model.skops"))
    print("Listo")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """La carpeta del estudiante."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    stop_all()


def complaint(function: Callable[..., object], *args: object) -> str:
    with pytest.raises(CheckFailed) as failed:
        function(*args)
    text = str(failed.value)
    assert text.startswith("✗ ")
    assert "Traceback" not in text
    return text


def test_the_patients_are_real_and_fit_in_their_sheet() -> None:
    assert len(everyone()) == 442
    assert len(patients()) + len(later_patients()) == 442
    assert not set(patients().index) & set(later_patients().index)
    for column in COLUMNS:
        assert everyone()[column.name].between(column.minimum, column.maximum).all()
    assert everyone()[TARGET].agg(["min", "max"]).tolist() == [25, 346]


def test_the_practice_model_tells_any_two_columns_apart() -> None:
    row = patients().iloc[[0]]
    right = practice_progression(row)[0]
    for first in FEATURES:
        for second in FEATURES:
            swapped = row.rename(columns={first: second, second: first})
            assert first == second or abs(practice_progression(swapped)[0] - right) > 0.2


@pytest.mark.parametrize(
    "wrong", [None, [1.0], [152.14, 1.0], ["152.1", 1.0], [True, 1.0], [float("nan"), 1.0]]
)
def test_what_is_not_the_progression_is_told_with_what_was_expected(wrong: object) -> None:
    rows = patients().head(2)
    assert "Fijate en" in complaint(check_progressions, wrong, rows, "Lo que llegó", "eso")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, ("api.py: no está.",)),
        ("app = 1 +", ("api.py terminó con SyntaxError", "la línea 1 de api.py")),
        ("import no_existe", ("No module named 'no_existe'", "la línea 1 de api.py")),
        ("x = 1", ("api.py no define `app`.",)),
        ("app = 3", ("`app` no se puede servir",)),
        ("import sys\nsys.exit(2)", ("api.py terminó con SystemExit: 2", "línea 2 de api.py")),
        ("import os\nprint('me voy', flush=True)\nos._exit(3)", ("terminó solo", "me voy")),
        ("def f():\n    raise NotImplementedError\nf()", ("Todavía no completaste api.py",)),
        (OK + "import uvicorn\nuvicorn.run(app)", ("enciende un servidor", "__main__")),
    ],
)
def test_an_api_that_does_not_start_is_one_clear_message(
    folder: Path, source: str | None, expected: tuple[str, ...]
) -> None:
    if source is not None:
        (folder / "api.py").write_text(source, encoding="utf-8")
    text = complaint(api)
    assert not [part for part in expected if part not in text], text


def test_an_api_that_never_answers_is_cut_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "SECONDS", 0.5)
    (folder / "api.py").write_text("import time\ntime.sleep(60)", encoding="utf-8")
    assert "api.py no empezó a atender en 0.5 segundos" in complaint(api)
    start = time.monotonic()
    assert "api.py no empezó a atender" in complaint(api)
    assert time.monotonic() - start < 0.3


def test_an_api_that_fails_says_where_and_keeps_answering(folder: Path) -> None:
    (folder / "api.py").write_text(OK, encoding="utf-8")
    text = complaint(ask, "GET", "/broken")
    assert "ZeroDivisionError: division by zero" in text
    assert "return 1 / 0 (la línea 10 de api.py)" in text
    assert said(ask("GET", "/health")) == {"status": "ok"}
    assert "que la respuesta sea un objeto JSON" in complaint(said, ask("GET", "/text"))


def test_it_starts_again_only_when_a_file_changes(folder: Path) -> None:
    (folder / "api.py").write_text(OK, encoding="utf-8")
    first = api()
    assert api() is first
    (folder / "api.py").write_text(OK.replace('"ok"', '"nuevo"'), encoding="utf-8")
    assert said(ask("GET", "/health")) == {"status": "nuevo"}
    assert not first.child.is_alive


def test_only_the_files_that_are_handed_in_are_there(folder: Path) -> None:
    (folder / "other.py").write_text("x = 1", encoding="utf-8")
    (folder / "api.py").write_text("import other\n" + OK, encoding="utf-8")
    assert "No module named 'other'" in complaint(api)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, "app.py: no está."),
        ("demo = 1", "app.py no define `screen`."),
        ("screen = 1", "`screen` es un int y no una pantalla de Gradio."),
        (SCREEN + "screen.launch()", "app.py enciende un servidor cuando se lo importa."),
    ],
)
def test_a_screen_that_does_not_start_is_one_clear_message(
    folder: Path, source: str | None, expected: str
) -> None:
    if source is not None:
        (folder / "app.py").write_text(source, encoding="utf-8")
    assert expected in complaint(screen)


def test_a_screen_that_fails_says_where(folder: Path) -> None:
    (folder / "app.py").write_text(SCREEN, encoding="utf-8")
    with closing(visit()) as visitor:
        visitor.fill("Edad", 3)
        visitor.press("Ir")
        assert "TypeError" in visitor.shown
        assert "de app.py" in visitor.shown


def test_the_model_of_the_student_is_used_in_another_process(folder: Path) -> None:
    (folder / "model.py").write_text(MODEL, encoding="utf-8")
    rows = patients().head(3)
    assert "model.skops: no está" in complaint(predictions, rows)
    again = trained_again(rows)
    assert not (folder / "model.skops").exists()
    assert run_here() == "Listo"
    assert np.array_equal(predictions(rows), again)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("import joblib\njoblib.dump(1, 'model.skops')", "no es de skops"),
        ("import skops.io\nskops.io.dump(print, 'model.skops')", "pide confiar en"),
        ("import skops.io\nskops.io.dump([1, 2], 'model.skops')", "sin `predict`"),
        ("x = 1", "no escribió model.skops"),
        ("1 / 0", "model.py terminó con ZeroDivisionError"),
    ],
)
def test_a_model_that_is_not_safe_or_not_a_model_is_refused(
    folder: Path, how: str, expected: str
) -> None:
    (folder / "model.py").write_text(how, encoding="utf-8")
    assert expected in complaint(trained_again, patients().head(2))


def test_nothing_in_a_pickle_runs(folder: Path) -> None:
    (folder / "model.skops").write_bytes(b"cpathlib\nPath\n(S'se-ejecuto'\ntR(dS'touch'\nNsb.")
    assert "no es de skops" in complaint(predictions, patients().head(2))
    assert [path.name for path in folder.iterdir()] == ["model.skops"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1", "tiene 0 (ninguno)"),
        ("from airflow.sdk import DAG\na, b = DAG('a'), DAG('b')", "tiene 2 (a, b)"),
        ("from model import nada", "dag.py terminó con"),
    ],
)
def test_a_dag_that_is_not_there_is_one_clear_message(
    folder: Path, source: str, expected: str
) -> None:
    (folder / "dag.py").write_text(source, encoding="utf-8")

    def use() -> None:
        with days():
            pass

    assert expected in complaint(use)


def test_a_patient_travels_as_plain_numbers() -> None:
    patient = as_json(patients().iloc[0])
    assert list(patient) == list(FEATURES)
    assert {type(patient["age"]), type(patient["sex"])} == {int}


def test_a_child_ends_with_its_notebook(folder: Path) -> None:
    (folder / "api.py").write_text(OK, encoding="utf-8")
    child = api().child
    stop_all()
    assert not child.is_alive
    assert not services._services
