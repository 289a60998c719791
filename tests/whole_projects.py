"""Los proyectos enteros del catálogo: `tests/projects/<nombre>/`, para la unidad 07.

Cada carpeta trae los archivos que ese proyecto escribió distinto; los demás son los del máster. En
`expected.toml`, qué puntos pierde en cada ejercicio y parte del mensaje que tiene que recibir: uno
bueno (`good_…`) no pierde ninguno.
"""

import io
import runpy
import shutil
import tomllib
from contextlib import redirect_stdout
from pathlib import Path

from amq2.instructor.course import master
from amq2.notebook.files import FILES, files_of
from amq2.project.loading import own_modules

PROJECTS = Path(__file__).parent / "projects"


def projects(unit: str) -> list[Path]:
    """Las carpetas de los proyectos de una unidad; casi todas las unidades no tienen."""
    return sorted(PROJECTS.glob("*/")) if unit in FILES else []


def expected(project: Path) -> dict[str, tuple[float, str]]:
    """Por ejercicio, los puntos que pierde un proyecto y parte de su mensaje."""
    found = tomllib.loads((project / "expected.toml").read_text(encoding="utf-8"))
    return {name: (float(one["lost"]), one["message"]) for name, one in found.items()}


def build(unit: str, folder: Path, project: Path | None = None) -> None:
    """Deja en `folder` los archivos que entrega un proyecto, con su modelo ya entrenado.

    Args:
        unit: la unidad; si con su notebook no se entregan archivos, no hace nada.
        folder: la carpeta, que existe.
        project: el proyecto; si no se da, el máster.
    """
    for source in (master(unit).parent, project):
        for name in files_of(unit) if source else ():
            if source and name.endswith(".py") and (source / name).exists():
                shutil.copyfile(source / name, folder / name)
    if files_of(unit):
        with own_modules(folder), redirect_stdout(io.StringIO()):
            runpy.run_path(str(folder / "model.py"), run_name="__main__")
