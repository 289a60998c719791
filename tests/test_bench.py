"""Las mediciones: corren enteras, dicen lo que se midió, y nada raro pasa por bueno."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from amq2.credit import FEATURES, TARGET, applicants
from amq2.model import predict_default, train
from amq2.predictor import Predictor
from amq2.serving import serve
from benchmarks import batch, batch_report, grading, grading_report, page, serving
from benchmarks import tests as tests_bench
from benchmarks.__main__ import wait_until_quiet
from benchmarks.batch_report import ARRAY, FRAME, JOINED, ONE, PARALLEL, SERIAL
from benchmarks.cost import Cost
from benchmarks.grading_report import GRADE, Cells, Measured, Round
from benchmarks.load import INSTALL, LoadError, Plan, Sample, measure, require_wrk
from benchmarks.report import (
    ALONE,
    FOREST,
    NAIVE,
    ONNX,
    PIPELINE,
    SERVICE,
    TOGETHER,
    WITHOUT_MODEL,
    Case,
    rows,
    table,
    targets,
)
from benchmarks.servers import StartError, serve_step
from benchmarks.steps import CHANGES, SERVICES
from tests.conftest import not_run

ROOT = Path(__file__).parents[1]


@pytest.fixture
def wrk(requires: Callable[..., str]) -> None:
    requires("wrk", how="sudo apt install wrk, o brew install wrk")


@pytest.fixture(scope="module")
def onnx() -> None:
    if find_spec("onnxruntime") is None or find_spec("skl2onnx") is None:
        not_run("onnxruntime y skl2onnx", "make .venv/listo-mediciones")


@pytest.mark.usefixtures("wrk", "onnx")
def test_the_whole_benchmark_runs_and_saves_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "RESULTS", tmp_path / "serving.json")
    monkeypatch.setattr(serving, "ROUNDS", 1)
    monkeypatch.setattr(serving, "SECONDS", 1)
    monkeypatch.delenv("PEERS", raising=False)
    serving.main()
    shown = capsys.readouterr().out
    saved = json.loads((tmp_path / "serving.json").read_text("utf-8"))
    assert table(saved["rows"]) in shown
    assert table(saved["targets"]) in shown
    [headings, *_] = table(saved["rows"]).splitlines()
    assert headings.split() == " ".join(saved["rows"][0]).split()
    found = {(row["servidor"], row["modelo"], row["clientes"]): row for row in saved["rows"]}
    assert {server for server, _, _ in found} == {*CHANGES, *SERVICES}
    assert len(found) == 2 * len([*CHANGES, *SERVICES]) - 1 + 4
    assert not [row for row in found.values() if row["fallados"]]
    assert found[TOGETHER, FOREST, 16]["veces la ingenua"] > 2
    assert len(saved["targets"]) == 11


def samples(*speeds: float, p99: float = 10, failed: int = 0) -> Sequence[Sample]:
    return [Sample(speed, p99 / 2, p99, failed) for speed in speeds]


def measured(**changes: Sequence[Sample]) -> dict[Case, Sequence[Sample]]:
    """Una medición que cumple todas las metas, con algunos casos cambiados."""
    found: dict[Case, Sequence[Sample]] = {Case(WITHOUT_MODEL, "ninguno"): samples(6000, 6000)}
    for model in (PIPELINE, FOREST):
        found |= {
            Case(NAIVE, model): samples(100, 100, p99=90),
            Case(SERVICE, model): changes.get("service", samples(4000, 4000)),
            Case(ONNX, model): samples(5000, 5000),
            Case(ALONE, model, 1): samples(900, 900),
            Case(TOGETHER, model, 1): changes.get("alone", samples(800, 800)),
        }
    return found


def missed(found: dict[Case, Sequence[Sample]]) -> list[str]:
    return [row["meta"] for row in targets(found) if not row["cumple"]]


def test_a_row_has_the_median_of_its_rounds() -> None:
    naive, fast = Case(NAIVE, PIPELINE), Case(SERVICE, PIPELINE)
    found = rows({naive: samples(100, 50, 100), fast: samples(900, 500, 2000, failed=2)})
    assert found[1] == {
        "servidor": SERVICE,
        "modelo": PIPELINE,
        "clientes": 16,
        "pedidos/s": 900,
        "mínimo": 500,
        "máximo": 2000,
        "veces la ingenua": 10,  # ronda por ronda: 9, 10 y 20
        "p50 (ms)": 5,
        "p99 (ms)": 10,
        "fallados": 6,
    }


def test_all_the_targets_can_be_met() -> None:
    assert missed(measured()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"service": samples(2900, 2900)}, [f"«{SERVICE}» / «{NAIVE}»", "constante»"]),
        ({"service": samples(4000, 4000, p99=91)}, ["p99"]),
        ({"service": samples(4000, 4000, failed=1)}, ["fallados"]),
        ({"alone": samples(590, 590)}, ["un cliente"]),
    ],
)
def test_a_target_that_is_missed_is_said(
    changes: dict[str, Sequence[Sample]], expected: list[str]
) -> None:
    found = missed(measured(**changes))
    assert found
    assert all(any(part in name for part in expected) for name in found)
    assert all(any(part in name for name in found) for part in expected)


class Broken:
    """Una aplicación que falla una de cada dos veces."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.count += 1
        status = 500 if self.count % 2 else 200
        await Response('{"probability": 0.5}', status)(scope, receive, send)


