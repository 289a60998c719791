"""Qué cambió el curso en los ejercicios de una unidad, de una versión a otra."""

from collections.abc import Sequence
from itertools import pairwise

from nbformat import NotebookNode

from amq2.notebook.cells import exercise_of, grade_id_of, is_of_exercise


def changes(base: NotebookNode, new: NotebookNode) -> list[str]:
    """Qué cambió el curso en los ejercicios, para quien lo está resolviendo."""
    before, after = _exercises(base.cells), _exercises(new.cells)
    report = [f"{number}: ejercicio nuevo." for number in after if number not in before]
    report += [
        f"{number}: ya no está; si lo habías resuelto, tu respuesta quedó como una celda común."
        for number in before
        if number not in after
    ]
    for number in before.keys() & after.keys():
        for what in ("la consigna", "las pruebas"):
            if before[number][what] != after[number][what]:
                verb = "cambiaron" if what == "las pruebas" else "cambió"
                report.append(f"{number}: {verb} {what}.")
    return sorted(report)


def _exercises(cells: Sequence[NotebookNode]) -> dict[str, dict[str, list[str]]]:
    exercises: dict[str, dict[str, list[str]]] = {}
    for above, cell in pairwise(cells):
        name = grade_id_of(cell)
        if not name or not is_of_exercise(name):
            continue
        parts = exercises.setdefault(exercise_of(name), {"la consigna": [], "las pruebas": []})
        if cell.metadata["nbgrader"].get("solution"):
            parts["la consigna"].append(above.source)
        else:
            parts["las pruebas"].append(cell.source)
    return exercises
