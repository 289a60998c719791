"""`make grade`: corrige lo que hay en submitted/ y guarda las notas en gradebook.db."""

import hashlib
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.apps.api import NbGraderAPI
from tqdm import tqdm

from amq2.instructor import intake
from amq2.instructor.course import (
    ROOT,
    CourseError,
    chosen_units,
    command_line,
    master,
    open_nbgrader,
    reason,
    released,
)
from amq2.instructor.gradebook import back_up, record_failure, register
from amq2.notebook.execute import NOTES

FINGERPRINT = "huella.txt"
"""Al lado de cada corrección: de qué entrega y de qué máster salió."""

_ODD = re.compile(r"[*?\[\]\n\r]|^\s|\s$")
"""Lo que nbgrader toma por un patrón, o recorta, en el nombre de un estudiante."""


@dataclass(frozen=True)
class Graded:
    """Cómo terminó la corrección de una entrega."""

    unit: str
    student: str
    problem: str | None = None
    notes: tuple[str, ...] = ()
    skipped: bool = False


def submissions(unit: str, root: Path = ROOT) -> list[Path]:
    """Las carpetas `submitted/<estudiante>/<unidad>`, en orden."""
    return sorted(folder for folder in root.glob(f"submitted/*/{unit}") if folder.is_dir())


def grade(chosen: Sequence[str], root: Path = ROOT) -> list[Graded]:
    """Corrige las entregas de las unidades pedidas; una mala no detiene a las otras.

    Lo que ya estaba corregido, con la misma entrega y el mismo máster, no se corrige de nuevo: así
    quedan las notas puestas a mano.

    Raises:
        CourseError: si no hay nada entregado, o si un máster no se puede publicar.
    """
    work = [(unit, folder) for unit in chosen for folder in submissions(unit, root)]
    if not work:
        raise CourseError(
            "No hay nada que corregir: dejá cada entrega en "
            "submitted/<estudiante>/<unidad>/<unidad>.ipynb."
        )
    back_up(root)
    with tempfile.TemporaryDirectory(prefix="amq2-") as temporary:
        staging = Path(temporary)
        api = open_nbgrader(root, submitted_directory=staging)
        for unit in dict(work):
            register(unit, root)
        return [
            _grade_one(api, unit, folder, staging, root)
            for unit, folder in tqdm(work, desc="Corrijo", unit="entrega")
        ]


def _grade_one(api: NbGraderAPI, unit: str, folder: Path, staging: Path, root: Path) -> Graded:
    student = folder.parent.name
    fingerprint = _fingerprint(folder, master(unit, root))
    stamp = root / "autograded" / student / unit / FINGERPRINT
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint:
        return Graded(unit, student, skipped=True)
    if _ODD.search(student):
        problem = f"La carpeta «{student}» tiene signos que nbgrader no admite: cambiale el nombre."
        return _failed(unit, student, problem, root)
    unreadable = intake.stage(folder, unit, released(unit, root), staging / student / unit)
    result = api.autograde(unit, student, force=True)
    if not result["success"]:
        problem = f"nbgrader no pudo corregir la entrega ({reason(result)}): mirala a mano."
        return _failed(unit, student, problem, root)
    stamp.write_text(fingerprint, encoding="utf-8")
    return Graded(unit, student, unreadable, _notes(stamp.with_name(f"{unit}.ipynb")))


def _failed(unit: str, student: str, problem: str, root: Path) -> Graded:
    record_failure(unit, student, problem, root)
    return Graded(unit, student, problem)


def _notes(autograded: Path) -> tuple[str, ...]:
    """Lo raro que encontró la corrección en una entrega."""
    notebook = nbformat.read(autograded, as_version=4)
    return tuple(text for _, text in notebook.metadata.get(NOTES, []))


def _fingerprint(folder: Path, master_path: Path) -> str:
    digest = hashlib.sha256(master_path.read_bytes())
    for path in sorted([] if folder.is_symlink() else folder.glob("*")):
        if path.is_file() and not path.is_symlink():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Corrige y cuenta qué pasó."""
    done = grade(chosen_units(arguments))
    skipped = sum(result.skipped for result in done)
    print(f"Corregidas: {len(done) - skipped}. Sin cambios desde la última vez: {skipped}.")
    for result in done:
        for text in filter(None, (result.problem, *result.notes)):
            print(f"  {result.student} {result.unit}: {text}")
    print("Sigue: make feedback (devoluciones), make grades (notas), make formgrader (a mano).")
    return 0


if __name__ == "__main__":
    command_line(main)
