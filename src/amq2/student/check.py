"""`make check UNIT=…`: revisa un notebook antes de entregarlo y dice los puntos hasta ahora.

Repone las celdas y ejecuta igual que la corrección: lo que acá pasa, allá también. El botón
Validate de JupyterLab muestra lo mismo.
"""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager
from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade, is_solution
from tqdm import tqdm

from amq2.notebook.cells import exercise_of
from amq2.notebook.execute import ExecuteExercises
from amq2.notebook.messages import safe_message
from amq2.student.course import ROOT, chosen_unit, command_line, notebook_path, read_published
from amq2.student.preflight import (
    is_hidden,
    missing_files,
    open_notebook,
    put_in_order,
    unanswered,
    what_did_not_run,
)
from amq2.student.report import Exercise, Report


class _ExecuteWithBar(ExecuteExercises):
    """Ejecuta con una barra que dice por qué celda va."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: KernelManager | None = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        with tqdm(total=len(nb.cells), desc="Ejecuto", unit="celda", leave=False) as self.bar:
            return super().preprocess(nb, resources, km)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        self.bar.update()
        return super().preprocess_cell(cell, resources, index)


def check(unit: str, root: Path = ROOT) -> Report:
    """Revisa el notebook guardado de una unidad, sin modificarlo."""
    folder = notebook_path(unit, root).parent
    notebook, findings = open_notebook(folder, unit)
    if notebook is None:
        return Report(unit, findings, [])
    published = read_published(unit, root)
    findings += missing_files(folder, unit) + put_in_order(notebook, published)
    resources = {"metadata": {"path": str(folder)}}
    notebook, _ = _ExecuteWithBar().preprocess(notebook, resources)
    findings += what_did_not_run(notebook, published)
    return Report(unit, findings, _exercises(notebook, set(unanswered(notebook, published))))


def _exercises(notebook: NotebookNode, blank: set[str]) -> list[Exercise]:
    exercises: dict[str, Exercise] = {}
    for cell in notebook.cells:
        if not (is_grade(cell) or is_solution(cell)):
            continue
        name = cell.metadata["nbgrader"]["grade_id"]
        exercise = exercises.setdefault(exercise_of(name), Exercise(exercise_of(name)))
        if is_solution(cell):
            exercise.answered = name not in blank
        if is_grade(cell):
            _add(exercise, cell)
    return list(exercises.values())


def _add(exercise: Exercise, cell: NotebookNode) -> None:
    points = cell.metadata["nbgrader"]["points"]
    if is_solution(cell):
        exercise.by_hand += points
    elif is_hidden(cell):
        exercise.hidden += points
    else:
        exercise.visible += points
        score, _ = determine_grade(cell)
        exercise.score += score or 0
        if (score or 0) < points:
            exercise.messages.append(safe_message(cell))


def main(arguments: Sequence[str]) -> int:
    """Muestra el informe; con `--html archivo`, como lo pide el botón Validate."""
    if arguments[:1] == ["--html"]:
        folder = Path(arguments[1]).resolve().parent
        root = folder.parents[1]
        report = check(chosen_unit(folder.name, root), root)
        print(f"<pre>{html.escape(str(report))}</pre>")
        return 0
    print(check(chosen_unit("".join(arguments[:1]))))
    return 0


if __name__ == "__main__":
    command_line(main)
