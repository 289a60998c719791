"""`make solutions UNIT=…`: el notebook resuelto, para repartir después del plazo."""

import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests

from amq2.instructor.course import ROOT, CourseError, chosen_units, command_line, master
from amq2.instructor.release_steps import StripNotes
from amq2.notebook.files import files_of

_MARK = re.compile(r"^[^\n]*\b(BEGIN|END) SOLUTION\b[^\n]*\n?", re.MULTILINE)
_ONLY_COMMENTS = re.compile(r"(\s*#[^\n]*\n?)*\s*")


def solved(unit: str, root: Path = ROOT) -> NotebookNode:
    """El máster con sus salidas, sin pruebas ocultas, sin la nota para docentes y sin marcas.

    Tampoco lleva los identificadores de nbgrader: entregado como propio, la corrección no reconoce
    ninguna respuesta.
    """
    notebook = nbformat.read(master(unit, root), as_version=4)
    notebook, _ = StripNotes().preprocess(notebook, {})
    before = [cell.source for cell in notebook.cells]
    notebook, _ = ClearHiddenTests().preprocess(notebook, {})
    cells = []
    for cell, source in zip(notebook.cells, before, strict=True):
        if cell.source != source:
            if _ONLY_COMMENTS.fullmatch(cell.source):
                continue
            if cell.cell_type == "code":
                cell.outputs = []  # pudieron salir de la prueba oculta
        cell.metadata.pop("nbgrader", None)
        cell.source = _MARK.sub("", cell.source).rstrip("\n")
        cells.append(cell)
    notebook.cells = cells
    return notebook


def write_solution(unit: str, root: Path = ROOT) -> Path:
    """Escribe `build/soluciones/<unidad>.ipynb` y lo devuelve.

    Si con el notebook van archivos, todos quedan en una carpeta con el nombre de la unidad.
    """
    folder = root / "build" / "soluciones"
    sources = [master(unit, root).with_name(name) for name in files_of(unit)]
    if sources:
        folder /= unit
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        if source.suffix == ".py":
            text = _MARK.sub("", source.read_text(encoding="utf-8"))
            (folder / source.name).write_text(text, encoding="utf-8")
    path = folder / f"{unit}.ipynb"
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
