"""Corregir una clase: cuánto tarda, cuánto procesador gasta y cuánta memoria pide.

Tres preguntas, en una corrida:

- En un notebook cuyo tiempo son las importaciones, cuántas veces más rápido que `nbgrader
  autograde`, uno solo o dos a la vez con la mitad de la clase cada uno.
- En dos unidades del curso, con respuestas del catálogo, cuánto se agrega a lo que cuestan las
  celdas. Eso se mide aparte: cada notebook distinto, con las pruebas ocultas que le agregó la
  corrección, corre una vez en un kernel común y se lee el procesador del kernel y de sus hijos
  entre la celda de importaciones y la última. Corren tantos a la vez como núcleos, como al
  corregir: con los dos ocupados, las mismas cuentas gastan más. Las importaciones no cuentan, así
  que todo lo que haga falta para tenerlas es de la corrección. Se mide varias veces, cada una con
  sus celdas al lado, y vale la del medio: lo mismo puede tardar una décima más al rato.
- Con más entregas, si crece la memoria del proceso que escribe el gradebook.

El procesador de `make grade` es el de todos sus procesos: véase `benchmarks.cost`.
"""

import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import cycle, islice, product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from tqdm import tqdm

from amq2.instructor.course import master, released
from amq2.notebook.cells import IMPORTS, grade_id_of
from amq2.notebook.execute import ExecuteExercises
from benchmarks.cost import Cost, cost_of
from benchmarks.grading_report import CORES, Cells, Measured, Round, conditions_line, rows, targets
from benchmarks.load import LoadError
from benchmarks.report import table
from tests import stock_grading
from tests.catalogue import shared_submissions, write_submission
from tests.course_copy import copy_course, environment, grade_command
from tests.test_grading import RIGHT, check_cell, graded_cell, solution

RESULTS = Path(__file__).with_suffix(".json")
IMPORTING = "90-importa"
TRIVIAL = "91-trivial"
UNITS = ("02-http", "05-airflow")
ROUNDS = 3
"""Las veces que se corrige cada una de esas unidades."""

