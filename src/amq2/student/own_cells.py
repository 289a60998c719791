"""Lo que escribió un estudiante en una celda, como una celda suya."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from amq2.notebook.cells import exercise_of, grade_id_of, is_of_exercise


def withdrawn(cell: NotebookNode) -> list[NotebookNode]:
    """Una celda del curso que cambió el estudiante y que ya no está: queda como suya."""
    name = grade_id_of(cell)
    if name is None:
        return [own_cell(cell)]
    text = f"*Tu respuesta al ejercicio {exercise_of(name)}, que ya no está en la unidad:*"
    return [new_markdown_cell(text), own_cell(cell)] if is_of_exercise(name) else []


def own_cell(cell: NotebookNode) -> NotebookNode:
    """Una celda común con lo que escribió, y las imágenes que pegó."""
    if cell.cell_type == "code":
        return new_code_cell(cell.source)
    return new_markdown_cell(cell.source, **images(cell))


def images(cell: NotebookNode) -> dict[str, NotebookNode]:
    """Las imágenes pegadas en una celda de texto."""
    return {"attachments": cell.attachments} if "attachments" in cell else {}
