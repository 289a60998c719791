"""Escribir archivos sin que queden a medias si algo se corta."""

import shutil
from pathlib import Path

import nbformat


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Escribe un notebook al lado y después lo pone en su lugar."""
    partial = path.with_suffix(".parcial")
    nbformat.write(notebook, partial)
    partial.replace(path)


def replace(source: Path, target: Path, backup: Path) -> bool:
    """Pone un archivo del curso si no es el que ya está; el que había va al respaldo."""
    if target.is_file() and target.read_bytes() == source.read_bytes():
        return False
    if target.is_file():
        copy(target, backup)
    copy(source, target)
    return True


def copy(source: Path, target: Path) -> None:
    """Copia un archivo, con las carpetas que hagan falta."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.parcial")
    shutil.copy(source, partial)
    partial.replace(target)


def move(source: Path, target: Path) -> None:
    """Mueve un archivo, con las carpetas que hagan falta."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
