"""Devolver a un notebook las celdas del curso tal como se publicaron, sin tocar las respuestas."""

from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from amq2.notebook.cells import IMPORTS, exercise_of, grade_id_of, is_of_exercise


@dataclass(frozen=True)
class Restored:
    """Algo que está mal en una celda del curso, y qué hace la corrección con eso."""

    grade_id: str
    problem: str
    remedy: str = "se repuso la publicada"

    @property
    def text(self) -> str:
        """El problema y el remedio, en un renglón."""
        return f"{self.problem}: {self.remedy}."


def restore(cells: list[NotebookNode], published: Sequence[NotebookNode]) -> list[Restored]:
    """Deja en `cells` una sola celda de cada una de `published`, de su tipo y en su lugar.

    De una respuesta repetida cuenta la que está justo arriba de sus pruebas; las demás copias, y
    las celdas con identificadores que el curso no conoce, quedan como celdas comunes.

    Args:
        cells: las celdas del notebook; se modifican.
        published: las celdas publicadas que llevan identificador, en orden.

    Returns:
        Lo que hubo que arreglar, con palabras para quien lo escribió.
    """
    return [
        *_drop_copies(cells, published),
        *_put_back_types(cells, published),
        *_put_back_missing(cells, published),
        *_put_back_order(cells, published),
    ]


def edited(cells: Sequence[NotebookNode], published: Sequence[NotebookNode]) -> list[Restored]:
    """Las celdas de prueba, y las demás bloqueadas, cuyo texto no es el publicado."""
    sources = {grade_id_of(cell): cell.source for cell in published if _is_locked(cell)}
    return [
        Restored(name, f"La celda {name} está cambiada")
        for cell in cells
        if (name := grade_id_of(cell)) in sources
        and name is not None
        and cell.source.strip() != sources[name].strip()
    ]


def _is_locked(cell: NotebookNode) -> bool:
    return bool(cell.metadata["nbgrader"].get("locked"))


def _positions(cells: Sequence[NotebookNode], name: str) -> list[int]:
    return [i for i, cell in enumerate(cells) if grade_id_of(cell) == name]


def _drop_copies(cells: list[NotebookNode], published: Sequence[NotebookNode]) -> list[Restored]:
    names = {grade_id_of(cell) for cell in published}
    restored = []
    for name, _ in map(_name_and_cell, published):
        here = _positions(cells, name)
        if len(here) > 1:
            keep = _copy_that_counts(cells, name, here, published)
            for index in set(here) - {keep}:
                del cells[index].metadata["nbgrader"]
            which = "la que está justo arriba de las pruebas" if _is_answer(name) else "la primera"
            remedy = f"cuenta {which}, y la otra no da puntos"
            restored.append(Restored(name, f"La celda {name} está repetida", remedy))
    for cell in cells:
        if grade_id_of(cell) not in names:
            cell.metadata.pop("nbgrader", None)
    return restored


def _name_and_cell(cell: NotebookNode) -> tuple[str, NotebookNode]:
    return cell.metadata["nbgrader"]["grade_id"], cell


def _is_answer(name: str) -> bool:
    return is_of_exercise(name) and name.count("-") == 2


def _copy_that_counts(
    cells: Sequence[NotebookNode],
    name: str,
    here: Sequence[int],
    published: Sequence[NotebookNode],
) -> int:
    if not _is_answer(name):
        return here[0]
    tests = [
        position
        for other, _ in map(_name_and_cell, published)
        if other.startswith(f"{name}-")
        for position in _positions(cells, other)[:1]
    ]
    above = [index for index in here if not tests or index < min(tests)]
    return above[-1] if above and tests else here[0]


def _put_back_types(cells: list[NotebookNode], published: Sequence[NotebookNode]) -> list[Restored]:
    restored = []
    for name, original in map(_name_and_cell, published):
        for index in _positions(cells, name):
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
    for name, original in map(_name_and_cell, published):
        if here := _positions(cells, name):
            position = here[0] + 1
            continue
        cells.insert(position, _new(original, original.source))
        position += 1
        restored.append(Restored(name, f"Falta la celda {name}"))
    return restored


def _put_back_order(cells: list[NotebookNode], published: Sequence[NotebookNode]) -> list[Restored]:
    groups: dict[str, list[str]] = {}
    for name, _ in map(_name_and_cell, published):
        if is_of_exercise(name):
            groups.setdefault(exercise_of(name), []).append(name)
    restored = []
    for names in groups.values():
        where = [_positions(cells, name)[0] for name in names]
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
    here = _positions(cells, IMPORTS)
    others = [i for i, cell in enumerate(cells) if is_of_exercise(grade_id_of(cell) or "")]
    if not here or not others or here[0] < others[0]:
        return []
    cells.insert(others[0], cells.pop(here[0]))
    return [Restored(IMPORTS, f"La celda {IMPORTS} está abajo de un ejercicio", "se subió")]
