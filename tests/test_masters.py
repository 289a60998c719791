"""Los másters por dentro: los ejercicios son independientes y sus ejemplos son ciertos."""

import statistics
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.utils import is_grade, is_locked, is_solution

from amq2.instructor.course import master, units
from amq2.notebook.cells import DEMO, IMPORTS, exercise_of, grade_id_of, is_of_exercise
from amq2.notebook.files import files_of
from tests.whole_projects import build

pytestmark = pytest.mark.parametrize("unit", units())

MAX_LINES = 40
MAX_GRADED_SECONDS = 30


def read(unit: str) -> NotebookNode:
    return nbformat.read(master(unit), as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def imports(notebook: NotebookNode) -> NotebookNode:
    return code_cells(notebook)[0]


def execute(cells: list[NotebookNode], folder: Path) -> None:
    """Ejecuta las celdas en un kernel nuevo; deja en sus metadatos cuándo corrió cada una."""
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()


def seconds(cell: NotebookNode) -> float:
    """Cuánto tardó una celda."""
    times = cell.metadata.execution
    start, end = times["iopub.execute_input"], times["shell.execute_reply"]
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def test_the_first_cell_only_imports_and_is_locked(unit: str) -> None:
    cell = imports(read(unit))
    assert grade_id_of(cell) == IMPORTS
    assert is_locked(cell)
    lines = cell.source.splitlines()
    assert all(line.startswith(("import ", "from ", " ", ")")) or not line for line in lines)


def test_each_exercise_needs_only_the_imports_and_itself_and_is_quick(
    unit: str, tmp_path: Path
) -> None:
    notebook = read(unit)
    own: dict[str, list[NotebookNode]] = {}
    for cell in code_cells(notebook):
        name = grade_id_of(cell)
        if name and is_of_exercise(name):
            own.setdefault(exercise_of(name), []).append(cell)
    assert own
    # %reset deja al kernel sin ningún nombre: es uno nuevo, sin lo que tarda en cargar los módulos.
    start = "%reset -f", imports(notebook).source
    alone = [[*map(new_code_cell, start), *cells] for cells in own.values()]
    build(unit, tmp_path)
    execute([cell for cells in alone for cell in cells], tmp_path)
    total = sum(seconds(cell) for cells in own.values() for cell in cells)
    assert total <= MAX_GRADED_SECONDS


def test_the_examples_in_the_docstrings_are_true(unit: str, tmp_path: Path) -> None:
    notebook = read(unit)
    answers = [cell for cell in code_cells(notebook) if is_solution(cell)]
    if not answers:  # se responde en archivos, que los prueba test_answers
        assert files_of(unit)
        return
    check = "import doctest\nresults = doctest.testmod()\nassert results.attempted, 'sin ejemplos'"
    check += "\nassert results.failed == 0, results"
    execute([imports(notebook), *answers, new_code_cell(check)], tmp_path)


def test_cells_are_short_and_each_one_shows_something(unit: str) -> None:
    lessons = [cell for cell in code_cells(read(unit)) if not grade_id_of(cell)]
    lengths = [len(cell.source.splitlines()) for cell in lessons]
    assert statistics.median(lengths) <= 6
    assert max(lengths) <= MAX_LINES
    silent = [cell.source for cell in lessons if not cell.outputs]
    assert not silent


def test_nothing_graded_is_tagged_as_demo(unit: str) -> None:
    graded = [cell for cell in code_cells(read(unit)) if is_grade(cell) or is_solution(cell)]
    assert not [cell for cell in graded if DEMO in cell.metadata.get("tags", [])]
