"""La entrada de una entrega a la corrección: se lee con cuidado y se copia, nunca se modifica."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from amq2.instructor.autograde_steps import UNREADABLE
from amq2.notebook.cells import grade_id_of
from amq2.notebook.execute import EVERYWHERE, NOTES
from amq2.notebook.files import files_of, why_refused
from amq2.notebook.reading import UnreadableError, find_notebook, read_notebook
from amq2.notebook.restore import overwrite

KERNEL = "python3"

_NOT_COPIED = ("*.ipynb", ".ipynb_checkpoints", "__pycache__")
"""De lo que se publicó con la unidad, lo que no son datos para el notebook."""


def stage(submission: Path, unit: str, released: Path, folder: Path) -> str | None:
    """Copia una entrega a `folder`, lista para que nbgrader la corrija.

    Si no se puede leer, en su lugar queda el notebook sin resolver con un aviso: así la entrega
    tiene sus notas (cero) y su devolución como cualquier otra.

    Args:
        submission: la carpeta `submitted/<estudiante>/<unidad>`.
        unit: la unidad, por ejemplo `02-http`.
        released: el notebook publicado de la unidad.
        folder: la carpeta de destino; se crea.

    Returns:
        Por qué no se pudo leer, o `None` si se pudo.
    """
    names = files_of(unit)
    shutil.copytree(released.parent, folder, ignore=shutil.ignore_patterns(*_NOT_COPIED, *names))
    problem = None
    blank = nbformat.read(released, as_version=4)
    try:
        notebook = _read(submission, unit, blank)
        notebook.metadata[NOTES] += _copy_files(submission, names, folder)
    except UnreadableError as error:
        problem = str(error)
        notebook = blank
        notebook.metadata[UNREADABLE] = problem
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"**{problem}**"))
    nbformat.write(notebook, folder / f"{unit}.ipynb")
    if (timestamp := submission / "timestamp.txt").is_file() and _is_time(timestamp):
        shutil.copy(timestamp, folder)
    return problem


def _read(submission: Path, unit: str, released: NotebookNode) -> NotebookNode:
    if submission.is_symlink() or submission.parent.is_symlink():
        raise UnreadableError("La entrega es un enlace simbólico: hay que copiarla.")
    path = find_notebook(submission, unit)
    if path is None:
        raise UnreadableError(
            f"La entrega no trae {unit}.ipynb: hay que entregar ese archivo, con ese nombre."
        )
    try:
        notebook = read_notebook(path)
    except UnreadableError as error:
        raise UnreadableError(
            f"La entrega no se pudo corregir: {_readable(path)} {error}. "
            "Abrilo en JupyterLab, guardalo y entregalo otra vez."
        ) from None
    notebook.metadata[NOTES] = _notes(notebook, path, unit, released)
    return notebook


def _copy_files(submission: Path, names: Sequence[str], folder: Path) -> list[list[str]]:
    """Copia lo que se entrega con el notebook, y nada más; dice lo que no se pudo copiar."""
    notes = []
    for name in names:
        if why := why_refused(submission / name):
            notes.append([EVERYWHERE, f"{name} {why}: se corrigió sin ese archivo."])
        else:
            shutil.copyfile(submission / name, folder / name)
    return notes


def _notes(
    notebook: NotebookNode, path: Path, unit: str, released: NotebookNode
) -> list[list[str]]:
    """Lo raro que tenía la entrega y no le cuesta puntos."""
    notes = []
    if path.name != f"{unit}.ipynb":
        text = f"El notebook se llamaba {_readable(path)}: se corrigió como {unit}.ipynb."
        notes.append([EVERYWHERE, text])
    kernel = notebook.metadata.get("kernelspec", {}).get("name", KERNEL)
    if kernel != KERNEL:
        text = f"El notebook pedía el kernel «{str(kernel)[:40]}»: se corrigió con {KERNEL}."
        notes.append([EVERYWHERE, text])
    published = [cell for cell in released.cells if grade_id_of(cell)]
    notes += [[note.grade_id, note.text] for note in overwrite(notebook.cells, published)]
    return notes


def _readable(path: Path) -> str:
    """El nombre de un archivo, que puede no ser texto en ninguna codificación."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _is_time(path: Path) -> bool:
    try:
        parse_utc(path.read_text(encoding="utf-8").strip())
    except (ValueError, OverflowError):
        return False
    return True
