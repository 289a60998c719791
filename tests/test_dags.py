"""Los DAGs del curso: se leen sin avisos, dicen lo que deben, y corridos dos veces dan igual."""

import json
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from amq2.model import predict_default, train
from amq2.nightly.branches import close_day
from amq2.orchestrator.data import FOLDER_VARIABLE, MAX_PER_DAY, data_folder, requests_of
from amq2.orchestrator.runs import Run
from amq2.settings import TIME_ZONE
from tests.api_server import wait_until
from tests.course_dags import (
    COURSE_DAGS,
    HOME,
    AssetEvent,
    DagSerialization,
    course_dag,
    create_session,
    read,
    run_dag,
)

DAY = "2026-03-02"
MIDNIGHT = datetime(2026, 3, 2, tzinfo=TIME_ZONE)
DAG_IDS = sorted(read().dags)
OF_STUDENTS = [dag_id for dag_id in DAG_IDS if dag_id != "grade_class"]
"""El otro es de los docentes, y tiene sus pruebas en test_grade_class.py."""
WITH_A_SCHEDULE = {"asset_consumer", "daily_catchup", "nightly_scoring"}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """La carpeta en la que escriben los DAGs, vacía."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


def run(dag_id: str, logical_date: datetime = MIDNIGHT, **conf: object) -> Run:
    """Corre un DAG del curso y devuelve su corrida."""
    return run_dag(course_dag(dag_id), logical_date, conf=conf)


def contents(folder: Path) -> dict[str, bytes]:
    """Todo lo que hay escrito en una carpeta."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def tables() -> list[list[str]]:
    """Lo que hay en las dos bases del banco."""
    rows = []
    for file in sorted((HOME / "datos").glob("*.sqlite")):
        with closing(sqlite3.connect(file)) as connection:
            rows.append(sorted(connection.iterdump()))
    return rows


def test_airflow_reads_every_file_with_no_error_and_no_warning() -> None:
    found = read()
    assert (found.import_errors, found.captured_warnings) == ({}, {})
    files = {Path(dag.fileloc).name for dag in found.dags.values()}
    assert files == {path.name for path in COURSE_DAGS.glob("*.py")}


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        (
            "    write_notice(",
            "    (first := fetch_requests(day)) >> keep_large(first) >> first",
            "ycle",
        ),
        ("first_taskflow()", "import warnings; warnings.warn('viejo', FutureWarning)", "viejo"),
    ],
)
def test_reading_them_would_find_a_cycle_and_a_warning(
    tmp_path: Path, old: str, new: str, seen: str
) -> None:
    lines = (COURSE_DAGS / "first_taskflow.py").read_text("utf-8").splitlines()
    flawed = [f"{line}\n{new}" if line.startswith(old) else line for line in lines]
    (tmp_path / "flawed.py").write_text("\n".join(flawed), "utf-8")
    found = read(tmp_path)
    assert seen in json.dumps([found.import_errors, found.captured_warnings], default=str)


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_a_dag_says_whose_it_is_what_it_shows_and_how_long_it_may_take(dag_id: str) -> None:
    dag = course_dag(dag_id)
    assert dag.doc_md is not None
    assert dag.tags
    assert dag.dagrun_timeout is not None
    assert str(dag.timezone) == str(TIME_ZONE)
    assert all(title in dag.doc_md for title in ("**Qué muestra.**", "**Cómo se corre.**"))
    assert "**Qué mirar.**" in dag.doc_md
    assert {"owner", "retries", "retry_delay", "execution_timeout"} <= set(dag.default_args)
    for task in dag.tasks:
        assert task.owner not in ("", "airflow")
        assert task.retries
        assert isinstance(task.retry_delay, timedelta)
        assert task.retry_delay < timedelta(minutes=1)
        assert task.execution_timeout is not None
        assert task.execution_timeout < dag.dagrun_timeout


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_only_a_dag_about_schedules_has_one(dag_id: str) -> None:
    dag = course_dag(dag_id)
    assert (dag.schedule is not None) == (dag_id in WITH_A_SCHEDULE)
    assert dag.catchup == (dag_id == "daily_catchup")


@pytest.mark.parametrize("dag_id", OF_STUDENTS)
def test_a_dag_run_twice_leaves_the_same(dag_id: str, data: Path) -> None:
    (data_folder("three_sensors") / f"{DAY}.csv").write_text("a\nb\n")
    (data_folder("asset_producer") / f"{DAY}.csv").write_text("applicant_id\n1\n2\n")
    # A mano y sin decir el día, la noche corre el del intervalo: el anterior.
    close_day(date.fromisoformat(DAY) - timedelta(days=1), 100, n_bad=4)
    before = contents(data)
    assert run(dag_id).state == "success"
    first = contents(data), tables()
    assert run(dag_id).state == "success"
    assert (contents(data), tables()) == first
    assert first[0] != before or dag_id == "copy_to_warehouse"
    place = "nightly_scoring" if dag_id == "close_the_day" else dag_id
    assert all(place in name for name in first[0].keys() - before.keys())


def test_without_the_variable_they_write_in_their_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    run("branch_and_join")
    assert (HOME / "datos" / "branch_and_join" / DAY / "decision.txt").is_file()


def test_the_classic_twin_writes_the_same_bytes(data: Path) -> None:
    for dag_id in ("first_taskflow", "first_classic"):
        run(dag_id)
    classic = contents(data / "first_classic")
    assert classic == contents(data / "first_taskflow")
    assert set(classic) == {f"{DAY}/{name}" for name in ("requests.csv", "large.csv", "notice.txt")}


