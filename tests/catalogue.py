"""El catálogo de respuestas: archivos con soluciones correctas y equivocadas de cada ejercicio.

`tests/answers/<unidad>/<ejercicio>/wrong_*.py` empieza con dos comentarios: cuántos puntos pierde
y parte del mensaje que tiene que recibir. `right_*.py` gana todos los puntos.
"""

import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from amq2.instructor.course import ROOT, master, released
from amq2.instructor.grade import grade
from amq2.instructor.grades import grades
from amq2.notebook.cells import exercise_of, grade_id_of, is_of_exercise
from tests.whole_projects import build, expected, projects

ANSWERS = Path(__file__).parent / "answers"
MASTER = "master"
UNTOUCHED = "sin-tocar"


@dataclass(frozen=True)
class Answer:
    """Una respuesta del catálogo a un ejercicio."""

    unit: str
    exercise: str
    name: str
    code: str
    lost: float
    message: str

    @property
    def is_right(self) -> bool:
        """Si tiene que ganar todos los puntos."""
        return self.name.startswith("right_")


def answers(unit: str) -> list[Answer]:
    """Las respuestas del catálogo de una unidad."""
    return [_read(unit, path) for path in sorted((ANSWERS / unit).glob("*/*.py"))]


def project_answers(unit: str, project: Path) -> list[Answer]:
    """Lo que tiene que pasar con un proyecto entero, ejercicio por ejercicio."""
    cells = nbformat.read(master(unit), as_version=4).cells
    names = filter(None, map(grade_id_of, (cell for cell in cells if cell.cell_type == "code")))
    found = expected(project)
    done = []
    for exercise in sorted({exercise_of(name) for name in names if is_of_exercise(name)}):
        lost, message = found.get(exercise, (0, ""))
        kind = "wrong" if lost else "right"
        done.append(Answer(unit, exercise, f"{kind}_{project.name}", "", lost, message))
    return done


def _read(unit: str, path: Path) -> Answer:
    code = path.read_text(encoding="utf-8")
    if path.stem.startswith("right_"):
        return Answer(unit, path.parent.name, path.stem, code, 0, "")
    lost = re.search(r"^# pierde: ([\d.]+)$", code, re.MULTILINE)
    message = re.search(r"^# mensaje: (.+)$", code, re.MULTILINE)
    assert lost, f"{path.name} no dice cuántos puntos pierde"
    assert message, f"{path.name} no dice qué mensaje recibe"
    return Answer(unit, path.parent.name, path.stem, code, float(lost[1]), message[1])


def solution_cell(notebook: NotebookNode, exercise: str) -> NotebookNode:
    """La celda de un notebook donde se responde un ejercicio."""
    name = f"ejercicio-{exercise.replace('.', '-')}"
    return next(cell for cell in notebook.cells if grade_id_of(cell) == name)


def shared_submissions(
    unit: str, released: Path
) -> Iterator[tuple[str, list[Answer], NotebookNode]]:
    """Reparte el catálogo en entregas: cada una trae a lo sumo una respuesta por ejercicio.

    Los ejercicios son independientes, así que varias respuestas comparten una entrega.

    Yields:
        El nombre de la entrega, sus respuestas y su notebook.
    """
    pending = answers(unit)
    blank = nbformat.read(released, as_version=4)
    number = 0
    while pending:
        number += 1
        chosen = {answer.exercise: answer for answer in reversed(pending)}
        pending = [answer for answer in pending if answer not in chosen.values()]
        notebook = deepcopy(blank)
        for answer in chosen.values():
            solution_cell(notebook, answer.exercise).source = answer.code
        yield f"entrega-{number:02}", list(chosen.values()), notebook


def write_submission(root: Path, student: str, unit: str, notebook: NotebookNode) -> None:
    """Deja una entrega en `submitted/`."""
    folder = root / "submitted" / student / unit
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{unit}.ipynb")


@dataclass(frozen=True)
class GradedClass:
    """Una clase inventada ya corregida."""

    root: Path
    rows: dict[tuple[str, str], dict[str, object]]
    students: dict[Answer, str]

    def row(self, student: str, exercise: str) -> dict[str, object]:
        """La nota de un estudiante en un ejercicio."""
        return self.rows[student, exercise]

    def graded(self, student: str, unit: str) -> NotebookNode:
        """El notebook corregido de un estudiante."""
        path = self.root / "autograded" / student / unit / f"{unit}.ipynb"
        return nbformat.read(path, as_version=4)


def grade_catalogue(root: Path, unit: str) -> GradedClass:
    """Corrige todo el catálogo de una unidad, el máster y el notebook sin tocar."""
    shutil.copytree(ROOT / "solutions" / unit, root / "solutions" / unit)
    shutil.copytree(ROOT / "notebooks" / unit, root / "notebooks" / unit)
    students = {}
    for student, given, notebook in shared_submissions(unit, released(unit, root)):
        write_submission(root, student, unit, notebook)
        students.update(dict.fromkeys(given, student))
    solved = nbformat.read(master(unit, root), as_version=4)
    written = {grade_id_of(cell): cell.source for cell in solved.cells}
    with_texts = nbformat.read(released(unit, root), as_version=4)
    for cell in with_texts.cells:
        if cell.cell_type == "markdown" and (name := grade_id_of(cell)):
            cell.source = written[name]
    for number, project in enumerate(projects(unit), start=1):
        student = f"proyecto-{number:02}"
        write_submission(root, student, unit, with_texts)
        build(unit, root / "submitted" / student / unit, project)
        students.update(dict.fromkeys(project_answers(unit, project), student))
    write_submission(root, MASTER, unit, solved)
    build(unit, root / "submitted" / MASTER / unit)
    write_submission(root, UNTOUCHED, unit, nbformat.read(released(unit, root), as_version=4))
    for path in released(unit, root).parent.glob("*.py"):
        shutil.copy(path, root / "submitted" / UNTOUCHED / unit)
    grade([unit], root)
    rows = {(str(row["student"]), str(row["exercise"])): row for row in grades(root)}
    return GradedClass(root, rows, students)
