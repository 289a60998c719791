"""La corrección de nbgrader solo: sus pasos de siempre y, por entrega, un kernel desde cero."""

import fnmatch
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from amq2.instructor.gradebook import register
from amq2.notebook.cells import DEMO, grade_id_of, has_tag
from amq2.notebook.files import files_of
from tests.api_faults import Outcome
from tests.catalogue import grade_catalogue

CONFIG = """c = get_config()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.Autograde.exclude_overwriting = {files}
"""

HALVES = ("*[02468]", "*[13579]")
"""Los patrones que parten en dos una clase de nombres que terminan con un número."""

Marks = dict[tuple[str, str], float | None]
"""De cada estudiante y celda con puntos, la nota automática; `None`, si espera a alguien."""


def without_demos(notebook: NotebookNode) -> NotebookNode:
    """Saca las celdas que al corregir no se ejecutan: para nbgrader son como cualquiera."""
    notebook.cells = [cell for cell in notebook.cells if not has_tag(cell, DEMO)]
    return notebook


def copy_course(root: Path, unit: str, students: Iterable[str], folder: Path) -> None:
    """Un curso igual en otra carpeta, sin nada corregido y con la configuración de nbgrader."""
    shutil.copytree(root / "solutions" / unit, folder / "solutions" / unit)
    for student in students:
        path = Path("submitted", student, unit, f"{unit}.ipynb")
        (folder / path).parent.mkdir(parents=True)
        notebook = nbformat.read(root / path, as_version=4)
        nbformat.write(without_demos(notebook), folder / path)
        for name in files_of(unit):
            shutil.copy(root / path.with_name(name), folder / path.with_name(name))
    register(unit, folder)
    (folder / "nbgrader_config.py").write_text(
        CONFIG.format(files={unit: [*files_of(unit)]}), encoding="utf-8"
    )


def autograde(folder: Path, unit: str, patterns: Sequence[str] = ("*",)) -> None:
    """Corre a la vez un `nbgrader autograde` por cada patrón de estudiantes, como `e0*`.

    Sus kernels se comunican por IPC: dos procesos pueden elegir a la vez el mismo puerto TCP.

    Raises:
        RuntimeError: si alguno falla.
    """
    with tempfile.TemporaryDirectory(prefix="amq2-") as sockets:
        processes = [
            _start(folder, unit, pattern, Path(sockets, str(number)))
            for number, pattern in enumerate(patterns)
        ]
        for process in processes:
            _, errors = process.communicate()
            if process.returncode:
                raise RuntimeError(f"nbgrader autograde terminó con {process.returncode}: {errors}")


def _start(folder: Path, unit: str, students: str, socket: Path) -> subprocess.Popen[str]:
    options = [f"--student={students}", "--force"]
    transport = ["--KernelManager.transport=ipc", f"--KernelManager.ip={socket}"]
    return subprocess.Popen(
        [sys.executable, "-m", "nbgrader", "autograde", unit, *options, *transport],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def marks(root: Path, unit: str) -> Marks:
    """Las notas de un gradebook, celda por celda."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        return {
            (submission.student.id, grade.name): grade.auto_score
            for submission in gradebook.assignment_submissions(unit)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def differences(ours: Marks, stock: Marks, folder: Path, unit: str) -> list[str]:
    """En qué celdas difieren las notas, sin contar las que nbgrader castiga por lo que escriben.

    nbgrader da cero si la prueba, o la respuesta que llama, escribe en stderr. Este curso no.
    """
    return [
        f"{student} {cell}: {ours.get((student, cell))} y nbgrader {score}"
        for (student, cell), score in sorted(stock.items())
        if ours.get((student, cell)) != score and not _writes(folder, student, unit, cell)
    ]


def _writes(folder: Path, student: str, unit: str, name: str) -> bool:
    """Si la celda escribió en stderr y no tuvo ningún error."""
    path = folder / "autograded" / student / unit / f"{unit}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    outputs = [out for cell in cells if grade_id_of(cell) == name for out in cell.outputs]
    return any(out.get("name") == "stderr" for out in outputs) and not any(
        out.output_type == "error" for out in outputs
    )


def compare_marks(unit: str, folder: Path) -> Outcome:
    """Corrige el catálogo de una unidad de las dos maneras y compara cada nota."""
    graded = grade_catalogue(folder / "curso", unit)
    found, problems = compare(graded.root, unit, sorted({*graded.students.values()}), folder / "s")
    return Outcome(f"{unit}: las notas de nbgrader", f"{found} notas comparadas", problems)


def compare(root: Path, unit: str, students: Sequence[str], folder: Path) -> tuple[int, list[str]]:
    """Corrige con nbgrader solo, en `folder`, entregas que este curso ya corrigió.

    Returns:
        Cuántas notas se compararon, y en cuáles difieren.
    """
    copy_course(root, unit, students, folder)
    autograde(folder, unit, [half for half in HALVES if fnmatch.filter(students, half)])
    stock = marks(folder, unit)
    return len(stock), differences(marks(root, unit), stock, folder, unit)
