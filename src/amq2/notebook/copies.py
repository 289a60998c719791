"""Qué copia cuenta cuando una celda del curso está repetida."""

from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from amq2.notebook.cells import grade_id_of


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


def drop_copies(cells: list[NotebookNode], published: Sequence[NotebookNode]) -> list[Restored]:
    """Deja una sola celda de cada una de `published`; las otras quedan como celdas comunes."""
    originals = dict(map(name_and_cell, published))
    restored = []
    for name, original in originals.items():
        here = positions(cells, name)
        if len(here) > 1:
            keep, which = _copy_that_counts(cells, original, here, published)
            for index in set(here) - {keep}:
                del cells[index].metadata["nbgrader"]
            remedy = f"cuenta {which}, y la otra no da puntos"
            restored.append(Restored(name, f"La celda {name} está repetida", remedy))
    for cell in cells:
        if grade_id_of(cell) not in originals:
            cell.metadata.pop("nbgrader", None)
    return restored


def _copy_that_counts(
    cells: Sequence[NotebookNode],
    original: NotebookNode,
    here: Sequence[int],
    published: Sequence[NotebookNode],
) -> tuple[int, str]:
    """Dónde está la copia que cuenta, y cómo nombrarla.

    De una respuesta, la que está justo arriba de sus pruebas; si se corrige a mano y no las tiene,
    la primera que se escribió. De las demás, la primera.
    """
    name, _ = name_and_cell(original)
    if not original.metadata["nbgrader"].get("solution"):
        return here[0], "la primera"
    tests = [
        position
        for other, _ in map(name_and_cell, published)
        if other.startswith(f"{name}-")
        for position in positions(cells, other)[:1]
    ]
    if not tests:
        written = [i for i in here if cells[i].source.strip() != original.source.strip()]
        return (written or here)[0], "la primera que escribiste"
    above = [index for index in here if index < min(tests)]
    return (above[-1] if above else here[0]), "la que está justo arriba de las pruebas"


def positions(cells: Sequence[NotebookNode], name: str) -> list[int]:
    """Dónde están las celdas con ese identificador."""
    return [i for i, cell in enumerate(cells) if grade_id_of(cell) == name]


def name_and_cell(cell: NotebookNode) -> tuple[str, NotebookNode]:
    """El identificador de una celda publicada, y ella."""
    return cell.metadata["nbgrader"]["grade_id"], cell
