"""Puntuar de a millones de filas: cuánto cuesta leer y escribir, cuánta memoria, cuántos procesos.

Tres comparaciones, en una corrida y con un hilo por proceso:

1. `score_parquet` (leer, puntuar, redondear y escribir) contra `predict_proba` solo, con las mismas
   filas ya en memoria, como tabla y como arreglo;
2. la memoria de un proceso que puntúa veinte millones de filas, contra la de uno que puntúa dos;
3. dos procesos contra uno.

Las rondas se intercalan, y cada comparación se hace dentro de su ronda. El archivo se arma
repitiendo un bloque de solicitantes, cada uno con su propio número: puntuarlos cuesta lo mismo.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sklearn
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from amq2.batch import score_parquet
from amq2.batch_files import ID, LAYOUT, required
from amq2.batch_parallel import join_parts, score_in_processes, workers
from amq2.credit import FEATURES, applicants
from amq2.model import save, train
from amq2.predictor import without_names
from benchmarks.batch_report import (
    ARRAY,
    FRAME,
    JOINED,
    ONE,
    PARALLEL,
    SERIAL,
    Peaks,
    Speeds,
    rows,
    targets,
)
from benchmarks.load import LoadError
from benchmarks.report import table
from benchmarks.serving import BUSY_LOAD

RESULTS = Path(__file__).with_suffix(".json")
ROUNDS = 5
PROCESSES = 2
GROUP_ROWS = 1_000_000
"""Filas de un *row group*: un tramo tiene varios enteros."""


@dataclass(frozen=True)
class Sizes:
    """Cuántas filas usa cada parte.

    Attributes:
        block: las que se generan, y las de la primera comparación.
        large: las de la comparación de memoria, contra `block`.
        whole: las del archivo, que puntúan uno y dos procesos. Son más, para que los segundos que
            tardan en nacer los procesos no sean lo que se mide.
    """

    block: int = 2_000_000
    large: int = 20_000_000
    whole: int = 120_000_000


SIZES = Sizes()

PEAK = """
import sys
from pathlib import Path
from threadpoolctl import threadpool_limits
from amq2.batch import score_parquet
from amq2.model import load

source, target, model, rows = sys.argv[1:]
with threadpool_limits(1):
    models = {"probability": load(Path(model))}
    score_parquet(Path(source), Path(target), models, rows=range(int(rows)))
