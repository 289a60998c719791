"""Juntar, celda por celda, un notebook resuelto a medias con una versión más nueva."""

from copy import deepcopy
from dataclasses import dataclass, field

from nbformat import NotebookNode

from amq2.notebook.cells import exercise_of, grade_id_of, is_locked
from amq2.notebook.restore import restore
from amq2.student.changes import changes
from amq2.student.own_cells import images, own_cell, withdrawn

_TOP = "arriba de todo"


@dataclass
class Merged:
    """El notebook nuevo con lo del estudiante adentro, y qué cambió."""

    notebook: NotebookNode
    report: list[str] = field(default_factory=list)


def merge(base: NotebookNode, new: NotebookNode, mine: NotebookNode) -> Merged:
    """Pasa el trabajo de un estudiante a una versión más nueva de la unidad.

    Quedan sus respuestas, sus celdas propias (después de la misma celda que antes) y lo que cambió
    en las celdas del curso. Lo que el curso cambió o agregó es lo nuevo. Nada suyo se pierde: una
    respuesta a un ejercicio que ya no está queda como celda común.

    Args:
        base: la unidad como se publicó cuando el estudiante la recibió.
        new: la unidad como se publica ahora.
        mine: el notebook del estudiante; no se modifica.
    """
    mine = deepcopy(mine)
    _recover_ids(mine, [*base.cells, *new.cells])
    report = [note.text for note in restore(mine.cells, _known(base, new, mine))]
    own, touched = _sort_out(base, new, mine)
    merged = Merged(deepcopy(new), report + changes(base, new))
    cells = own.pop(_TOP, [])
    for cell in merged.notebook.cells:
        key = _key(cell)
        if key in touched:
            cells += _keep(cell, touched.pop(key), _find(base, key) or cell, merged.report)
        else:
            cells.append(cell)
        cells += own.pop(key, [])
    merged.notebook.cells = cells
    return merged


def _key(cell: NotebookNode) -> str:
    return grade_id_of(cell) or str(cell.get("id", ""))


def _find(notebook: NotebookNode, key: str) -> NotebookNode | None:
    return next((cell for cell in notebook.cells if _key(cell) == key), None)


def _recover_ids(mine: NotebookNode, published: list[NotebookNode]) -> None:
    """Colab y otros editores no guardan los identificadores: las celdas se conocen por su texto."""
    present, known = set(map(_key, mine.cells)), set(map(_key, published))
    lost = {cell.source: cell for cell in published if _key(cell) not in present}
    for cell in mine.cells:
        if _key(cell) not in known and (twin := lost.pop(cell.source, None)):
            cell["id"] = twin["id"]


def _known(base: NotebookNode, new: NotebookNode, mine: NotebookNode) -> list[NotebookNode]:
    """Las celdas del curso que tiene que tener `mine`; si algo se cortó, ya tiene nuevas."""
    before = [cell for cell in base.cells if grade_id_of(cell)]
    names = {grade_id_of(cell) for cell in before}
    already = {grade_id_of(cell) for cell in mine.cells} - names
    return before + [cell for cell in new.cells if grade_id_of(cell) in already - {None}]


def _sort_out(
    base: NotebookNode, new: NotebookNode, mine: NotebookNode
) -> tuple[dict[str, list[NotebookNode]], dict[str, NotebookNode]]:
    """Separa lo que escribió el estudiante.

    Returns:
        Sus celdas propias, según la celda nueva que tienen arriba; y las celdas del curso que
        siguen estando y que él cambió o ejecutó, por su clave.
    """
    sources = {_key(cell): cell.source for cell in base.cells}
    current = {_key(cell): cell.source for cell in new.cells}
    own: dict[str, list[NotebookNode]] = {}
    touched: dict[str, NotebookNode] = {}
    anchor = _TOP
    for cell in mine.cells:
        key = _key(cell)
        if key in current:
            anchor = key
            touched[key] = cell
        elif key not in sources:
            own.setdefault(anchor, []).append(cell)
        elif cell.source.strip() != sources[key].strip():
            own.setdefault(anchor, []).extend(withdrawn(cell))
    return own, touched


def _keep(
    cell: NotebookNode, mine: NotebookNode, base: NotebookNode, report: list[str]
) -> list[NotebookNode]:
    """La celda nueva con lo que el estudiante había hecho en ella."""
    was_changed_by_me = mine.source.strip() != base.source.strip()
    metadata = cell.metadata.get("nbgrader", {})
    if metadata.get("solution") and was_changed_by_me:
        if cell.source != base.source:
            exercise = exercise_of(metadata["grade_id"])
            report.append(f"{exercise}: cambió el esqueleto; tu respuesta quedó como estaba.")
        return [_with_work(cell, mine)]
    if mine.source == cell.source or (
        was_changed_by_me and cell.source == base.source and not metadata.get("locked")
    ):
        return [_with_work(cell, mine)]
    if not was_changed_by_me or mine.source.strip() == cell.source.strip():
        return [cell]
    if metadata.get("grade_id") and is_locked(cell):
        problem = f"La celda {metadata['grade_id']} está cambiada: se repuso la publicada"
        report.append(f"{problem}, y la tuya quedó abajo, como una celda común.")
    else:
        report.append(f"Una celda que habías cambiado también cambió en el curso: {_first(cell)}")
    return [cell, own_cell(mine)]


def _with_work(cell: NotebookNode, mine: NotebookNode) -> NotebookNode:
    cell.source = mine.source
    cell.update(images(mine))
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = mine.outputs, mine.execution_count
    return cell


def _first(cell: NotebookNode) -> str:
    return f"«{cell.source.strip().splitlines()[0][:60]}»" if cell.source.strip() else "vacía"
