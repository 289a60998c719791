"""Pasos que nbgrader agrega al publicar una unidad."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader import utils
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor

from amq2.notebook.cells import TEACHERS, has_tag
from amq2.notebook.files import files_of


class StripNotes(NbGraderPreprocessor):
    """Saca la nota para docentes."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        nb.cells = [cell for cell in nb.cells if not has_tag(cell, TEACHERS)]
        return nb, resources


class ClearFiles(NbGraderPreprocessor):
    """Saca las soluciones de los archivos que van con la unidad, que nbgrader copió enteros.

    Los que no son de Python, como un modelo entrenado, los hace el estudiante: no se publican.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        unit = resources["nbgrader"]["assignment"]
        course = self.parent.parent.coursedir
        released = Path(course.format_path(course.release_directory, ".", unit))
        for path in map(released.joinpath, files_of(unit)):
            if path.suffix != ".py":
                path.unlink(missing_ok=True)
            elif path.exists():
                path.write_text(self._cleared(path.read_text(encoding="utf-8")), encoding="utf-8")
        return nb, resources

    def _cleared(self, source: str) -> str:
        """El archivo con la misma regla que una celda de respuesta."""
        cell = new_code_cell(source, metadata={"nbgrader": {"solution": True}})
        cell, _ = ClearSolutions(parent=self.parent).preprocess_cell(
            cell, {"language": "python"}, 0
        )
        return str(cell.source)


class TagTests(NbGraderPreprocessor):
    """Marca las pruebas para que «Ejecutar todo» siga de largo mientras no haya respuesta."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell):
            tags = set(cell.metadata.get("tags", [])) | {"raises-exception"}
            cell.metadata["tags"] = sorted(tags)
        return cell, resources
