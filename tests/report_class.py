"""Una clase inventada para `make report`: las notas por la API de nbgrader, sin correr nada.

Cada respuesta sale del catálogo, con los puntos y el mensaje que el catálogo dice que recibe.
"""

import random
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedAssignment

from amq2.instructor.course import ROOT, released
from amq2.instructor.gradebook import register
from amq2.notebook.cells import exercise_of
from tests.catalogue import Answer, answers, solution_cell

UNITS = ("01-formas-de-servir", "02-http")


def build_class(root: Path, students: Sequence[str], units: Sequence[str] = UNITS) -> None:
    """Una clase de `students`, cada uno con su habilidad; uno de cada siete deja de entregar.

    Args:
        root: una carpeta vacía.
        students: sus nombres.
        units: las unidades que ya vencieron.
    """
    chance = random.Random(8)
    skill = {student: chance.betavariate(3, 1.5) for student in students}
    for unit in units:
        for folder in ("solutions", "notebooks"):
            shutil.copytree(ROOT / folder / unit, root / folder / unit)
        register(unit, root)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        for place, unit in enumerate(units):
            gradebook.update_or_create_assignment(
                unit, duedate=f"2026-0{4 + place}-20 02:59:00 UTC"
            )
            blank = nbformat.read(released(unit, root), as_version=4)
            catalogue: dict[str, list[Answer]] = {}
            for answer in answers(unit):
                catalogue.setdefault(answer.exercise, []).append(answer)
            for number, student in enumerate(students):
                gradebook.update_or_create_student(student)
                if place and number % 7 == 3:
                    continue
                is_late = chance.random() < 0.15
                day = 21 if is_late else 19
                submission = gradebook.update_or_create_submission(
                    unit, student, timestamp=f"2026-0{4 + place}-{day} 12:00:00 UTC"
                )
                given = {
                    exercise: _pick(chance, skill[student] - 0.15 * place, options)
                    for exercise, options in catalogue.items()
                }
                write_marks(
                    submission, {name: (one.lost, one.message) for name, one in given.items()}
                )
                codes = {name: one.code for name, one in given.items()}
                write_graded(root, student, unit, blank, codes)
        gradebook.db.commit()


def _pick(chance: random.Random, skill: float, options: list[Answer]) -> Answer:
    is_right = chance.random() < skill
    return chance.choice([option for option in options if option.is_right == is_right])


def write_marks(
    submission: SubmittedAssignment,
    lost: Mapping[str, tuple[float, str]],
    waits: bool = True,
) -> None:
    """Anota las notas de una entrega.

    Args:
        submission: la entrega, recién creada.
        lost: de cada ejercicio, cuántos puntos pierde y qué mensaje recibe.
        waits: si lo que se corrige a mano queda esperando; si no, se lleva todos los puntos.
    """
    [notebook] = submission.notebooks
    left = {exercise: points for exercise, (points, _) in lost.items()}
    for mark in reversed(notebook.grades):
        exercise = exercise_of(mark.name)
        mark.needs_manual_grade = waits and exercise not in lost
        if exercise in lost:
            taken = min(left[exercise], mark.max_score_gradecell)
            left[exercise] -= taken
            mark.auto_score = mark.max_score_gradecell - taken
        elif not waits:
            mark.manual_score = mark.max_score_gradecell
    for comment in notebook.comments:
        comment.auto_comment = lost.get(exercise_of(comment.name), (0, ""))[1] or None


def write_graded(
    root: Path,
    student: str,
    unit: str,
    blank: NotebookNode,
    codes: Mapping[str, str],
    notes: Sequence[Sequence[str]] = (),
) -> None:
    """Deja en autograded/ lo que la corrección habría dejado.

    Args:
        root, student, unit: dónde.
        blank: el notebook publicado.
        codes: la respuesta de cada ejercicio.
        notes: los avisos, `[grade_id, texto]`.
    """
    for exercise, code in codes.items():
        solution_cell(blank, exercise).source = code
    blank.metadata["amq2_notes"] = [list(note) for note in notes]
    folder = root / "autograded" / student / unit
    folder.mkdir(parents=True)
    nbformat.write(blank, folder / f"{unit}.ipynb")
