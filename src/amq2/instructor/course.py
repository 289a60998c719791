"""La carpeta del curso: sus unidades, sus ejercicios y nbgrader configurado sobre ella."""

import glob
import logging
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).parents[3]

_UNIT = re.compile(r"\d\d-[a-z0-9-]+")


class CourseError(Exception):
    """Algo que el docente tiene que arreglar; su texto dice qué hacer."""


def units(root: Path = ROOT) -> list[str]:
    """Las unidades que tienen máster, en orden: `["02-http", …]`."""
    return sorted(
        folder.name
        for folder in (root / "solutions").iterdir()
        if _UNIT.fullmatch(folder.name) and master(folder.name, root).exists()
    )


def chosen_units(arguments: Sequence[str], root: Path = ROOT) -> list[str]:
    """Las unidades pedidas en la línea de comandos; sin ninguna, todas.

    Raises:
        CourseError: si una no existe.
    """
    known = units(root)
    for unit in arguments:
        if unit not in known:
            raise CourseError(f"No hay una unidad «{unit}». Las que hay: {', '.join(known)}.")
    return list(arguments) or known


def master(unit: str, root: Path = ROOT) -> Path:
    """El notebook máster de una unidad."""
    return root / "solutions" / unit / f"{unit}.ipynb"


def released(unit: str, root: Path = ROOT) -> Path:
    """La versión del estudiante de una unidad."""
    return root / "notebooks" / unit / f"{unit}.ipynb"


def open_nbgrader(
    root: Path = ROOT, options: Config | None = None, **settings: Path | str
) -> NbGraderAPI:
    """nbgrader con la configuración del curso sobre la carpeta `root`.

    Args:
        root: la carpeta con `solutions/`, `submitted/` y `gradebook.db`.
        options: lo que cambia de nbgrader_config.py.
        settings: otros valores de `CourseDirectory`, por ejemplo `submitted_directory=…`.

    Raises:
        CourseError: si el nombre de la carpeta tiene signos que nbgrader toma por un patrón.
    """
    if glob.has_magic(str(root)):
        raise CourseError(f"nbgrader no puede con los *, ? o corchetes de {root}: renombrala.")
    # nbgrader crea cada entrega antes de agregarla a su sesión, y SQLAlchemy lo avisa.
    warnings.filterwarnings("ignore", "Object of type <Submitted", SAWarning)
    app = NbGrader(log_level=logging.CRITICAL)
    app.config.merge(PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config())
    app.config.CourseDirectory.root = str(root)
    app.config.merge(options or {})
    for name, value in settings.items():
        app.config.CourseDirectory[name] = str(value)
    return NbGraderAPI(coursedir=CourseDirectory(parent=app), parent=app)


def reason(result: dict[str, str]) -> str:
    """Por qué falló un paso de nbgrader, en una línea: la excepción que quedó en su log."""
    lines = [line.strip() for line in (result.get("log", "") + result["error"]).splitlines()]
    raised = [line for line in lines if re.match(r"(?!.*NbGraderException)[\w.]+: \S", line)]
    return raised[-1] if raised else lines[-1]


def command_line(main: Callable[[Sequence[str]], int]) -> None:
    """Corre el `main` de un comando: un error del docente es una línea, no una traza."""
    try:
        sys.exit(main(sys.argv[1:]))
    except CourseError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit("Interrumpido: lo que ya estaba hecho quedó guardado.")