@pytest.mark.parametrize(
    ("limit", "taken", "skipped"),
    [(2_000, "approve", "ask_the_board"), (500, "ask_the_board", "approve")],
)
def test_one_path_runs_and_each_join_follows_its_rule(
    data: Path, limit: int, taken: str, skipped: str
) -> None:
    states = run("branch_and_join", limit=limit).states
    assert states == {
        "add_up": "success",
        "choose": "success",
        taken: "success",
        skipped: "skipped",
        "waits_for_all_to_succeed": "skipped",
        "write_decision": "success",
        "clean_up": "success",
    }


@pytest.mark.parametrize(
    ("failures", "state", "tries", "last"),
    [(0, "success", 1, "salió bien"), (2, "success", 3, "salió bien"), (9, "failed", 4, "falló")],
)
def test_every_try_leaves_a_record(
    data: Path, failures: int, state: str, tries: int, last: str
) -> None:
    done = run("retries_and_callbacks", failures=failures)
    assert (done.states["fetch_rates"], done.tries["fetch_rates"]) == (state, tries)
    assert done.state == state
    events = (data / "retries_and_callbacks" / DAY / "events.txt").read_text("utf-8").splitlines()
    assert events[:-1] == [f"intento {n}: falló, se reintenta" for n in range(1, tries)]
    assert events[-1].startswith(f"intento {tries}: {last}")


@pytest.mark.parametrize("size", [30, 50])
def test_the_scores_of_the_partitions_are_those_of_the_whole_day(data: Path, size: int) -> None:
    run("mapped_scores", size=200)
    states = run("mapped_scores", size=size).states
    files = sorted((data / "mapped_scores" / DAY).glob("scores-*.csv"))
    assert len(files) == sum(label.startswith("score [") for label in states) == -(-200 // size)
    scores = pd.concat(pd.read_csv(file, index_col="applicant_id") for file in files)["score"]
    rows = requests_of(date.fromisoformat(DAY))
    expected = pd.Series(predict_default(train(), rows), rows.index, name="score")
    pd.testing.assert_series_equal(scores, expected)


def test_a_task_that_loads_the_model_fills_its_log_with_no_warnings() -> None:
    # En una tarea, Airflow se importó antes; acá, por haber pruebas antes, no se vería.
    code = "import airflow.utils.timezone, amq2.model"
    command = [sys.executable, "-W", "error::FutureWarning", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_three_sensors_wait_until_the_file_comes(data: Path) -> None:
    path = data_folder("three_sensors") / f"{DAY}.csv"
    seen: list[str] = []
    database = HOME / "airflow.db"
    waiting = (
        "SELECT state FROM task_instance WHERE dag_id = 'three_sensors' AND state IN (?, ?, ?)"
    )

    def someone_waits() -> bool:
        with closing(sqlite3.connect(database)) as connection:
            found = connection.execute(waiting, ("running", "up_for_reschedule", "deferred"))
            seen.extend(state for (state,) in found)
        return bool(seen)

    def deliver() -> None:
        try:
            assert wait_until(someone_waits)
        finally:
            path.write_text("a\nb\nc\n")

    delivery = threading.Thread(target=deliver)
    delivery.start()
    done = run("three_sensors", MIDNIGHT + timedelta(days=1))
    delivery.join()
    assert seen
    assert set(done.states.values()) == {"success"}
    assert path.with_suffix(".txt").read_text("utf-8") == "3 renglones\n"


def test_the_producer_tells_which_day_changed(data: Path) -> None:
    run("asset_producer", day="2026-03-05")
    with create_session() as session:
        last = session.query(AssetEvent).order_by(AssetEvent.id.desc()).first()
        assert last is not None
        assert (last.source_dag_id, last.extra["day"]) == ("asset_producer", "2026-03-05")


def test_a_run_adds_up_the_day_of_its_interval(data: Path) -> None:
    # A mano, el intervalo es el último que ya terminó: el del día anterior a la fecha.
    assert run("daily_catchup", MIDNIGHT + timedelta(days=3)).state == "success"
    assert contents(data / "daily_catchup") == {
        "2026-03-04.txt": (
            "intervalo: 2026-03-04 03:00 a 2026-03-05 03:00 UTC\n"
            f"solicitudes: 200\nmonto: {requests_of(date(2026, 3, 4))['amount'].sum()}\n"
        ).encode()
    }


def test_the_catch_up_is_five_days_of_buenos_aires() -> None:
    dag = DagSerialization.deserialize_dag(
        DagSerialization.serialize_dag(course_dag("daily_catchup"))
    )
    intervals: list[tuple[datetime, datetime]] = []
    info = dag.next_dagrun_info(last_automated_run_info=None)
    while info is not None and len(intervals) < 10:
        assert info.data_interval is not None
        intervals.append((info.data_interval.start, info.data_interval.end))
        info = dag.next_dagrun_info(last_automated_run_info=info)
    assert intervals == list(pairwise(MIDNIGHT + timedelta(days=n) for n in range(6)))


def test_two_days_share_no_applicant_and_a_day_is_always_the_same() -> None:
    monday, tuesday = date(2026, 3, 2), date(2026, 3, 3)
    assert requests_of(monday, MAX_PER_DAY).index.max() < requests_of(tuesday).index.min()
    pd.testing.assert_frame_equal(requests_of(monday, 10), requests_of(monday).head(10))
    for day, n in [(date(1999, 12, 31), 1), (monday, MAX_PER_DAY + 1)]:
        with pytest.raises(ValueError, match="usá un día desde"):
            requests_of(day, n)
