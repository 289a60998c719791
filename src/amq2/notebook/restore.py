"""Devolver a un notebook las celdas del curso tal como se publicaron, sin tocar las respuestas."""

from collections.abc import Sequence
from copy import deepcopy

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from amq2.notebook.cells import IMPORTS, exercise_of, grade_id_of, is_locked, is_of_exercise
from amq2.notebook.copies import Restored, drop_copies, name_and_cell, positions


def restore(cells: list[NotebookNode], published: Sequence[NotebookNode]) -> list[Restored]:
    """Deja en `cells` una sola celda de cada una de `published`, de su tipo y en su lugar.

    De una respuesta repetida cuenta la que está justo arriba de sus pruebas; las demás copias, y
    las celdas con identificadores que el curso no conoce, quedan como celdas comunes. Los metadatos
    de cada una (si es una prueba, cuántos puntos da) son los publicados.

    Args:
        cells: las celdas del notebook; se modifican.
        published: las celdas publicadas que llevan identificador, en orden.

    Returns:
        Lo que hubo que arreglar, con palabras para quien lo escribió.
    """
    restored = [
        *drop_copies(cells, published),
        *_put_back_types(cells, published),
        *_put_back_missing(cells, published),
        *_put_back_order(cells, published),
    ]
    metadata = {grade_id_of(cell): cell.metadata["nbgrader"] for cell in published}
    for cell in cells:
        if name := grade_id_of(cell):
            cell.metadata["nbgrader"] = deepcopy(metadata[name])
    return restored


def overwrite(cells: Sequence[NotebookNode], published: Sequence[NotebookNode]) -> list[Restored]:
    """Devuelve su texto a las celdas de prueba, y a las demás bloqueadas, que se hayan cambiado."""
    sources = {grade_id_of(cell): cell.source for cell in published if is_locked(cell)}
    restored = []
    for cell in cells:
        name = grade_id_of(cell)
        if name in sources and name is not None and cell.source.strip() != sources[name].strip():
            cell.source = sources[name]
            restored.append(Restored(name, f"La celda {name} está cambiada"))
    return restored


def _put_back_types(cells: list[NotebookNode], published: Sequence[NotebookNode]) -> list[Restored]:
    restored = []
    for name, original in map(name_and_cell, published):
        for index in positions(cells, name):
            cell = cells[index]
            if cell.cell_type != original.cell_type:
                cells[index] = _new(original, cell.source)
                problem = f"La celda {name} pasó a ser de tipo {cell.cell_type}"
                restored.append(Restored(name, problem))
    return restored


def _new(original: NotebookNode, source: str) -> NotebookNode:
    new_cell = new_code_cell if original.cell_type == "code" else new_markdown_cell
    return new_cell(source, metadata=dict(original.metadata))


def _put_back_missing(
    cells: list[NotebookNode], published: Sequence[NotebookNode]
) -> list[Restored]:
    restored = []
    position = 0
    for name, original in map(name_and_cell, published):
        if here := positions(cells, name):
            position = here[0] + 1
            continue
        cells.insert(position, _new(original, original.source))
        position += 1
        restored.append(Restored(name, f"Falta la celda {name}"))
    return restored


def _put_back_order(cells: list[NotebookNode], published: Sequence[NotebookNode]) -> list[Restored]:
    groups: dict[str, list[str]] = {}
    for name, _ in map(name_and_cell, published):
        if is_of_exercise(name):
            groups.setdefault(exercise_of(name), []).append(name)
    restored = []
    for names in groups.values():
        where = [positions(cells, name)[0] for name in names]
        if where != sorted(where):
            moved = [cells[index] for index in where]
            first = moved[0]
            for cell in moved[1:]:
                cells.remove(cell)
            after = cells.index(first) + 1
            cells[after:after] = moved[1:]
            problem = f"Las celdas de {names[0]} están fuera de orden"
            restored.append(Restored(names[0], problem, "se ordenaron"))
    return restored + _imports_first(cells)


def _imports_first(cells: list[NotebookNode]) -> list[Restored]:
    here = positions(cells, IMPORTS)
    others = [i for i, cell in enumerate(cells) if is_of_exercise(grade_id_of(cell) or "")]
    if not here or not others or here[0] < others[0]:
        return []
    cells.insert(others[0], cells.pop(here[0]))
    return [Restored(IMPORTS, f"La celda {IMPORTS} está abajo de un ejercicio", "se subió")]
