"""La entrada de una entrega a la corrección: se lee con cuidado y se copia, nunca se modifica."""

import json
import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from amq2.instructor.autograde_steps import NOTES, UNREADABLE

MAX_BYTES = 20_000_000


class UnreadableError(Exception):
    """La entrega no se puede leer; su texto dice por qué y qué pedirle al estudiante."""


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
    folder.mkdir(parents=True)
    problem = None
    try:
        notebook, notes = _read(submission, unit)
    except UnreadableError as error:
        problem = str(error)
        notebook, notes = nbformat.read(released, as_version=4), []
        notebook.metadata[UNREADABLE] = problem
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"**{problem}**"))
    notebook.metadata[NOTES] = [["", note] for note in notes]
    nbformat.write(notebook, folder / f"{unit}.ipynb")
    if (timestamp := submission / "timestamp.txt").is_file() and _is_time(timestamp):
        shutil.copy(timestamp, folder)
    return problem


def _read(submission: Path, unit: str) -> tuple[NotebookNode, list[str]]:
    path, notes = _find(submission, unit)
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableError(
            f"{path.name} pesa más de {MAX_BYTES // 1_000_000} MB: "
            "hay que borrar las salidas y entregarlo otra vez."
        )
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text)
        notebook = nbformat.from_dict(nbformat.convert(nbformat.from_dict(content), 4))
        nbformat.validator.normalize(notebook)
        nbformat.validate(notebook)
    except UnicodeDecodeError:
        raise UnreadableError(_again(path, "no está en UTF-8")) from None
    except json.JSONDecodeError as error:
        raise UnreadableError(
            _again(path, f"tiene el JSON roto en la línea {error.lineno}")
        ) from None
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError, ValueError):
        raise UnreadableError(_again(path, "no es un notebook válido")) from None
    return notebook, notes


def _again(path: Path, why: str) -> str:
    return (
        f"La entrega no se pudo corregir: {path.name} {why}. "
        "Abrilo en JupyterLab, guardalo y entregalo otra vez."
    )


def _find(submission: Path, unit: str) -> tuple[Path, list[str]]:
    """El notebook de la entrega, también si es el único y le cambiaron el nombre."""
    path = submission / f"{unit}.ipynb"
    if path.is_file() and not path.is_symlink():
        return path, []
    others = [p for p in sorted(submission.glob("*.ipynb")) if p.is_file() and not p.is_symlink()]
    if len(others) == 1:
        return others[0], [
            f"El notebook se llamaba {others[0].name}: se corrigió como {unit}.ipynb."
        ]
    raise UnreadableError(
        f"La entrega no trae {unit}.ipynb: hay que entregar ese archivo, con ese nombre."
    )


def _is_time(path: Path) -> bool:
    try:
        parse_utc(path.read_text(encoding="utf-8").strip())
    except ValueError:
        return False
    return True
