"""Las páginas del sitio: lo que lee Sphinx, armado en una carpeta.

Cada unidad es el notebook del estudiante con las salidas del máster, sólo en las celdas que no son
de un ejercicio: una respuesta, o lo que muestra, no llega al sitio. Cada figura lleva su texto
alternativo: en el máster, lo dice el metadato `alt` de la celda o, en un diagrama de Mermaid, sus
renglones `accTitle` y `accDescr`.
"""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from amq2.instructor.course import ROOT, CourseError, master, released, units
from amq2.notebook.cells import IMPORTS, describe, grade_id_of

ALT = "alt"
"""El metadato de una celda con el texto alternativo de la figura que muestra."""

FIGURES = ("image/png", "image/svg+xml")

_DIAGRAM = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPOKEN = re.compile(r"^ *acc(?:Title|Descr): *(.+)$", re.MULTILINE)
_LIVE = re.compile(r"<iframe[^>]*\ssrc=.*?</iframe>", re.DOTALL)
_TITLE = re.compile(r'title="([^"]*)"')

Draw = Callable[[Sequence[str]], Sequence[str]]
"""Dibuja diagramas de Mermaid: recibe sus textos y devuelve sus SVG."""


def write_pages(folder: Path, draw: Draw, root: Path = ROOT) -> None:
    """Escribe en `folder` lo que lee Sphinx: el índice, el glosario y las unidades.

    Raises:
        CourseError: si a una figura le falta su texto alternativo; dice en qué celda.
    """
    names = units(root)
    shutil.copy(root / "glosario.md", folder)
    links = "\n".join([*(f"notebooks/{name}/{name}" for name in names), "glosario"])
    tree = f"\n```{{toctree}}\n:hidden:\n\n{links}\n```\n"
    (folder / "index.md").write_text(
        (root / "inicio.md").read_text(encoding="utf-8") + tree, encoding="utf-8"
    )
    pages = {name: unit_page(name, root) for name in names}
    texts = [text for page in pages.values() for text in diagrams(page)]
    drawings = iter(draw(texts))
    for name, page in pages.items():
        path = folder / "notebooks" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        _place_drawings(page, drawings, path.parent)
        nbformat.write(page, path)


def unit_page(unit: str, root: Path = ROOT) -> NotebookNode:
    """El notebook del estudiante, con las salidas que puede ver.

    Raises:
        CourseError: si a una figura le falta su texto alternativo; dice en qué celda.
    """
    notebook = nbformat.read(released(unit, root), as_version=4)
    outputs = {
        cell.id: (cell.source, cell.outputs)
        for cell in nbformat.read(master(unit, root), as_version=4).cells
        if cell.cell_type == "code" and not _is_of_an_exercise(cell)
    }
    for index, cell in enumerate(notebook.cells):
        source, found = outputs.get(cell.get("id"), ("", []))
        if cell.cell_type == "code":
            cell.outputs = [_still(output) for output in found] if cell.source == source else []
            _say_figures(cell, f"{unit}: {describe(cell, index)}")
        elif any(len(_SPOKEN.findall(text)) < 2 for text in _DIAGRAM.findall(cell.source)):
            where = f"{unit}: {describe(cell, index)}"
            raise CourseError(f"{where} tiene un diagrama sin accTitle y accDescr: agregalos.")
    return notebook


def _is_of_an_exercise(cell: NotebookNode) -> bool:
    return grade_id_of(cell) not in (None, IMPORTS)


def _say_figures(cell: NotebookNode, where: str) -> None:
    """Pasa el texto alternativo a donde lo busca myst-nb."""
    if not any(kind in output.get("data", {}) for output in cell.outputs for kind in FIGURES):
        return
    if not cell.metadata.get(ALT):
        raise CourseError(f"{where} muestra una figura sin texto alternativo: agregale «{ALT}».")
    cell.metadata["mystnb"] = {"image": {"alt": cell.metadata[ALT]}}


def _still(output: NotebookNode) -> NotebookNode:
    """Una salida sin los recuadros de servidores que ya no están."""
    html = output.get("data", {}).get("text/html", "")
    if _LIVE.search(html):
        output.data["text/html"] = _LIVE.sub(_in_its_place, html)
    return output


def _in_its_place(frame: re.Match[str]) -> str:
    title = _TITLE.search(frame[0])
    name = f"«{title[1]}»" if title else "la página del servidor"
    return f'<p class="live">Al ejecutar la celda, acá se usa {name}.</p>'


def diagrams(notebook: NotebookNode) -> list[str]:
    """Los diagramas de Mermaid de un notebook, en orden."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "markdown")
    return [text for cell in cells for text in _DIAGRAM.findall(cell.source)]


def _place_drawings(notebook: NotebookNode, drawings: Iterator[str], folder: Path) -> None:
    """Cada diagrama, reemplazado por su dibujo."""
    count = 0

    def place(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        (folder / f"diagrama-{count}.svg").write_text(next(drawings), encoding="utf-8")
        return f"![{'. '.join(_SPOKEN.findall(found[1]))}](diagrama-{count}.svg)"

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _DIAGRAM.sub(place, cell.source)
