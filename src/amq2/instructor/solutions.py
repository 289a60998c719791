"""`make solutions UNIT=…`: el notebook resuelto, para repartir después del plazo."""

import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests

from amq2.instructor.course import ROOT, CourseError, chosen_units, command_line, master
from amq2.notebook.cells import TEACHERS, grade_id_of, has_tag

_MARK = re.compile(r"^\s*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
_ONLY_COMMENTS = re.compile(r"(\s*#.*\n?)*\s*")


def solved(unit: str, root: Path = ROOT) -> NotebookNode:
    """El máster sin pruebas ocultas, sin la nota para docentes y sin identificadores.

    Sin identificadores no se puede entregar como si fuera propio: la corrección no lo reconoce.
    """
    notebook = nbformat.read(master(unit, root), as_version=4)
    cells = []
    for cell in notebook.cells:
        if has_tag(cell, TEACHERS):
            continue
        if grade_id_of(cell) and cell.cell_type == "code":
            ClearHiddenTests()._remove_hidden_test_region(cell)
            if _ONLY_COMMENTS.fullmatch(cell.source):
                continue
        cell.metadata.pop("nbgrader", None)
        cell.source = _MARK.sub("", cell.source)
        cells.append(cell)
    notebook.cells = cells
    return notebook


def write_solution(unit: str, root: Path = ROOT) -> Path:
    """Escribe `build/soluciones/<unidad>.ipynb` y lo devuelve."""
    path = root / "build" / "soluciones" / f"{unit}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(solved(unit, root), path)
    return path


def main(arguments: Sequence[str]) -> int:
    """Escribe la solución de una unidad y dice dónde quedó."""
    if not arguments:
        raise CourseError("Decí qué unidad se resuelve: make solutions UNIT=02-http")
    for unit in chosen_units(arguments):
        print(f"{write_solution(unit).relative_to(ROOT)}: sin pruebas ocultas, para repartir.")
    return 0


if __name__ == "__main__":
    command_line(main)