status = Path("/proc/self/status").read_text()
print(status.split("VmHWM:")[1].split()[0])
"""
"""Un proceso que puntúa tantas filas y dice la memoria que llegó a usar, en KiB."""


def main() -> None:
    """Mide, muestra las tablas y las guarda en benchmarks/batch.json."""
    result = run(ROUNDS, SIZES)
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\n{table(result['rows'])}\n\n{table(result['targets'])}\n\n{conditions_line(result)}")


def run(n_rounds: int, sizes: Sizes) -> dict[str, Any]:
    """Mide todo.

    Returns:
        `conditions`, en qué máquina y cómo; `rows` y `targets`, los renglones de las dos tablas.

    Raises:
        LoadError: si uno y dos procesos no escriben los mismos puntajes.
    """
    conditions = _conditions(n_rounds, sizes)
    with tempfile.TemporaryDirectory(prefix="amq2-") as name, threadpool_limits(1):
        folder = Path(name)
        model, block = train(), applicants(sizes.block)[list(FEATURES)]
        save(model, folder / "model.skops")
        write(folder / "rows.parquet", block, sizes.whole)
        conditions["cold_start_seconds"] = round(_seconds(_start), 2)
        speeds = _speeds(n_rounds, folder, model, block, sizes)
        peaks = _peaks(n_rounds, folder, (sizes.block, sizes.large))
    return {
        "conditions": conditions,
        "rows": rows(speeds, peaks),
        "targets": targets(speeds, peaks),
    }


def write(path: Path, block: pd.DataFrame, n_rows: int) -> None:
    """Un Parquet de `n_rows` filas: el bloque, repetido, con un `applicant_id` por fila."""
    features = pa.Table.from_pandas(block, preserve_index=False)
    starts = range(0, n_rows, len(block))
    schema = required([(ID, pa.int64()), *((f.name, f.type) for f in features.schema)])
    with pq.ParquetWriter(path, schema, **LAYOUT) as writer:
        for start in tqdm(starts, desc="Escribo las filas", unit="bloque"):
            some = features.slice(0, n_rows - start)
            ids = pa.array(np.arange(start + 1, start + 1 + len(some)))
            writer.write_table(pa.table([ids, *some.columns], schema=schema), GROUP_ROWS)


def _speeds(
    n_rounds: int, folder: Path, model: Pipeline, block: pd.DataFrame, sizes: Sizes
) -> Speeds:
    """Los segundos de cada caso, ronda por ronda."""
    source, models = folder / "rows.parquet", {"probability": model}
    one, two = folder / "one.parquet", folder / "two.parquet"
    array, bare = block.to_numpy(np.float64), without_names(model)
    cases: dict[str, tuple[int, Callable[[], object]]] = {
        FRAME: (sizes.block, lambda: model.predict_proba(block)),
        ARRAY: (sizes.block, lambda: bare.predict_proba(array)),
        ONE: (sizes.block, lambda: score_parquet(source, one, models, rows=range(sizes.block))),
        SERIAL: (sizes.whole, lambda: score_parquet(source, one, models)),
        PARALLEL: (
            sizes.whole,
            lambda: score_in_processes(source, folder, models, processes=PROCESSES),
        ),
        JOINED: (sizes.whole, lambda: join_parts(sorted(folder.glob("part-*")), two)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    os.sync()  # que no se mida junto con lo que faltaba llevar al disco
    with tqdm(total=2 * n_rounds * 3, desc="Mido la velocidad", unit="medición") as bar:
        for names in [(FRAME, ARRAY, ONE)] * n_rounds + [(SERIAL, PARALLEL, JOINED)] * n_rounds:
            for name in names:
                bar.set_postfix_str(name)
                seconds[name].append(_seconds(cases[name][1]))
                os.sync()
                bar.update()
    if not _are_equal(one, two):
        raise LoadError("Uno y dos procesos no escribieron los mismos puntajes.")
    return {name: (cases[name][0], some) for name, some in seconds.items()}


def _are_equal(one: Path, other: Path) -> bool:
    """Si dos archivos tienen lo mismo; los lee de a un *row group*, que alcanza la memoria."""
    with pq.ParquetFile(one) as first, pq.ParquetFile(other) as second:
        n = first.num_row_groups
        return n == second.num_row_groups and all(
            first.read_row_group(i).equals(second.read_row_group(i)) for i in range(n)
        )


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _start() -> None:
    """Enciende los procesos y los apaga, sin darles nada que valga la pena."""
    with workers(PROCESSES) as pool:
        pool.submit(len, ()).result()


def _peaks(n_rounds: int, folder: Path, sizes: Sequence[int]) -> Peaks:
    """La memoria de un proceso aparte por cada cantidad de filas, ronda por ronda."""
    files = [str(folder / name) for name in ("rows.parquet", "peak.parquet", "model.skops")]
    found: dict[int, list[float]] = {n_rows: [] for n_rows in (0, *sizes)}
    with tqdm(total=n_rounds * len(found), desc="Mido la memoria", unit="proceso") as bar:
        for _ in range(n_rounds):
            for n_rows, some in found.items():
                command = [sys.executable, "-c", PEAK, *files, str(n_rows)]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                some.append(int(done.stdout) / 1024)
                bar.update()
    return found


def _conditions(n_rounds: int, sizes: Sizes) -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "scikit_learn": sklearn.__version__,
        "pyarrow": pa.__version__,
        "rounds": n_rounds,
        "threads_per_process": 1,
        "rows": asdict(sizes),
    }


def conditions_line(result: Mapping[str, Any]) -> str:
    """En qué condiciones se midió, y un aviso si la máquina estaba ocupada."""
    found = result["conditions"]
    text = "{rounds} rondas, un hilo por proceso, {cores} núcleos, Python {python}".format(**found)
    text += f"\nLos procesos tardan {found['cold_start_seconds']} s en encenderse la primera vez."
    if found["load_before"] > BUSY_LOAD:
        text += f"\nLa máquina tenía otra tarea (carga {found['load_before']}): repetí sin ella."
    return text