def plan(url: str, folder: Path) -> Plan:
    bodies = folder / "bodies.txt"
    bodies.write_text('{"x": 1}\n{"x": 2}\n', encoding="utf-8")
    return Plan(url, bodies, "clave", 2)


@pytest.mark.usefixtures("wrk")
def test_the_load_counts_what_failed_and_what_was_answered(tmp_path: Path) -> None:
    app = Broken()
    with serve(lambda scope, receive, send: app(scope, receive, send)) as server:
        found = measure(plan(server.url, tmp_path), 1)
    assert found.failed == pytest.approx(app.count / 2, rel=0.05)
    assert found.per_second == pytest.approx(app.count / 2, rel=0.2)
    assert 0 < found.p50 <= found.p99


@pytest.mark.usefixtures("wrk")
def test_the_load_says_that_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"no (contestó|pudo)"):
        measure(plan("http://127.0.0.1:9", tmp_path), 1)


def test_without_wrk_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LoadError, match="apt install wrk") as error:
        require_wrk()
    assert str(error.value) == INSTALL


def test_a_server_that_answers_other_scores_is_not_measured(tmp_path: Path) -> None:
    async def other(scope: Scope, receive: Receive, send: Send) -> None:
        await Response('{"probability": 0.5}')(scope, receive, send)

    with serve(other) as server:
        serving.check(plan(server.url, tmp_path), np.array([0.5, 0.5]))
        with pytest.raises(LoadError, match="no contesta los puntajes"):
            serving.check(plan(server.url, tmp_path), np.array([0.5, 0.6]))


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="TypeError"), serve_step(SERVICE, object(), tmp_path):
        pass


def test_a_benchmark_that_does_not_exist_is_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "inventada"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert done.returncode == 1
    known = "grading, serving, batch, cluster, tests"
    assert done.stderr == f"No hay una medición 'inventada'. Las que hay: {known}.\n"


def test_a_benchmark_waits_for_the_load_of_the_one_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loads, naps = [3.0, 3.0, 0.1], list[float]()
    monkeypatch.setattr(os, "getloadavg", lambda: (loads.pop(0), 0.0, 0.0))
    monkeypatch.setattr(time, "sleep", naps.append)
    wait_until_quiet(60)
    assert (loads, naps) == ([], [1])
    assert capsys.readouterr().out == "Espero hasta 60 s a que baje la carga (3.00)\n"


def test_a_busy_machine_is_not_waited_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (3.0, 0.0, 0.0))
    wait_until_quiet(0)


@pytest.mark.usefixtures("onnx")
@pytest.mark.parametrize("name", [PIPELINE, FOREST])
def test_onnx_gives_the_same_scores(name: str) -> None:
    from benchmarks.onnx_model import OnnxModel

    some, people = applicants(2_000), applicants(5_000)[list(FEATURES)]
    forest = RandomForestClassifier(100, n_jobs=1, random_state=0)
    model: Any = train(some) if name == PIPELINE else forest.fit(some[list(FEATURES)], some[TARGET])
    predictor = Predictor(OnnxModel(model))
    scores = predictor.predict_many(people.to_numpy(np.float64))
    assert (scores == predict_default(model, people)).all()


def test_the_whole_batch_benchmark_runs_and_saves_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(batch, "RESULTS", tmp_path / "batch.json")
    monkeypatch.setattr(batch, "ROUNDS", 1)
    monkeypatch.setattr(batch, "SIZES", batch.Sizes(200_000, 2_000_000, 2_100_000))
    batch.main()
    shown = capsys.readouterr().out
    saved = json.loads((tmp_path / "batch.json").read_text("utf-8"))
    assert table(saved["rows"]) in shown
    assert table(saved["targets"]) in shown
    found = {row["caso"]: row["filas"] for row in saved["rows"]}
    assert found == {
        FRAME: 200_000,
        ARRAY: 200_000,
        ONE: 200_000,
        SERIAL: 2_100_000,
        PARALLEL: 2_100_000,
        JOINED: 2_100_000,
        batch_report.MEMORY: 2_000_000,
    }
    [memory] = [row for row in saved["targets"] if "memoria" in row["meta"]]
    assert memory["cumple"], memory


