"""Puntuar Parquet: los mismos puntajes por cualquier camino, y un archivo entero o ninguno."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from amq2.api import Settings, create_app
from amq2.app.scorers import ApiScorer, LocalScorer
from amq2.batch import score_parquet
from amq2.batch_files import ID, LAYOUT, BatchError
from amq2.batch_parallel import join_parts, score_in_processes, workers
from amq2.credit import COLUMNS, FEATURES, TARGET, applicants
from amq2.model import predict_default, train
from amq2.serving import serve
from tests.api_server import KEY, wait_until

N_ROWS = 5_000
MODEL = train()
MODELS = {"probability": MODEL}
tries = settings(max_examples=40, deadline=None, database=None, derandomize=True)


def write(path: Path, rows: pd.DataFrame, group_rows: int = N_ROWS) -> Path:
    rows = rows if ID in rows else rows.reset_index()
    table = pa.Table.from_pandas(rows, preserve_index=False)
    pq.write_table(table, path, group_rows, **LAYOUT)
    return path


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return applicants(N_ROWS)


@pytest.fixture(scope="module")
def source(people: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("batch") / "rows.parquet", people, 700)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Donde ya había un archivo."""
    path = tmp_path / "out" / "scores.parquet"
    path.parent.mkdir()
    path.write_bytes(b"el anterior")
    return path


def has_only_the_old(target: Path) -> bool:
    return target.read_bytes() == b"el anterior" and list(target.parent.iterdir()) == [target]


# Los puntajes


def test_every_row_has_its_number_and_the_score_of_each_model(
    source: Path, target: Path, people: pd.DataFrame
) -> None:
    forest = RandomForestClassifier(5, random_state=0).fit(people[list(FEATURES)], people[TARGET])
    models = {"probability": MODEL, "shadow": forest}
    assert score_parquet(source, target, models, metadata={"model_version": "1.0.0"}) == N_ROWS
    table = pq.read_table(target)
    assert table.schema.metadata == {b"model_version": b"1.0.0"}
    found = table.to_pandas().set_index(ID)
    expected = {name: predict_default(model, people) for name, model in models.items()}
    pd.testing.assert_frame_equal(found, pd.DataFrame(expected, index=people.index))


def test_a_model_that_takes_its_columns_by_name_gives_its_scores(
    source: Path, target: Path, people: pd.DataFrame
) -> None:
    some = make_column_transformer((StandardScaler(), ["income", "age"]), remainder="passthrough")
    model = make_pipeline(some, StandardScaler(), LogisticRegression())
    model.fit(people[list(FEATURES)], people[TARGET])
    score_parquet(source, target, {"probability": model})
    found = pq.read_table(target)["probability"].to_numpy()
    assert (found == predict_default(model, people)).all()


def test_a_model_of_other_columns_is_one_clear_line(source: Path, target: Path) -> None:
    rows = applicants(200)
    model = LogisticRegression(max_iter=10_000).fit(rows[["age", "debt_ratio"]], rows[TARGET])
    with pytest.raises(BatchError, match="El modelo de shadow usa otras columnas: entrenalo con"):
        score_parquet(source, target, {"shadow": model})
    assert has_only_the_old(target)


@pytest.mark.parametrize(
    "model",
    [
        DummyClassifier().fit(np.zeros((2, len(FEATURES))), [0, 0]),
        LogisticRegression().fit(np.eye(3), [0, 1, 1]),
    ],
    ids=["una clase", "tres columnas sin nombre"],
)
def test_a_model_that_does_not_give_two_probabilities_is_one_clear_line(
    source: Path, target: Path, model: Pipeline
) -> None:
    with pytest.raises(BatchError, match="El modelo de shadow no da dos probabilidades con 7 col"):
        score_parquet(source, target, {"shadow": model})
    assert has_only_the_old(target)


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    path = tmp_path_factory.mktemp("whole") / "scores.parquet"
    score_parquet(source, path, MODELS)
    return pq.read_table(path)


@given(
    cuts=st.sets(st.integers(0, N_ROWS), max_size=4),
    chunk_rows=st.integers(50, 2 * N_ROWS),
)
@tries
def test_neither_the_split_nor_the_size_of_the_chunks_changes_the_scores(
    source: Path,
    whole: pa.Table,
    tmp_path_factory: pytest.TempPathFactory,
    cuts: set[int],
    chunk_rows: int,
) -> None:
    path = tmp_path_factory.getbasetemp() / "part.parquet"
    edges = sorted({0, N_ROWS, *cuts})
    parts = []
    for start, stop in pairwise(edges):
        rows = range(start, stop)
        assert score_parquet(source, path, MODELS, rows=rows, chunk_rows=chunk_rows) == len(rows)
        parts.append(pq.read_table(path))
    assert pa.concat_tables(parts).combine_chunks() == whole.combine_chunks()


