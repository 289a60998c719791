"""Importar un archivo tuyo, y contar en un renglón con qué error terminó."""

import importlib
import runpy
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from amq2.checks import CheckFailed
from amq2.project.messages import failed
from amq2.project.workspace import NAMES

MODULES = tuple(name.removesuffix(".py") for name in NAMES if name.endswith(".py"))


@contextmanager
def own_modules(folder: Path) -> Iterator[None]:
    """Mientras dura, `import model` trae el de esa carpeta, y no uno que ya estaba."""
    before = {name: sys.modules.pop(name) for name in MODULES if name in sys.modules}
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in MODULES:
            sys.modules.pop(name, None)
        sys.modules.update(before)


def load(name: str, folder: Path) -> ModuleType:
    """El módulo de un archivo, por ejemplo `api.py`; va adentro de `own_modules`.

    Raises:
        CheckFailed: si termina con una excepción; dice cuál y en qué renglón.
    """
    try:
        return importlib.import_module(name.removesuffix(".py"))
    except BaseException as error:  # noqa: BLE001 - es código ajeno: también puede salir con exit
        raise complaint(name, folder, error) from None


def execute(name: str, folder: Path) -> None:
    """Ejecuta un archivo como lo haría `python model.py`, en la carpeta de trabajo.

    Raises:
        CheckFailed: como `load`.
    """
    sys.argv = [name]
    try:
        runpy.run_path(name, run_name="__main__")
    except BaseException as error:  # noqa: BLE001 - como en `load`
        raise complaint(name, folder, error) from None


def complaint(name: str, folder: Path, error: BaseException) -> CheckFailed:
    """El mensaje de un archivo que terminó con una excepción."""
    if isinstance(error, KeyboardInterrupt):
        raise error
    if isinstance(error, CheckFailed):
        return error
    if isinstance(error, NotImplementedError):
        where = last_own_line(error, folder) or name
        return CheckFailed(f"✗ Todavía no completaste {name}.\n  Falta:       {where}")
    return failed(f"{name} terminó con {describe(error, folder)}", "qué esperaba ese renglón")


def describe(error: BaseException, folder: Path) -> str:
    """Una excepción y dónde pasó: «KeyError: 'age'», y «la línea 7 de api.py»."""
    text = " ".join(f"{type(error).__name__}: {error}".split())[:300].removesuffix(":")
    where = last_own_line(error, folder)
    return f"{text}\n  Pasó en:     {where}" if where else text


def last_own_line(error: BaseException, folder: Path) -> str:
    """El último renglón de los archivos de `folder` por el que pasó una excepción, o nada."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"la línea {error.lineno} de {Path(error.filename).name}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if (folder / frame.filename).parent == folder:
            place = f"la línea {frame.lineno} de {Path(frame.filename).name}"
            return f"{frame.line} ({place})" if frame.line else place
    return ""
