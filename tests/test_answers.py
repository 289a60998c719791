"""La prueba de la corrección: cada respuesta del catálogo recibe sus puntos y su mensaje."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import is_grade

from amq2.instructor.course import master, units
from amq2.notebook.cells import grade_id_of
from amq2.notebook.files import files_of
from tests.catalogue import MASTER, UNTOUCHED, GradedClass, answers, grade_catalogue
from tests.stock_grading import compare
from tests.whole_projects import expected, projects

WHOLE = "00-inicio"
"""La unidad que nbgrader corrige entera."""

SAMPLED = ("02-http", "05-airflow")
"""Las unidades de las que nbgrader corrige una entrega; todas las de todas, en `make stress`."""

each_unit = pytest.mark.parametrize("unit", units())


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], GradedClass]:
    classes: dict[str, GradedClass] = {}

    def build(unit: str) -> GradedClass:
        if unit not in classes:
            classes[unit] = grade_catalogue(tmp_path_factory.mktemp(unit), unit)
        return classes[unit]

    return build


@each_unit
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
    for student in sorted({*graded.students.values()} if files_of(unit) else ()):
        own = [answer for answer, who in graded.students.items() if who == student]
        rows = [graded.row(student, answer.exercise) for answer in own]
        score, most = (
            sum(float(str(row[name])) for row in rows) for name in ("score", "max_score")
        )
        name = own[0].name.partition("_")[2]
        record_property("exercise", f"{unit} {name}: {score:g} de {most:g} automáticos")


@each_unit
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


@each_unit
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


@each_unit
def test_every_automatic_exercise_has_three_wrong_answers_and_two_right_ones(unit: str) -> None:
    notebook = nbformat.read(master(unit), as_version=4)
    automatic = {
        cell.metadata.nbgrader.grade_id.removeprefix("ejercicio-").replace("-", ".")
        for cell in notebook.cells
        if cell.cell_type == "code" and grade_id_of(cell) and cell.metadata.nbgrader.solution
    }
    if files_of(unit):  # sus respuestas son archivos: se prueban con proyectos enteros
        assert not automatic
        good = [project for project in projects(unit) if not expected(project)]
        assert len(good) >= 2
        assert len(projects(unit)) - len(good) >= 3
        return
    wrong = Counter(answer.exercise for answer in answers(unit) if not answer.is_right)
    right = Counter(answer.exercise for answer in answers(unit) if answer.is_right)
    short = {name for name in automatic if wrong[name] < 3 or right[name] < 2}
    assert automatic
    assert not short


@pytest.mark.parametrize("unit", [WHOLE, *SAMPLED])
def test_stock_nbgrader_gives_the_same_marks(
    unit: str, graded_class: Callable[[str], GradedClass], tmp_path: Path
) -> None:
    graded = graded_class(unit)
    students = sorted({*graded.students.values()})
    compared, different = compare(
        graded.root, unit, students if unit == WHOLE else students[:1], tmp_path
    )
    assert compared > 0
    assert not different