def test_the_row_groups_outside_the_range_are_not_read(source: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    content = bytearray(source.read_bytes())
    last = pq.read_metadata(source).row_group(7).column(0)
    content[last.data_page_offset : last.data_page_offset + 40] = b"\xff" * 40
    broken.write_bytes(content)
    assert score_parquet(broken, tmp_path / "out.parquet", MODELS, rows=range(10, 4_900)) == 4_890
    with pytest.raises(BatchError, match="no se lee"):
        score_parquet(broken, tmp_path / "out.parquet", MODELS)


@pytest.mark.parametrize("rows", [range(0), range(100, 100)])
def test_no_rows_are_a_file_without_rows(source: Path, target: Path, rows: range) -> None:
    assert score_parquet(source, target, MODELS, rows=rows) == 0
    assert pq.read_table(target).to_pydict() == {ID: [], "probability": []}


def test_several_processes_write_the_same_as_one(
    source: Path, target: Path, tmp_path: Path
) -> None:
    models, metadata = {"probability": MODEL, "shadow": train(applicants(500))}, {"a": "b"}
    one = tmp_path / "one.parquet"
    score_parquet(source, one, models, metadata=metadata)
    parts = score_in_processes(
        source, tmp_path, models, processes=2, part_rows=300, metadata=metadata
    )
    assert len(parts) == 17
    assert join_parts(parts, target) == N_ROWS
    assert pq.read_table(target).equals(pq.read_table(one), check_metadata=True)
    assert list(target.parent.iterdir()) == [target]


def test_a_part_that_is_missing_is_one_clear_line_and_the_old_file_stays(
    source: Path, tmp_path: Path, target: Path
) -> None:
    first = tmp_path / "part-00000.parquet"
    score_parquet(source, first, MODELS, rows=range(10))
    with pytest.raises(BatchError, match=r"No está .*part-00001\.parquet"):
        join_parts([first, tmp_path / "part-00001.parquet"], target)
    assert has_only_the_old(target)


@pytest.mark.parametrize(("models", "version"), [(MODELS, "2"), ({**MODELS, "shadow": MODEL}, "1")])
def test_parts_of_two_models_are_not_joined(
    source: Path, tmp_path: Path, target: Path, models: dict[str, Pipeline], version: str
) -> None:
    parts = [tmp_path / "part-00000.parquet", tmp_path / "part-00001.parquet"]
    score_parquet(source, parts[0], MODELS, rows=range(10), metadata={"version": "1"})
    score_parquet(source, parts[1], models, rows=range(10, 20), metadata={"version": version})
    with pytest.raises(BatchError, match=r"part-00001\.parquet no tiene las columnas o los met"):
        join_parts(parts, target)
    assert has_only_the_old(target)


def test_a_process_that_is_killed_is_one_clear_line() -> None:
    with pytest.raises(BatchError, match="Murió un proceso"), workers(1) as pool:
        pool.submit(os.kill, pool.submit(os.getpid).result(), signal.SIGKILL).result()


# El mismo solicitante, el mismo puntaje


@pytest.fixture(scope="module")
def api() -> Iterator[ApiScorer]:
    with serve(create_app(Settings(api_key=SecretStr(KEY)), MODEL)) as server:
        yield ApiScorer(server.url, KEY)


people_of_the_bank = st.lists(
    st.tuples(*(st.floats(c.minimum, c.maximum) for c in COLUMNS)), min_size=1, max_size=20
)


@given(values=people_of_the_bank)
@tries
def test_the_same_applicant_gets_the_same_score_from_the_api_the_app_and_the_batch(
    api: ApiScorer,
    tmp_path_factory: pytest.TempPathFactory,
    values: list[tuple[float, ...]],
) -> None:
    folder = tmp_path_factory.getbasetemp()
    rows = pd.DataFrame(values, columns=list(FEATURES)).rename_axis(ID)
    score_parquet(write(folder / "some.parquet", rows), folder / "scores.parquet", MODELS)
    batch = pq.read_table(folder / "scores.parquet")["probability"].to_numpy()
    np.testing.assert_array_equal(batch, LocalScorer(MODEL).scores(rows))
    np.testing.assert_array_equal(batch, api.scores(rows))
    first = dict(zip(FEATURES, values[0], strict=True))
    url = api._url.removesuffix("/batch")
    alone = requests.post(url, json=first, headers={"X-API-Key": KEY}, timeout=10)
    assert alone.json()["probability"] == batch[0]


# Lo que no se puede leer


def drop(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop(columns="income")


def text(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(income="mucho")


def short_numbers(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.reset_index().astype({ID: "int32"})


def hole(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(income=rows["income"].astype("Int64").where(rows.index != 3))


def infinite(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(debt_ratio=rows["debt_ratio"].where(rows.index != 5, np.inf))


def nobody(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.reset_index().assign(**{ID: pd.array([1, None] * 10, dtype="Int64")})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop, "no trae la columna income: armalo de nuevo con una."),
        (text, "income es large_string y no un número: convertila antes."),
        (short_numbers, "applicant_id es int32 y no int64: convertila antes."),
        (hole, "income de applicant_id 3 no es un número (nan): apartá esas filas."),
        (infinite, "debt_ratio de applicant_id 5 no es un número (inf): apartá esas filas."),
        (nobody, "tiene filas sin applicant_id: apartalas antes de puntuar."),
    ],
)
def test_rows_that_cannot_be_scored_are_one_clear_line_and_the_old_file_stays(
    tmp_path: Path, target: Path, change: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    bad = write(tmp_path / "bad.parquet", change(applicants(20)))
    with pytest.raises(BatchError) as error:
        score_parquet(bad, target, MODELS)
    assert str(error.value) in (f"{bad} {message}", f"{bad}: {message}")
    assert has_only_the_old(target)


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.999])
def test_a_truncated_file_is_one_clear_line_and_the_old_file_stays(
    source: Path, tmp_path: Path, target: Path, kept: float
) -> None:
    content, bad = source.read_bytes(), tmp_path / "bad.parquet"
    bad.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(BatchError, match=r"no se lee \(.+\): copialo o armalo de nuevo\.") as error:
        score_parquet(bad, target, MODELS)
    assert "\n" not in str(error.value)
    assert has_only_the_old(target)


def test_a_file_or_a_folder_that_is_not_there_is_one_clear_line(
    source: Path, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nada" / "x.parquet"
    with pytest.raises(BatchError, match=f"No está {nowhere}: revisá la ruta"):
        score_parquet(nowhere, tmp_path / "out.parquet", MODELS)
    with pytest.raises(BatchError, match=r"No se pudo escribir .*: revisá la carpeta"):
        score_parquet(source, nowhere, MODELS)


def test_rows_that_the_file_does_not_have_are_one_clear_line(source: Path, target: Path) -> None:
    with pytest.raises(BatchError, match=r"tiene 5000 filas, no las de range\(4000, 5001\)"):
        score_parquet(source, target, MODELS, rows=range(4_000, 5_001))
    assert has_only_the_old(target)


def test_what_a_process_cannot_score_is_said_with_the_same_line(tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.parquet", hole(applicants(1_000)))
    with pytest.raises(BatchError, match="income de applicant_id 3 no es un número"):
        score_in_processes(bad, tmp_path, MODELS, processes=2, part_rows=100)
    assert not (tmp_path / "part-00000.parquet").exists()


# Lo que se corta en el medio

START = """
import resource, signal, sys
from pathlib import Path
from amq2.batch import BatchError, score_parquet
from amq2.batch_parallel import score_in_processes
from amq2.model import train

source, target = map(Path, sys.argv[1:])
"""

FULL = """
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    score_parquet(source, target, {"probability": train()})
except BatchError as error:
    print(error)
"""

STUCK = """
class Stuck:
    calls = 0

    def predict_proba(self, rows):
        Stuck.calls += 1
        if Stuck.calls == 13:  # ya hay más de un millón de filas en el disco
            print("a la mitad", flush=True)
            signal.pause()
        return model.predict_proba(rows)

from amq2.predictor import without_names
model = without_names(train())
score_parquet(source, target, {"probability": Stuck()})
"""

SHARED = """
if __name__ == "__main__":
    print("empiezo", flush=True)
    score_in_processes(source, target, {"probability": train()}, processes=2, part_rows=1_000)
"""


def child(code: str, source: Path, target: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START + code, str(source), str(target)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_full_disk_is_one_clear_line_and_the_old_file_stays(source: Path, target: Path) -> None:
    with child(FULL, source, target) as process:
        said, _ = process.communicate(timeout=60)
    assert said == (
        f"No se pudo escribir {target} (File too large): revisá la carpeta y el lugar en el disco, "
        "y repetí. Quedó lo que había.\n"
    )
    assert has_only_the_old(target)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    block = applicants(50_000)
    rows = pd.concat([block] * 30).set_index(pd.RangeIndex(1_500_000, name=ID))
    return write(tmp_path_factory.mktemp("many") / "rows.parquet", rows, 100_000)


def test_killed_half_way_the_old_file_stays_and_nobody_takes_the_half_one(
    many: Path, target: Path
) -> None:
    old = write(target, applicants(10)).read_bytes()
    with child(STUCK, many, target) as process:
        assert process.stdout
        assert process.stdout.readline() == "a la mitad\n"
        process.kill()
    [half] = set(target.parent.iterdir()) - {target}
    assert half.stat().st_size > 1_000_000
    assert target.read_bytes() == old
    assert pq.read_table(target.parent).num_rows == 10
    assert score_parquet(many, target, MODELS) == 1_500_000
    assert pq.read_table(target.parent).num_rows == 1_500_000


def test_if_the_one_that_shares_the_work_is_killed_its_processes_leave(
    many: Path, tmp_path: Path
) -> None:
    with child(SHARED, many, tmp_path) as process:
        assert wait_until(lambda: any(tmp_path.glob("part-*")), 60)
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
    assert len(family) >= 3
    assert wait_until(lambda: not any(map(psutil.Process.is_running, family)))
    done = [pq.read_metadata(path).num_rows for path in tmp_path.glob("part-*")]
    assert 0 < len(done) < 1_500
    assert set(done) == {1_000}
