"""Pasos que nbgrader agrega al publicar una unidad."""

from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

from amq2.notebook.cells import TEACHERS, has_tag


class StripNotes(NbGraderPreprocessor):
    """Saca la nota para docentes."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        nb.cells = [cell for cell in nb.cells if not has_tag(cell, TEACHERS)]
        return nb, resources


class TagTests(NbGraderPreprocessor):
    """Marca las pruebas para que «Ejecutar todo» siga de largo mientras no haya respuesta."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell):
            tags = set(cell.metadata.get("tags", [])) | {"raises-exception"}
            cell.metadata["tags"] = sorted(tags)
        return cell, resources
