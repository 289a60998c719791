"""`make grades`: exporta las notas del gradebook a grades.csv, un renglón por ejercicio.

Escribe también en campus/ la hoja que importa Moodle; con `WORKSHEET=…`, completa la del campus.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment

from amq2.instructor.course import ROOT, CourseError, chosen_units, command_line
from amq2.instructor.moodle import plain, write_worksheets
from amq2.instructor.worksheet import fill_worksheet
from amq2.notebook.cells import exercise_of

COLUMNS = (
    "student",
    "unit",
    "exercise",
    "score",
    "max_score",
    "needs_manual",
    "missing",
    "late",
    "note",
)


def grades(root: Path = ROOT) -> list[dict[str, object]]:
    """Las notas de todos los estudiantes en todas las unidades corregidas.

    Returns:
        Un diccionario con `COLUMNS` por cada estudiante, unidad y ejercicio. `score` queda vacío
        cuando no hubo entrega, o mientras espera que alguien la corrija a mano: no es un cero.

    Raises:
        CourseError: si todavía no se corrigió nada.
    """
    database = root / "gradebook.db"
    if not database.exists():
        raise CourseError("Todavía no hay notas: primero corregí con make grade.")
    with Gradebook(f"sqlite:///{database}") as gradebook:
        rows = [
            row
            for student in sorted(gradebook.students, key=lambda one: one.id)
            for unit in sorted(gradebook.assignments, key=lambda one: one.name)
            for row in _rows(gradebook, student, unit)
        ]
    if not rows:
        raise CourseError("Todavía no hay notas: primero corregí con make grade.")
    return rows


def _rows(gradebook: Gradebook, student: Student, unit: Assignment) -> Iterator[dict[str, object]]:
    try:
        submission = gradebook.find_submission(unit.name, student.id)
    except MissingEntry:
        submission = None
    exercises: dict[str, float] = {}
    for cell in (cell for notebook in unit.notebooks for cell in notebook.grade_cells):
        exercise = exercise_of(cell.name)
        exercises[exercise] = exercises.get(exercise, 0) + cell.max_score
    for exercise in sorted(exercises, key=lambda name: [int(part) for part in name.split(".")]):
        yield {
            "student": student.id,
            "unit": unit.name,
            "exercise": exercise,
            "max_score": exercises[exercise],
            **(_result(submission, exercise) if submission else _no_submission()),
        }


def _no_submission() -> dict[str, object]:
    return {
        "score": "",
        "needs_manual": "no",
        "missing": "sí",
        "late": "no",
        "note": "No entregó esta unidad.",
    }


def _result(submission: SubmittedAssignment, exercise: str) -> dict[str, object]:
    graded = [
        grade
        for notebook in submission.notebooks
        for grade in notebook.grades
        if exercise_of(grade.name) == exercise
    ]
    comments = [
        comment.comment
        for notebook in submission.notebooks
        for comment in notebook.comments
        if exercise_of(comment.name) == exercise and comment.comment
    ]
    waits = any(grade.needs_manual_grade for grade in graded)
    return {
        "score": "" if waits else sum(grade.score for grade in graded),
        "needs_manual": "sí" if waits else "no",
        "missing": "no",
        "late": "sí" if submission.total_seconds_late > 0 else "no",
        "note": "\n\n".join(comments),
    }


def write_csv(rows: Sequence[dict[str, object]], root: Path = ROOT) -> Path:
    """Escribe `grades.csv` y devuelve dónde quedó."""
    path = root / "grades.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({**row, "note": plain(str(row["note"]))} for row in rows)
    return path


def main(arguments: Sequence[str]) -> int:
    """Escribe grades.csv y lo del campus. Argumentos: la unidad y la hoja que dio el campus."""
    unit, worksheet, *_ = [*arguments, "", ""]
    if worksheet and not unit:
        raise CourseError("La hoja es de una unidad: agregá UNIT=…")
    if unit:
        chosen_units([unit])
    rows = grades()
    path = write_csv(rows)
    print(f"{path.name}: una fila por estudiante, unidad y ejercicio.")
    if worksheet:
        filled = fill_worksheet(rows, unit, Path(worksheet).expanduser(), ROOT)
        print(f"{filled.path.relative_to(ROOT)}: la hoja del campus; completadas: {filled.count}.")
        for text in filled.warnings:
            print(f"  {text}")
        return 0
    for written in write_worksheets(rows, ROOT):
        print(f"{written.relative_to(ROOT)}: la hoja que importa el campus (Moodle en castellano).")
    return 0


if __name__ == "__main__":
    command_line(main)
