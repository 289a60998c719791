"""Lo que quedó en autograded/: las respuestas de cada estudiante y los avisos de la corrección."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.utils import is_solution

from amq2.instructor.course import ROOT
from amq2.notebook.cells import exercise_of, grade_id_of, is_of_exercise
from amq2.notebook.execute import FLAG, NOTES


@dataclass(frozen=True)
class Work:
    """Una entrega corregida.

    Attributes:
        answers: el código de cada ejercicio, `{"2.3": "def …"}`.
        notes: los avisos de la corrección sobre esta entrega.
    """

    student: str
    unit: str
    answers: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flagged:
    """Una entrega con algo raro. `is_serious` si la corrección pide que la mire una persona."""

    student: str
    unit: str
    text: str
    is_serious: bool


def read_work(root: Path = ROOT) -> Iterator[Work]:
    """Las entregas corregidas, una por vez; la que no se puede leer no trae respuestas."""
    for path in sorted(root.glob("autograded/[!.]*/*/*.ipynb")):
        student, unit = path.parts[-3:-1]
        if path.stem != unit or path.is_symlink():
            continue
        try:
            notebook = nbformat.read(path, as_version=4)
        except ValueError:
            yield Work(student, unit, notes=(f"{FLAG}lo que hay en autograded/ no se puede leer.",))
            continue
        answers = {
            exercise_of(name): cell.source
            for cell in notebook.cells
            if (name := grade_id_of(cell)) and is_of_exercise(name)
            if cell.cell_type == "code" and is_solution(cell)
        }
        notes = dict.fromkeys(str(text) for _, text in notebook.metadata.get(NOTES, []))
        yield Work(student, unit, answers, tuple(notes))


def flagged(works: Iterable[Work]) -> list[Flagged]:
    """Lo que la corrección encontró raro; primero, lo que pide una persona.

    Hoy son los avisos de cada entrega. Otra fuente se agrega acá.
    """
    found = [
        Flagged(work.student, work.unit, text.removeprefix(FLAG), text.startswith(FLAG))
        for work in works
        for text in work.notes
    ]
    return sorted(found, key=lambda one: not one.is_serious)
