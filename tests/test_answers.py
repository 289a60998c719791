"""La prueba de la corrección: cada respuesta del catálogo recibe sus puntos y su mensaje."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.utils import is_grade

from amq2.instructor.course import ROOT, master, released, units
from amq2.instructor.grade import grade
from amq2.instructor.grades import grades
from amq2.notebook.cells import grade_id_of
from tests.catalogue import Answer, answers, shared_submissions, write_submission

pytestmark = pytest.mark.parametrize("unit", units())

MASTER = "master"
UNTOUCHED = "sin-tocar"


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


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], GradedClass]:
    classes: dict[str, GradedClass] = {}

    def build(unit: str) -> GradedClass:
        if unit not in classes:
            classes[unit] = _grade_catalogue(tmp_path_factory.mktemp(unit), unit)
        return classes[unit]

    return build


def _grade_catalogue(root: Path, unit: str) -> GradedClass:
    shutil.copytree(ROOT / "solutions" / unit, root / "solutions" / unit)
    shutil.copytree(ROOT / "notebooks" / unit, root / "notebooks" / unit)
    students = {}
    for student, given, notebook in shared_submissions(unit, released(unit, root)):
        write_submission(root, student, unit, notebook)
        students.update(dict.fromkeys(given, student))
    write_submission(root, MASTER, unit, nbformat.read(master(unit, root), as_version=4))
    write_submission(root, UNTOUCHED, unit, nbformat.read(released(unit, root), as_version=4))
    grade([unit], root)
    rows = {(str(row["student"]), str(row["exercise"])): row for row in grades(root)}
    return GradedClass(root, rows, students)


def test_every_answer_gets_its_points_and_its_message(
    unit: str,
    graded_class: Callable[[str], GradedClass],
    record_property: Callable[[str, object], None],
) -> None:
    graded = graded_class(unit)
    failures = []
    for answer, student in graded.students.items():
        row = graded.row(student, answer.exercise)
        expected = float(str(row["max_score"])) - answer.lost
        if row["score"] != expected:
            failures.append(
                f"{answer.exercise} {answer.name}: {row['score']} puntos en lugar de {expected}; "
                f"{row['note']}"
            )
        if answer.message not in str(row["note"]):
            failures.append(
                f"{answer.exercise} {answer.name}: no recibió su mensaje; {row['note']}"
            )
    assert not failures, "\n".join(failures)
    for exercise in sorted({answer.exercise for answer in graded.students}):
        given = [answer for answer in graded.students if answer.exercise == exercise]
        right = sum(answer.is_right for answer in given)
        record_property(
            "exercise", f"{unit} {exercise}: {len(given) - right} equivocadas, {right} correctas"
        )


def test_the_master_gets_all_the_automatic_points(
    unit: str, graded_class: Callable[[str], GradedClass]
) -> None:
    graded = graded_class(unit)
    lost = [
        row
        for (student, _), row in graded.rows.items()
        if student == MASTER and row["score"] != row["max_score"] and row["needs_manual"] == "no"
    ]
    assert not lost


def test_an_untouched_notebook_gets_zero_and_fails_only_in_graded_cells(
    unit: str, graded_class: Callable[[str], GradedClass]
) -> None:
    graded = graded_class(unit)
    scores = {row["score"] for (student, _), row in graded.rows.items() if student == UNTOUCHED}
    assert scores == {0}
    outside = [
        cell.source
        for cell in graded.graded(UNTOUCHED, unit).cells
        if cell.cell_type == "code"
        and not is_grade(cell)
        and any(output.output_type == "error" for output in cell.outputs)
    ]
    assert not outside


def test_every_automatic_exercise_has_three_wrong_answers_and_two_right_ones(unit: str) -> None:
    notebook = nbformat.read(master(unit), as_version=4)
    automatic = {
        cell.metadata.nbgrader.grade_id.removeprefix("ejercicio-").replace("-", ".")
        for cell in notebook.cells
        if cell.cell_type == "code" and grade_id_of(cell) and cell.metadata.nbgrader.solution
    }
    wrong = Counter(answer.exercise for answer in answers(unit) if not answer.is_right)
    right = Counter(answer.exercise for answer in answers(unit) if answer.is_right)
    short = {name for name in automatic if wrong[name] < 3 or right[name] < 2}
    assert automatic
    assert not short
