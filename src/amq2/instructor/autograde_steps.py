"""Pasos que nbgrader agrega al corregir: reponer celdas, ejecutar con límites y anotar.

Se enchufan en nbgrader_config.py, así que valen igual para `make grade`, para
`nbgrader autograde` y para el botón del formgrader.
"""

import time
from collections import defaultdict
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader import utils
from nbgrader.api import Gradebook, Notebook, SourceCell
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Integer

from amq2.instructor.course import exercise_of, is_of_exercise
from amq2.instructor.messages import STOPPED, safe_message

NOTES = "amq2_notes"
"""Metadato del notebook con los avisos: `[grade_id, texto]`; sin ejercicio, son de todo."""

UNREADABLE = "amq2_unreadable"
"""Metadato del notebook que reemplaza a una entrega que no se pudo leer: dice por qué."""

DEMO = "demo"
"""Etiqueta de las celdas que son para mirar: no se ejecutan al corregir."""


class RestoreCells(NbGraderPreprocessor):
    """Devuelve a la entrega las celdas del ejercicio tal como se publicaron.

    Repone las que faltan en su lugar, deja una sola de cada una y rehace los metadatos de todas a
    partir del gradebook. Lo que escribió el estudiante no se toca.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            published = gradebook.find_notebook(about["notebook"], about["assignment"])
            cells = {cell.name: cell for cell in published.source_cells}
            metadata = {name: _metadata(cell, published) for name, cell in cells.items()}
            notes = _keep_one_of_each(nb, set(cells))
            notes += _put_back_missing(nb, list(cells.values()))
            for cell in nb.cells:
                if name := grade_id_of(cell):
                    cell.metadata["nbgrader"] = metadata[name]
        nb.metadata[NOTES] = nb.metadata.get(NOTES, []) + notes
        return nb, resources


def grade_id_of(cell: NotebookNode) -> str | None:
    """El identificador de nbgrader de una celda, o `None` si es una celda común."""
    metadata = cell.metadata.get("nbgrader")
    grade_id = metadata.get("grade_id") if isinstance(metadata, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _metadata(cell: SourceCell, published: Notebook) -> NotebookNode:
    points = {graded.name: graded.max_score for graded in published.grade_cells}
    metadata = NotebookNode(
        cell_type=cell.cell_type,
        checksum=cell.checksum,
        grade=cell.name in points,
        grade_id=cell.name,
        locked=cell.locked,
        schema_version=3,
        solution=cell.name in {solution.name for solution in published.solution_cells},
        task=False,
    )
    if metadata.grade:
        metadata["points"] = points[cell.name]
    return metadata


def _keep_one_of_each(nb: NotebookNode, names: set[str]) -> list[list[str]]:
    """Las copias y las celdas desconocidas pasan a ser celdas comunes."""
    seen: set[str] = set()
    notes = []
    for cell in nb.cells:
        name = grade_id_of(cell)
        if name in names and name not in seen:
            seen.add(name)
            continue
        cell.metadata.pop("nbgrader", None)
        if name in names:
            note = f"La celda {name} estaba repetida: cuenta la primera; la copia sólo se ejecuta."
            notes.append([name, note])
    return notes


def _put_back_missing(nb: NotebookNode, published: list[SourceCell]) -> list[list[str]]:
    notes = []
    position = 0
    for source in published:
        here = [i for i, cell in enumerate(nb.cells) if grade_id_of(cell) == source.name]
        if here:
            position = here[0] + 1
            continue
        new_cell = new_code_cell if source.cell_type == "code" else new_markdown_cell
        cell = new_cell(source.source, metadata={"nbgrader": {"grade_id": source.name}})
        nb.cells.insert(position, cell)
        position += 1
        notes.append([source.name, f"Faltaba la celda {source.name}: se repuso al corregir."])
    return notes


class ExecuteExercises(Execute):
    """Ejecuta una entrega sin que una celda arruine al resto.

    Las celdas `demo` no se ejecutan. Si el kernel termina o se acaba el tiempo, lo que ya corrió
    cuenta y lo que falta queda sin puntos, con un aviso que dice en qué celda pasó. Lo que una
    respuesta escribe en stderr se muestra, y no quita puntos.
    """

    seconds_in_all = Integer(90, help="segundos para el notebook entero").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: KernelManager | None = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        self.stopped_by: str | None = None
        self.deadline = time.monotonic() + self.seconds_in_all
        return super().preprocess(nb, resources, km)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type != "code" or DEMO in cell.metadata.get("tags", []):
            return cell, resources
        if not self.stopped_by and time.monotonic() > self.deadline:
            self.stopped_by = (
                f"El notebook pasó los {self.seconds_in_all} segundos antes de "
                f"{_place(cell, index)}: lo que sigue no se corrigió."
            )
        if not self.stopped_by:
            self._execute(cell, resources, index)
        if self.stopped_by:
            cell.outputs = [
                new_output("error", ename=STOPPED, evalue=self.stopped_by, traceback=[])
            ]
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                output.name = "stdout"
        return cell, resources

    def _execute(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> None:
        try:
            super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            self.stopped_by = (
                f"El kernel terminó en {_place(cell, index)}: lo anterior cuenta y lo que sigue no "
                "se corrigió. Fijate si hay un os._exit, un exit o demasiada memoria."
            )


def _place(cell: NotebookNode, index: int) -> str:
    name = grade_id_of(cell)
    return f"la celda {name}" if name else f"la celda número {index + 1}"


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
                comment = gradebook.find_comment(name, *place)
                comment.auto_comment = "\n\n".join(notes[exercise_of(name)]) or None
            gradebook.db.commit()
        return nb, resources


def _notes_by_exercise(nb: NotebookNode) -> dict[str, list[str]]:
    saved = nb.metadata.get(NOTES, [])
    about_all = [text for name, text in saved if not is_of_exercise(name)]
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
