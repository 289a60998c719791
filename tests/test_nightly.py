"""La noche del banco, pieza por pieza y entera: qué promete cada una."""

import math
import re
import resource
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from unittest.mock import patch

# Primero: le da su casa a Airflow.
from tests.nightly_runs import BAD, DAY, ROWS, bank, channel, content, night

# isort: split
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from scipy.stats import chi2

from amq2.credit import applicants
from amq2.model import ModelError, predict_default, train
from amq2.nightly import models, warehouse
from amq2.nightly.branches import applications_of, close_day, load
from amq2.nightly.closing import ClosingError, read_closing, write_closing
from amq2.nightly.drift import (
    BINS,
    ENOUGH_ROWS,
    WATCH,
    drift,
    stability_index,
    training_rows,
)
from amq2.nightly.notices import WEBHOOK, notices, notify, on_task_failure
from amq2.nightly.places import closing_file, notices_file, rejected_file, report_file, staging
from amq2.nightly.publication import PublicationError, publish, read_published
from amq2.nightly.quality import CLEAN, REJECTED, QualityError, check_day
from amq2.nightly.scoring import plan_partitions, score_partition
from amq2.nightly.warehouse import WarehouseError, copy_day, read_day
from amq2.orchestrator.clearing import rerun
from amq2.orchestrator.data import replace_file
from tests.api_server import free_port, wait_until
from tests.conftest import not_run
from tests.course_dags import DagSerialization, course_dag
from tests.postgres import find_programs, running_postgres

NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Un banco vacío para cada prueba."""
    with bank(tmp_path):
        yield tmp_path


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def base(request: pytest.FixtureRequest, folder: Path) -> Iterator[None]:
    """El warehouse, en cada una de las dos bases."""
    if request.param == "SQLite":
        yield
        return
    programs = find_programs() or not_run("postgresql", "sudo apt install postgresql")
    with running_postgres(programs) as server, bank(folder, AIRFLOW_CONN_AMQ2_WAREHOUSE=server.url):
        yield


# El cierre


def test_a_closing_tells_the_amount_of_each_application_once() -> None:
    write_closing(DAY, [(1, 500.0), (2, 700.0), (2, 700.0)])
    found = read_closing(DAY)
    assert found.amounts.to_dict() == {1: 500.0, 2: 700.0}
    assert found.repeated == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "está vacío"),
        ("applicant_id,amount\n1,500\n", "está cortado: trae 1 renglones"),
        ("applicant_id,amount\n1,500\ntotal,2\n", "está cortado: trae 2 renglones"),
        ("applicant_id,monto\n1,500\ntotal,1\n", "trae las columnas applicant_id, monto"),
        ("applicant_id,amount\n1,nada\ntotal,1\n", "trae algo que no es un número"),
        ("applicant_id,amount\n1,nan\ntotal,1\n", "trae algo que no es un número"),
        (f"applicant_id,amount\n{10**20},5\ntotal,1\n", "trae algo que no es un número"),
        ("applicant_id,amount\n1,500\n1,600\ntotal,2\n", "trae dos montos para la solicitud 1"),
        ("applicant_id,amount\n1,500\n\udcff", "no es un CSV en UTF-8"),
    ],
)
def test_a_closing_that_is_no_good_says_why_in_one_line(text: str, why: str) -> None:
    closing_file(DAY).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ClosingError, match=why) as caught:
        read_closing(DAY)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(f"edí otra vez el cierre del {DAY} y limpiá la tarea.")


def test_a_closing_that_did_not_come_says_so() -> None:
    with pytest.raises(ClosingError, match="esperá el cierre o pedilo"):
        read_closing(DAY)


# La copia


def test_a_copy_replaces_the_day_and_leaves_the_others(base: None) -> None:
    for day, rows in [(DAY, 30), (NEXT_DAY, 20), (DAY, 10)]:
        load(day, applications_of(day, rows))
        assert copy_day(day) == rows
    assert in_warehouse(DAY) == list(applications_of(DAY, 10).index)
    assert len(in_warehouse(NEXT_DAY)) == 20


def test_who_reads_in_the_middle_of_a_copy_sees_the_day_before_it(base: None) -> None:
    before = copied(10)
    load(DAY, applications_of(DAY, 40))
    seen: list[int] = []
    with (
        patch.object(warehouse, "CHUNK", 15),
        at_each("after_cursor_execute", "INSERT", lambda: seen.append(count())),
    ):
        copy_day(DAY)
    assert seen == [len(before)] * 3
    assert count() == 40


def test_a_copy_cut_in_the_middle_leaves_the_day_as_it_was(base: None) -> None:
    before = copied(10)
    load(DAY, applications_of(DAY, 40))

    def cut() -> None:
        raise KeyboardInterrupt

    with (
        patch.object(warehouse, "CHUNK", 15),
        at_each("after_cursor_execute", "INSERT", cut),
        pytest.raises(KeyboardInterrupt),
    ):
        copy_day(DAY)
    assert in_warehouse(DAY) == before


def test_two_copies_of_a_day_at_once_leave_it_once(base: None) -> None:
    before = copied(200)
    load(DAY, applications_of(DAY, 200))
    deletes: list[str] = []
    others: list[Future[str]] = []

    def copy() -> str:
        try:
            return str(copy_day(DAY))
        except WarehouseError as error:
            return str(error)

    def start_the_other() -> None:
        if not others:
            others.append(pool.submit(copy))
            assert wait_until(lambda: len(deletes) == 2)

    with (
        ThreadPoolExecutor(1) as pool,
        patch.object(warehouse, "CHUNK", 20),
        at_each("before_cursor_execute", "DELETE", lambda: deletes.append("uno")),
        at_each("after_cursor_execute", "INSERT", start_the_other),
    ):
        ends = [copy(), others[0].result()]
    # La que llega tarde espera; o falla, en un renglón, y Airflow la reintenta.
    assert ends[0] == "200"
    assert ends[1] == "200" or "could not serialize" in ends[1]
    assert in_warehouse(DAY) == before


def test_a_base_that_does_not_answer_is_one_line_with_no_data_of_anybody(folder: Path) -> None:
    load(DAY, applications_of(DAY, 10))
    with closing(sqlite3.connect(folder / "datos" / "amq2_warehouse.sqlite")) as other:
        other.execute("CREATE TABLE applications (applicant_id INTEGER)")
    with pytest.raises(WarehouseError) as caught:
        copy_day(DAY)
    assert str(caught.value) == (
        "La base amq2_warehouse no contesta (no such column: applications.application_date): "
        "fijate que ande y limpiá la tarea."
    )


def test_a_row_that_the_warehouse_does_not_take_is_not_shown(base: None, folder: Path) -> None:
    load(DAY, applications_of(DAY, 1))
    with closing(sqlite3.connect(folder / "datos" / "amq2_operational.sqlite")) as other:
        other.executescript(
            "CREATE TABLE loose AS SELECT * FROM applications; DROP TABLE applications;"
            "ALTER TABLE loose RENAME TO applications;"
            "UPDATE applications SET applicant_id = NULL, income = 1234567;"
        )
    with pytest.raises(WarehouseError, match="applicant_id") as caught:
        copy_day(DAY)
    assert "1234567" not in str(caught.value)


def test_a_text_where_a_number_goes_is_quarantined_and_the_day_goes_on(
    base: None, folder: Path
) -> None:
    close_day(DAY, 10)
    with closing(sqlite3.connect(folder / "datos" / "amq2_operational.sqlite")) as other, other:
        other.execute("UPDATE applications SET age = 'treinta' WHERE rowid = 3")
    copy_day(DAY)
    found = check_day(DAY, read_closing(DAY), folder, max_rejected=1)
    assert (found.clean, found.reasons) == (9, {"age sin dato": 1})


# La calidad


def test_each_row_that_is_no_good_says_every_reason(folder: Path) -> None:
    rows = applications_of(DAY, 8).astype(float)
    ids = list(rows.index)
    amounts = rows["amount"].copy()
    rows.loc[ids[1], ["income", "age"]] = [0, math.nan]
    rows.loc[ids[2], "debt_ratio"] = 1.7
    amounts[ids[3]] += 1
    load(DAY, pd.concat([rows, rows.loc[[ids[5]]]]))
    write_closing(DAY, [*amounts.drop(ids[4]).items(), (99, 1.0)])
    copy_day(DAY)
    # Con tandas de 6, las dos filas iguales quedan en tandas distintas.
    with patch.object(warehouse, "CHUNK", 6):
        found = check_day(DAY, read_closing(DAY), folder, max_rejected=1)
    rejected = pd.read_csv(folder / REJECTED)
    assert dict(zip(rejected["applicant_id"], rejected["why"], strict=True)) == {
        ids[1]: "age sin dato; income fuera de 300.000 a 12.000.000",
        ids[2]: "debt_ratio fuera de 0 a 1",
        ids[3]: "el monto no es el del cierre",
        ids[4]: "no está en el cierre",
        ids[5]: "está repetida",
        99: "falta en la base",
    }
    assert (found.clean, found.rejected) == (4, 6)
    assert sum(found.reasons.values()) == 7
    assert pq.read_table(folder / CLEAN).column(0).to_pylist() == [*ids[:1], *ids[5:]]


@pytest.mark.parametrize("chunk", [2, 3, 20_000])
def test_two_rows_of_an_application_with_other_data_are_both_no_good(
    folder: Path, chunk: int
) -> None:
    rows = applications_of(DAY, 4).astype(float).set_index(pd.RangeIndex(4, name="applicant_id"))
    load(DAY, pd.concat([rows, rows.loc[[1]].assign(income=rows["income"] + 1)]))
    write_closing(DAY, rows["amount"].items())
    copy_day(DAY)
    with patch.object(warehouse, "CHUNK", chunk):
        found = check_day(DAY, read_closing(DAY), folder, max_rejected=1)
    assert found.reasons == {"está repetida con otros datos": 2}
    assert pq.read_table(folder / CLEAN).column(0).to_pylist() == [0, 2, 3]


def test_too_many_rows_that_are_no_good_stop_the_day(folder: Path) -> None:
    close_day(DAY, 40, n_bad=4)
    copy_day(DAY)
    assert check_day(DAY, read_closing(DAY), folder, 0.1).rejected == 4
    why = r"no sirven 4 de 40 filas, más del 9%: .*\(1\).* limpiá la tarea copy"
    with pytest.raises(QualityError, match=why):
        check_day(DAY, read_closing(DAY), folder, 0.09)


# Las particiones y lo publicado


def test_each_run_has_its_own_folder() -> None:
    folders = {staging(DAY, run_id).resolve() for run_id in ("x:1", "x+1", "x_1", "..", ".")}
    assert len(folders) == 5
    assert len({folder.parent for folder in folders}) == 1


@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 25])
def test_the_partitions_cover_every_row_once(rows: int) -> None:
    parts = plan_partitions(rows, 10)
    assert [row for part in parts for row in range(part["start"], part["stop"])] == list(
        range(rows)
    )
    assert len(parts) == max(1, -(-rows // 10))


def test_a_partition_of_no_rows_is_one_line() -> None:
    with pytest.raises(ValueError, match="usá 1 o más"):
        plan_partitions(10, 0)


def test_more_partitions_than_airflow_takes_is_one_line() -> None:
    assert len(plan_partitions(1_024, 1)) == 1_024
    with pytest.raises(ValueError, match="son 1025, más de 1024: usá 2 o más"):
        plan_partitions(1_025, 1)


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ([0, 1], "20 de 30 filas"),
        ([0, 1, 1, 2], "part-1"),
        ([1, 0, 2], "part-1"),
        ([0, 1, 2, 2], "part-2"),
    ],
    ids=["falta una", "una dos veces", "en otro orden", "sobra una"],
)
def test_parts_that_are_not_the_clean_rows_are_not_published(
    folder: Path, parts: list[int], where: str
) -> None:
    clean_rows, files = scored(folder, 30)
    publish(DAY, clean_rows, files, "1.0.0")
    before = content()
    with pytest.raises(PublicationError, match=f"{where}.*Sigue publicado lo que había"):
        publish(DAY, clean_rows, [files[number] for number in parts], "1.0.0")
    assert content() == before


def test_a_part_scored_with_another_version_is_not_published(folder: Path) -> None:
    clean_rows, files = scored(folder, 30)
    publish(DAY, clean_rows, files, "1.0.0")
    before = content()
    other_model()
    score_partition(clean_rows, {"start": 10, "stop": 20}, files[1], ("2.0.0", None))
    with pytest.raises(PublicationError, match=r"part-1\.parquet: 2\.0\.0, no 1\.0\.0"):
        publish(DAY, clean_rows, files, "1.0.0")
    assert content() == before


def test_what_is_published_says_its_day_and_model_and_is_always_the_same(folder: Path) -> None:
    clean_rows, files = scored(folder, 30)
    path = publish(DAY, clean_rows, files, "1.0.0")
    first = path.read_bytes()
    scores, version = read_published(DAY)
    expected = predict_default(train(), applications_of(DAY, 30).astype(float))
    assert version == "1.0.0"
    np.testing.assert_array_equal(scores["probability"], expected)
    assert publish(DAY, clean_rows, files, "1.0.0").read_bytes() == first
    assert list(path.parent.iterdir()) == [path]


# El cambio desde el entrenamiento


def test_the_stability_index_is_the_one_done_by_hand() -> None:
    before = np.repeat(np.arange(10), 10)
    assert stability_index(before, before) == 0
    # Antes, una décima en cada grupo; ahora, dos en el primero y ninguna en el último.
    now = np.where(before == 9, 0, before)
    by_hand = (0.2 - 0.1) * math.log(0.2 / 0.1) + (0.0001 - 0.1) * math.log(0.0001 / 0.1)
    assert stability_index(before, now) == pytest.approx(by_hand)
    assert math.isnan(stability_index(before, []))


def test_a_value_that_is_almost_always_the_same_and_changes_is_seen() -> None:
    flag = np.repeat([0, 1], [95, 5])
    assert stability_index(flag, flag) == 0
    assert stability_index(flag, 1 - flag) > 0.25
    assert stability_index(np.full(10, 5), np.full(10, 6)) > 0.25


def test_the_column_that_changed_is_the_first() -> None:
    rows = training_rows().head(5_000)
    same = drift(rows)
    assert same.max() < 0.1
    moved = drift(rows.assign(income=rows["income"] * 2))
    assert moved.index[0] == "income"
    assert moved["income"] > 0.25
    assert moved["age"] == same["age"]


def test_with_enough_rows_chance_alone_seldom_passes_the_limit() -> None:
    # Sin cambios, el PSI por las filas es una ji cuadrado: lo que dice la documentación.
    assert chi2.sf(WATCH * ENOUGH_ROWS, BINS - 1) < 1 / 2_000
    assert chi2.sf(WATCH * 100, BINS - 1) > 1 / 3


def test_a_day_of_few_rows_is_not_said_to_have_changed() -> None:
    # 100 solicitantes como los del entrenamiento: el azar solo ya mueve el índice.
    close_day(DAY, 100)
    assert drift(applications_of(DAY, 100)).max() > 0.1
    assert night().state == "success"
    text = Page(report_file(DAY).read_text("utf-8")).text
    assert "pocas filas para decir" in text
    assert "mirar" not in text
    assert "cambió" not in text


# Los modelos


def other_model() -> None:
    """Guarda una versión 2.0.0, entrenada con otras filas."""
    models.add(train(applicants(2_000, seed=7)), "2.0.0")


def test_a_new_version_runs_in_shadow_is_activated_and_rolled_back() -> None:
    assert models.choice() == models.Choice("1.0.0")
    other_model()
    assert models.shadow("2.0.0") == models.Choice("1.0.0", shadow="2.0.0")
    assert models.activate("2.0.0") == models.Choice("2.0.0", previous="1.0.0")
    assert models.activate("2.0.0") == models.choice()
    assert models.roll_back() == models.Choice("1.0.0", shadow="2.0.0")
    with pytest.raises(ModelError, match="No hay una versión anterior"):
        models.roll_back()


def test_a_version_that_is_not_there_is_not_chosen_and_one_that_is_does_not_change() -> None:
    before = models.choice()
    for choose in (models.shadow, models.activate):
        with pytest.raises(ModelError, match="No está"):
            choose("9.9.9")
    with pytest.raises(ModelError, match="ya está en"):
        models.add(train(), "1.0.0")
    assert models.choice() == before


def test_the_first_night_of_several_runs_at_once_has_one_model() -> None:
    together = Barrier(4)

    def first() -> models.Choice:
        together.wait()
        return models.choice()

    with ThreadPoolExecutor(4) as pool:
        chosen = {future.result() for future in [pool.submit(first) for _ in range(4)]}
    assert chosen == {models.Choice("1.0.0")}
    models.load_version("1.0.0")


def test_a_version_activated_while_another_goes_to_the_shadow_stays_active() -> None:
    models.choice()
    other_model()
    real, others = models._choose, list[Future[models.Choice]]()

    def choose_late(found: models.Choice) -> models.Choice:
        if not others:
            others.append(pool.submit(models.activate, "2.0.0"))
            with suppress(TimeoutError):  # sin llave, termina acá
                others[0].result(timeout=1)
        return real(found)

    with ThreadPoolExecutor(1) as pool, patch.object(models, "_choose", choose_late):
        models.shadow("1.0.0")
    assert models.choice().active == "2.0.0"


# Los avisos


def test_a_notice_is_a_line_of_the_file_and_a_message_in_the_channel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with channel() as office:
        monkeypatch.setenv(WEBHOOK, office.url)
        notify("Falló «copy».")
    assert office.texts == ["Falló «copy»."]
    assert [notice["text"] for notice in notices()] == ["Falló «copy»."]


def test_a_notice_that_did_not_fit_does_not_spoil_the_others() -> None:
    notify("uno")
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (notices_file().stat().st_size + 20, most))
    try:
        notify("dos")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
    assert "{" in notices_file().read_text("utf-8").splitlines()[-1]
    notify("tres")
    assert [notice["text"] for notice in notices()] == ["uno", "tres"]


def test_a_task_that_died_without_a_word_says_so() -> None:
    task = SimpleNamespace(dag_id="nightly_scoring", task_id="copy", run_id="una")
    on_task_failure({"ti": task})
    assert notices()[0]["text"].endswith("una. Murió su proceso: mirá el log y limpiá la tarea.")


def test_a_file_that_does_not_fit_leaves_the_old_one_alone(folder: Path) -> None:
    path = replace_file(folder / "solo" / "x.txt", "el de antes")
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, most))
    try:
        with pytest.raises(OSError, match="File too large"):
            replace_file(path, "x" * 1_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
    assert path.read_text("utf-8") == "el de antes"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["contesta 500", "no contesta"])
def test_a_channel_that_fails_leaves_the_notice_in_the_file(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with channel(500) as office:
        dead = f"http://127.0.0.1:{free_port()}"
        monkeypatch.setenv(WEBHOOK, dead if kind == "no contesta" else office.url)
        notify("uno")
        notify("dos")
    assert [notice["text"] for notice in notices()] == ["uno", "dos"]


# La noche entera


def test_a_night_publishes_reports_and_leaves_no_work_behind() -> None:
    close_day(DAY, ROWS, n_bad=BAD)
    run = night()
    assert run.state == "success", run.errors
    assert run.states["no_quarantine"] == "skipped"
    assert run.results["check_quality"]["clean"] == ROWS - BAD
    scores, _ = read_published(DAY)
    assert len(scores) == ROWS - BAD
    assert not list(staging(DAY, run.run_id).iterdir())
    rejected = pd.read_csv(rejected_file(DAY))
    assert len(rejected) == BAD
    assert not set(rejected["applicant_id"]) & set(scores.index)


def test_the_partitions_do_not_change_the_scores() -> None:
    close_day(DAY, 60)
    assert night(partition_rows=60).state == "success"
    whole, _ = read_published(DAY)
    run = night(partition_rows=7)
    assert sum(label.startswith("score [") for label in run.states) == 9
    pd.testing.assert_frame_equal(read_published(DAY)[0], whole)


def test_a_day_with_no_applications_is_published_empty() -> None:
    close_day(DAY, 0)
    run = night()
    assert run.state == "success", run.errors
    assert read_published(DAY)[0].empty
    assert "Ninguna fila" in report_file(DAY).read_text("utf-8")


def test_a_day_repaired_at_its_origin_leaves_no_quarantine() -> None:
    close_day(DAY, 60, n_bad=2)
    assert night().state == "success"
    assert rejected_file(DAY).exists()
    close_day(DAY, 60)
    assert night().state == "success"
    assert not rejected_file(DAY).exists()
    assert len(read_published(DAY)[0]) == 60


def test_a_run_that_ended_is_done_again_from_the_copy_with_fewer_partitions() -> None:
    close_day(DAY, 60)
    run = night(partition_rows=20)
    assert run.state == "success", run.errors
    close_day(DAY, 25, n_bad=1)
    dag = course_dag("nightly_scoring")
    before = DagSerialization.serialize_dag(dag)
    # Limpiar copy y lo que sigue, como dice el aviso. La carpeta de trabajo ya no está, y en XCom
    # queda la tercera partición.
    done = rerun(dag, run, set(dag.task_dict) - {"start", "wait_for_closing", "check_closing"})
    assert done.state == "success", done.errors
    assert len(read_published(DAY)[0]) == 24
    # Lo que pidió esta corrida no queda para la que siga.
    assert DagSerialization.serialize_dag(dag) == before


def test_a_day_with_too_many_rows_that_are_no_good_is_not_published() -> None:
    close_day(DAY, 60, n_bad=30)
    run = night()
    assert run.state == "failed"
    assert run.tries["check_quality"] == 1
    assert "no sirven 30 de 60 filas" in run.errors["check_quality"]
    assert content() is None
    assert "no sirven 30 de 60 filas" in notices()[0]["text"]


def test_a_version_changed_in_the_middle_of_a_run_does_not_mix() -> None:
    close_day(DAY, 60)
    models.choice()
    other_model()
    real = score_partition

    def change_and_score(*arguments: object) -> int:
        models.activate("2.0.0")
        return real(*arguments)  # type: ignore[arg-type]

    with patch("amq2.nightly.scoring.score_partition", change_and_score):
        run = night(partition_rows=20)
    assert run.state == "success", run.errors
    scores, version = read_published(DAY)
    assert version == "1.0.0"
    expected = predict_default(train(), applications_of(DAY, 60).astype(float))
    np.testing.assert_array_equal(scores["probability"], expected)
    assert models.choice().active == "2.0.0"


# El informe


class Page(HTMLParser):
    """Lo que hay en una página: textos, imágenes y adónde apunta."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.images: list[dict[str, str | None]] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "img":
            self.images.append(found)
        self.addresses += [str(found[name])[:20] for name in ("href", "src") if name in found]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_is_one_page_with_its_pictures_and_the_shadow_beside() -> None:
    close_day(DAY, 60, n_bad=4)
    models.choice()
    other_model()
    models.shadow("2.0.0")
    assert night(partition_rows=30).state == "success"
    text = report_file(DAY).read_text("utf-8")
    page = Page(text)
    assert all(address.startswith("data:image/png;") for address in page.addresses)
    assert not re.findall(r"https?://", text)
    assert len(page.images) == 5
    assert all(image["alt"] for image in page.images)
    for number in pd.read_csv(rejected_file(DAY))["applicant_id"]:
        assert str(number) in page.text
    assert "income fuera de 300.000 a 12.000.000" in page.text
    rows = read_published(DAY)[0].index
    day = applications_of(DAY, 60).astype(float).loc[rows]
    gap = predict_default(models.load_version("2.0.0"), day) - predict_default(train(), day)
    moved = int((abs(gap) > 0.05).sum())
    assert f"De 56 solicitudes, a {moved} les cambiaría" in page.text


# Lo que usan estas pruebas


def copied(rows: int) -> list[int]:
    """Un día ya copiado: sus solicitudes."""
    load(DAY, applications_of(DAY, rows))
    copy_day(DAY)
    return in_warehouse(DAY)


def in_warehouse(day: date) -> list[int]:
    return [int(number) for rows in read_day(day) for number in rows["applicant_id"]]


def count() -> int:
    return len(in_warehouse(DAY))


@contextmanager
def at_each(event: str, word: str, call: Callable[[], object]) -> Iterator[None]:
    """Llama a una función con cada orden de SQL que empieza así, mientras dura el bloque."""

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(word):
            call()

    sa.event.listen(sa.Engine, event, look)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, event, look)


def scored(folder: Path, rows: int) -> tuple[Path, list[Path]]:
    """Las filas buenas de un día y sus puntajes, en tres partes."""
    close_day(DAY, rows)
    copy_day(DAY)
    check_day(DAY, read_closing(DAY), folder)
    models.choice()
    files = []
    for number, part in enumerate(plan_partitions(rows, rows // 3)):
        files.append(folder / f"part-{number}.parquet")
        score_partition(folder / CLEAN, part, files[-1], ("1.0.0", None))
    return folder / CLEAN, files
