"""Lo que la corrección habría dejado de una entrega inventada, sin correr nada."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import SubmittedAssignment

from amq2.notebook.cells import exercise_of
from tests.catalogue import solution_cell


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
