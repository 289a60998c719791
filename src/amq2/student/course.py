"""La copia del curso que tiene un estudiante: sus unidades y cómo se publicó cada una."""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).parents[3]

PUBLISHED = ".publicado"
"""Carpeta del árbol de los estudiantes con cada unidad tal como se publicó."""

LISTING = "archivos.txt"
"""Adentro de esa carpeta, la lista de los archivos que trae el curso."""

_UNIT = re.compile(r"\d\d-[a-z0-9-]+")


class StudentError(Exception):
    """Algo que el estudiante tiene que arreglar; su texto dice qué hacer."""


def units(root: Path = ROOT) -> list[str]:
    """Las unidades de esta copia del curso, en orden."""
    folder = root / "notebooks"
    return sorted(path.name for path in folder.glob("*") if _UNIT.fullmatch(path.name))


def chosen_unit(name: str, root: Path = ROOT) -> str:
    """La unidad pedida con `UNIT=…`; alcanza con su número.

    Raises:
        StudentError: si falta o no existe.
    """
    known = units(root)
    found = [unit for unit in known if name and name in (unit, unit[:2])]
    if not found:
        problem = f"No hay una unidad «{name}»" if name else "Falta decir la unidad"
        raise StudentError(f"{problem}. Agregá UNIT= y una de éstas: {', '.join(known)}.")
    return found[0]


def notebook_path(unit: str, root: Path = ROOT) -> Path:
    """El notebook donde trabaja el estudiante."""
    return root / "notebooks" / unit / f"{unit}.ipynb"


def published_path(unit: str, root: Path = ROOT) -> Path:
    """El notebook tal como se publicó; en el árbol de los docentes es el mismo de notebooks/."""
    path = root / PUBLISHED / unit / f"{unit}.ipynb"
    return path if path.exists() else notebook_path(unit, root)


def read_published(unit: str, root: Path = ROOT) -> NotebookNode:
    """El notebook publicado de una unidad."""
    return nbformat.read(published_path(unit, root), as_version=4)


def command_line(main: Callable[[Sequence[str]], int]) -> None:
    """Corre el `main` de un comando: un error del estudiante es una línea, no una traza."""
    try:
        sys.exit(main(sys.argv[1:]))
    except StudentError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit("Interrumpido: tu trabajo quedó como estaba.")