HEAVY = "import airflow.sdk\nimport fastapi\nimport sklearn.ensemble\nimport sklearn.pipeline"
HELPERS = "from amq2.checks import check_equal, run"
PEAK = """
import sys
from pathlib import Path
from amq2.instructor.grade import main
main(sys.argv[1:])
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
"""`make grade`, y la memoria que llegó a usar su proceso, en KiB."""

CLOCK = "import os, time; print('reloj', sum(os.times()[:4]), time.monotonic())"


@dataclass(frozen=True)
class Sizes:
    """Cuántas entregas: las de cada clase, y las de la clase grande que compara la memoria."""

    students: int = 40
    many: int = 500


SIZES = Sizes()


def main() -> None:
    """Mide, muestra las tablas y las guarda en benchmarks/grading.json."""
    result = run(SIZES, UNITS)
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\n{table(result['rows'])}\n\n{table(result['targets'])}\n\n{conditions_line(result)}")


def run(sizes: Sizes, units: Sequence[str]) -> dict[str, Any]:
    """Mide todo.

    Returns:
        `conditions`, en qué máquina y cómo; `rows` y `targets`, los renglones de las dos tablas.

    Raises:
        LoadError: si una corrección falla o no da las notas que tiene que dar.
    """
    conditions = {
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "nbgrader": version("nbgrader"),
        "sizes": asdict(sizes),
        "rounds": ROUNDS,
    }
    with tempfile.TemporaryDirectory(prefix="amq2-") as name:
        found = _measure(Path(name), sizes, units)
    return {"conditions": conditions, "rows": rows(found), "targets": targets(found)}


def _measure(folder: Path, sizes: Sizes, units: Sequence[str]) -> Measured:
    steps = 4 + 2 * ROUNDS * len(units) + 2
    with tqdm(total=steps, desc="Mido la corrección", unit="paso") as bar:

        def now(what: str) -> None:
            bar.set_postfix_str(what)
            bar.update()

        now("preparo la clase de importaciones")
        root = folder / IMPORTING
        copy_course(root, IMPORTING, _notebook(f"{HEAVY}\n\n{HELPERS}"))
        _hand_in(root, IMPORTING, [nbformat.read(master(IMPORTING, root), 4)], sizes.students)
        now("make grade")
        ours = grade(root, IMPORTING)
        now("nbgrader autograde")
        stock = _stock(root, folder / "uno", ["*"])
        now("dos nbgrader autograde")
        pair = _stock(root, folder / "dos", stock_grading.HALVES)
        classes: dict[str, list[Round]] = {unit: [] for unit in units}
        for unit, number in product(units, range(ROUNDS)):
            now(f"{unit}: make grade")
            root = folder / f"{unit}-{number}"
            copy_course(root, unit, nbformat.read(master(unit), as_version=4))
            notebooks = [notebook for _, _, notebook in shared_submissions(unit, released(unit))]
            _hand_in(root, unit, notebooks, sizes.students)
            ours_in_unit = grade(root, unit)
            now(f"{unit}: las celdas solas")
            cells = run_all(_graded(root, unit)[: len(notebooks)])
            whole = list(islice(cycle(cells), sizes.students))
            classes[unit].append(Round(ours_in_unit, whole))
        peaks = {}
        for students in (sizes.students, sizes.many):
            now(f"memoria con {students} entregas")
            root = folder / f"memoria-{students}"
            copy_course(root, TRIVIAL, _notebook(HELPERS))
            _hand_in(root, TRIVIAL, [nbformat.read(master(TRIVIAL, root), 4)], students)
            peaks[students] = peak(root, TRIVIAL)
    return Measured(sizes.students, ours, stock, pair, classes, peaks)


def student(number: int) -> str:
    """El nombre de un estudiante."""
    return f"e{number:03}"


def _hand_in(root: Path, unit: str, notebooks: Sequence[NotebookNode], students: int) -> None:
    """Una clase: los notebooks, repetidos."""
    for number, notebook in enumerate(islice(cycle(notebooks), students)):
        write_submission(root, student(number), unit, notebook)


def _graded(root: Path, unit: str) -> list[Path]:
    """Los notebooks ya corregidos, que tienen también las pruebas ocultas."""
    return sorted(root.glob(f"autograded/*/{unit}/{unit}.ipynb"))


def grade(root: Path, unit: str) -> Cost:
    """Lo que cuesta `make grade`."""
    return cost_of(grade_command(unit), root, environment(root))


def _stock(root: Path, folder: Path, patterns: Sequence[str]) -> Cost:
    """nbgrader solo, con las mismas entregas; comprueba que las notas sean las de `make grade`."""
    students = sorted(path.name for path in (root / "submitted").iterdir())
    stock_grading.copy_course(root, IMPORTING, students, folder)
    start = time.perf_counter()
    try:
        stock_grading.autograde(folder, IMPORTING, patterns)
    except RuntimeError as error:
        raise LoadError(str(error)) from None
    seconds = time.perf_counter() - start
    ours, theirs = (stock_grading.marks(place, IMPORTING) for place in (root, folder))
    if ours != theirs or len(theirs) != len(students):
        raise LoadError(f"Las notas no son las mismas: {len(ours)} y {len(theirs)}.")
    return Cost(seconds, None)


def run_all(notebooks: Sequence[Path]) -> list[Cells]:
    """Lo que gastan las celdas de cada notebook, con tantos a la vez como núcleos."""
    with ProcessPoolExecutor(CORES, get_context("spawn")) as pool:
        done = tqdm(pool.map(run_cells, notebooks), total=len(notebooks), leave=False)
        return list(done)


def run_cells(path: Path) -> Cells:
    """Lo que gastan las celdas de un notebook en un kernel común, sin las importaciones.

    Con los límites de la corrección: a una celda que no termina la interrumpe igual.

    Raises:
        LoadError: si el notebook no llegó a la última celda.
    """
    timed = nbformat.read(path, as_version=4)
    place = next(i for i, cell in enumerate(timed.cells) if grade_id_of(cell) == IMPORTS)
    first, last = new_code_cell(CLOCK), new_code_cell(CLOCK)
    timed.cells = [*timed.cells[: place + 1], first, *timed.cells[place + 1 :], last]
    ExecuteExercises().preprocess(timed, {"metadata": {"path": str(path.parent)}})
    outputs = [out for cell in (timed.cells[place], first, last) for out in cell.outputs]
    if any(out.output_type == "error" for out in outputs):
        raise LoadError(f"Las celdas de {path} no se pueden medir: {outputs}")
    (_, cpu, clock), (_, last_cpu, last_clock) = (out.text.split() for out in outputs[-2:])
    return Cells(float(last_clock) - float(clock), float(last_cpu) - float(cpu))


def peak(root: Path, unit: str) -> float:
    """La memoria que llegó a usar el proceso que escribe el gradebook, en MiB."""
    command = [*grade_command(unit)[:1], "-c", PEAK, unit]
    done = subprocess.run(
        command, cwd=root, env=environment(root), check=True, capture_output=True, text=True
    )
    return int(done.stdout.splitlines()[-1]) / 1024


def _notebook(imports: str) -> NotebookNode:
    metadata = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    test = 'check_equal(run(double, 2), 4, "El doble de 2", "la cuenta")'
    return new_notebook(
        metadata=metadata,
        cells=[
            graded_cell(IMPORTS, imports, locked=True),
            solution("ejercicio-90-1", RIGHT),
            check_cell("ejercicio-90-1-visibles", test),
        ],
    )