def missed_in_batch(one: float, growth: float, parallel: float) -> list[str]:
    speeds: batch_report.Speeds = {
        FRAME: (10, [1, 2]),
        ARRAY: (10, [1, 2]),
        ONE: (10, [1 / one, 2 / one]),
        SERIAL: (10, [1, 1]),
        PARALLEL: (10, [1 / parallel, 1 / parallel]),
    }
    found = batch_report.targets(speeds, {0: [5, 5], 10: [10, 20], 100: [10 * growth, 20 * growth]})
    return [row["meta"] for row in found if not row["cumple"]]


def test_the_targets_of_the_batch_are_met_at_their_limits() -> None:
    assert missed_in_batch(one=0.8, growth=1.2, parallel=1.7) == []


def test_a_target_of_the_batch_that_is_missed_is_said() -> None:
    assert missed_in_batch(one=0.797, growth=1.203, parallel=1.697) == [
        f"«{ONE}» / «{FRAME}»",
        f"«{ONE}» / «{ARRAY}»",
        "memoria: 100 filas / 10",
        f"«{PARALLEL}» / «{SERIAL}»",
    ]


def test_the_whole_grading_benchmark_runs_and_saves_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(grading, "RESULTS", tmp_path / "grading.json")
    monkeypatch.setattr(grading, "SIZES", grading.Sizes(2, 3))
    monkeypatch.setattr(grading, "UNITS", ("00-inicio",))
    monkeypatch.setattr(grading, "ROUNDS", 2)
    monkeypatch.setattr(grading, "HEAVY", "import json")
    grading.main()
    shown = capsys.readouterr().out
    saved = json.loads((tmp_path / "grading.json").read_text("utf-8"))
    assert table(saved["rows"]) in shown
    assert table(saved["targets"]) in shown
    assert len(saved["targets"]) == 5
    spent = [row["procesador (s)"] for row in saved["rows"] if row["manera"] == GRADE]
    assert all(spent[:2])


def missed_in_grading(ours: float, cpu: float, wall: float, memory: float) -> list[str]:
    cells = [Cells(4, 4), Cells(5, 6)]
    found = Measured(
        students=2,
        ours=Cost(ours, 1),
        stock=Cost(8, None),
        pair=Cost(4, None),
        classes={"99-x": [Round(Cost(wall + more, cpu + more), cells) for more in (-1, 0, 1)]},
        peaks={40: 100, 500: memory},
    )
    return [row["meta"] for row in grading_report.targets(found) if not row["cumple"]]


def test_the_targets_of_grading_are_met_at_their_limits() -> None:
    assert missed_in_grading(ours=1, cpu=13, wall=6.5, memory=110) == []


def test_a_target_of_grading_that_is_missed_is_said() -> None:
    assert missed_in_grading(ours=1.01, cpu=13.1, wall=6.51, memory=110.1) == [
        "importaciones: segundos de «nbgrader autograde» / «make grade»",
        "importaciones: segundos de «dos nbgrader autograde» / «make grade»",
        "99-x: procesador / el de las celdas",
        "99-x: segundos / piso",
        "memoria: 500 entregas / 40",
    ]


# La página


def test_the_page_says_what_the_saved_results_say() -> None:
    assert page.PAGE.read_text("utf-8") == page.text(page.saved(page.FOLDER))


@pytest.mark.parametrize(
    ("wanted", "measured", "times"),
    [(">= 0.8", 1.6, 2.0), ("<= 1.2", 0.6, 2.0), ("< 10", 20, 0.5), ("0", 0, None)],
)
def test_more_than_what_was_asked_is_to_the_right_whatever_the_target(
    wanted: str, measured: float, times: float | None
) -> None:
    found = page.times_of({"pide": wanted, "medido": measured})
    assert found == (times and pytest.approx(times))


@pytest.mark.parametrize(("seconds", "is_met"), [(1_199, True), (1_201, False)])
def test_the_tests_are_asked_to_end_in_twenty_minutes(seconds: float, is_met: bool) -> None:
    steps = [{"name": "pruebas", "seconds": seconds, "passed": 7, "failed": 0}]
    found = tests_bench.result({"conditions": {}, "seconds": seconds, "steps": steps})
    assert [one["cumple"] for one in found["targets"]] == [is_met, True]
