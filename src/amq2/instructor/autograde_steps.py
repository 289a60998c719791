"""Pasos que nbgrader agrega al corregir: reponer celdas y anotar por qué se perdieron puntos.

Se enchufan en nbgrader_config.py, así que valen igual para `make grade`, para
`nbgrader autograde` y para el botón del formgrader.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, Notebook, SourceCell
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from amq2.notebook.cells import IMPORTS, exercise_of, is_of_exercise
from amq2.notebook.execute import EVERYWHERE, NOTES
from amq2.notebook.messages import safe_message
from amq2.notebook.restore import restore

UNREADABLE = "amq2_unreadable"
"""Metadato del notebook que reemplaza a una entrega que no se pudo leer: dice por qué."""


class RestoreCells(NbGraderPreprocessor):
    """Devuelve a la entrega las celdas del curso tal como se publicaron, según el gradebook."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        _refuse_links(Path(resources["metadata"]["path"]))
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(about["notebook"], about["assignment"])
            published = [_published(cell, notebook) for cell in notebook.source_cells]
        notes = [[note.grade_id, note.text] for note in restore(nb.cells, published)]
        nb.metadata[NOTES] = [*nb.metadata.get(NOTES, []), *notes]
        return nb, resources


def _refuse_links(submission: Path) -> None:
    """nbgrader sigue los enlaces de una entrega: ésta se rechaza, y lo que copió se borra.

    Raises:
        NbGraderException: si la entrega es un enlace o tiene alguno.
    """
    for path in (submission, submission.parent, *submission.rglob("*")):
        if path.is_symlink():
            raise NbGraderException(f"{path} es un enlace simbólico: hay que copiarlo.")


def _published(cell: SourceCell, notebook: Notebook) -> NotebookNode:
    points = {graded.name: graded.max_score for graded in notebook.grade_cells}
    metadata = NotebookNode(
        cell_type=cell.cell_type,
        checksum=cell.checksum,
        grade=cell.name in points,
        grade_id=cell.name,
        locked=cell.locked,
        schema_version=3,
        solution=cell.name in {solution.name for solution in notebook.solution_cells},
        task=False,
    )
    if metadata.grade:
        metadata["points"] = points[cell.name]
    return NotebookNode(
        cell_type=cell.cell_type,
        source=cell.source,
        metadata=NotebookNode(nbgrader=metadata),
    )


class SaveNotes(NbGraderPreprocessor):
    """Guarda en el gradebook, ejercicio por ejercicio, por qué se perdieron puntos."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        place = (about["notebook"], about["assignment"], about["student"])
        notes = _notes_by_exercise(nb)
        with Gradebook(about["db_url"]) as gradebook:
            for cell in filter(utils.is_solution, nb.cells):
                name = cell.metadata.nbgrader.grade_id
                if utils.is_grade(cell) and not cell.metadata.nbgrader.points:
                    # Unas notas del estudiante, sin puntos: no hay nada que esperar.
                    gradebook.find_grade(name, *place).needs_manual_grade = False
                comment = gradebook.find_comment(name, *place)
                comment.auto_comment = "\n\n".join(notes[exercise_of(name)]) or None
            gradebook.db.commit()
        return nb, resources


def _notes_by_exercise(nb: NotebookNode) -> dict[str, list[str]]:
    saved = nb.metadata.get(NOTES, [])
    about_all = [text for name, text in saved if name in (EVERYWHERE, IMPORTS)]
    notes: defaultdict[str, list[str]] = defaultdict(about_all.copy)
    for name, text in saved:
        if is_of_exercise(name):
            notes[exercise_of(name)].append(text)
    for cell in filter(utils.is_grade, nb.cells):
        exercise = exercise_of(cell.metadata.nbgrader.grade_id)
        if UNREADABLE in nb.metadata:
            notes[exercise] = [nb.metadata[UNREADABLE]]
        elif (why := _why_lost(cell)) and why not in notes[exercise]:
            notes[exercise].append(why)
    return notes


def _why_lost(cell: NotebookNode) -> str | None:
    score, points = utils.determine_grade(cell)
    if score is None or score >= points:
        return None
    return "Sin respuesta." if utils.is_solution(cell) else safe_message(cell)
