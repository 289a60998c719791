"""Leer un notebook que puede venir roto, y decir por qué no se puede."""

import json
import warnings
from pathlib import Path

import nbformat
from nbformat import NotebookNode

MAX_BYTES = 20_000_000
MAX_CELLS = 2_000

OURS = "amq2_"
"""Así empiezan los metadatos que escribe la corrección: no vienen de afuera."""


class UnreadableError(Exception):
    """El notebook no se puede leer; su texto dice por qué, por ejemplo «no está en UTF-8»."""


def read_notebook(path: Path) -> NotebookNode:
    """Lee un notebook y lo deja en la versión 4.5 del formato.

    Raises:
        UnreadableError: si es un enlace, no se puede abrir, pesa demasiado, tiene demasiadas
            celdas, no es UTF-8, tiene el JSON roto o no es un notebook.
    """
    if path.is_symlink():
        raise UnreadableError("es un enlace simbólico")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableError(f"pesa más de {MAX_BYTES // 1_000_000} MB")
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        if len(content["cells"]) > MAX_CELLS:
            raise UnreadableError(f"tiene más de {MAX_CELLS} celdas")
        # Medio emoji, que JupyterLab puede guardar, no se puede volver a escribir: va un «?».
        text = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace").decode()
        notebook = _normalized(text)
    except OSError as error:
        raise UnreadableError(f"no se puede abrir ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UnreadableError("no está en UTF-8") from None
    except json.JSONDecodeError as error:
        raise UnreadableError(f"tiene el JSON roto en la línea {error.lineno}") from None
    except RecursionError:
        raise UnreadableError("no es un notebook válido") from None
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError, ValueError):
        raise UnreadableError("no es un notebook válido") from None
    return notebook


def _normalized(text: str) -> NotebookNode:
    """El notebook con un identificador por celda y sin lo que anota la corrección."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbformat avisa cada identificador que agrega o cambia
        notebook = nbformat.reads(text, as_version=4)
        if notebook.nbformat_minor < 5:
            notebook = nbformat.v4.upgrade(notebook)
        _, notebook = nbformat.validator.normalize(notebook)
    nbformat.validate(notebook)
    for name in [name for name in notebook.metadata if name.startswith(OURS)]:
        del notebook.metadata[name]
    return notebook


def find_notebook(folder: Path, unit: str) -> Path | None:
    """El notebook de una unidad dentro de una carpeta, también si le cambiaron el nombre.

    Los enlaces simbólicos no se siguen. Si no está y no hay exactamente otro, `None`.
    """
    path = folder / f"{unit}.ipynb"
    if path.is_file() and not path.is_symlink():
        return path
    others = [p for p in sorted(folder.glob("*.ipynb")) if p.is_file() and not p.is_symlink()]
    return others[0] if len(others) == 1 else None
