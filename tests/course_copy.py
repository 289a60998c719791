"""Un curso de una unidad en otra carpeta, que se corrige con el mismo comando que `make grade`."""

import os
import shutil
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from amq2.instructor.course import ROOT
from amq2.instructor.release import release


def copy_course(root: Path, unit: str, master: NotebookNode, config: str = "") -> None:
    """Arma el curso, con el código de éste y la unidad publicada.

    Args:
        root: una carpeta nueva.
        unit: el nombre de la unidad.
        master: su máster.
        config: lo que se agrega a nbgrader_config.py.
    """
    path = root / "solutions" / unit / f"{unit}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(master, path)
    (root / "src").symlink_to(ROOT / "src")
    shutil.copy(ROOT / "requirements.txt", root)
    ours = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (root / "nbgrader_config.py").write_text(f"{ours}\n{config}\n", encoding="utf-8")
    release(unit, root)


def grade_command(unit: str) -> list[str]:
    """Lo que corre `make grade UNIT=…`."""
    return [sys.executable, "-m", "amq2.instructor.grade", unit]


def environment(root: Path, **changes: str) -> dict[str, str]:
    """El entorno en el que ese comando trabaja sobre el curso de `root`."""
    return {**os.environ, "PYTHONPATH": str(root / "src"), **changes}
