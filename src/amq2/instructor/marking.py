"""Corregir una lista de entregas: se ejecutan de a varias y el gradebook lo escribe uno solo."""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from traitlets.config import Config

from amq2.instructor import intake
from amq2.instructor.course import (
    CourseError,
    open_nbgrader,
    reason,
    released,
)
from amq2.instructor.execution import imports_of
from amq2.instructor.fingerprint import fingerprint, stamp_of
from amq2.instructor.gradebook import copy_gradebook, record_failure, register
from amq2.instructor.workers import Execution, cores, side_by_side
from amq2.isolation.level import UnsafeError, is_isolated
from amq2.isolation.nurseries import NurseryError, nursery_for
from amq2.notebook.execute import NOTES

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


def grade_all(
    folders: Sequence[Path], root: Path, staging: Path, options: Config
) -> Iterator[tuple[Path, Graded]]:
    """Corrige las entregas y las da a medida que terminan."""
    for unit in dict.fromkeys(folder.name for folder in folders):
        register(unit, root)
    copy_gradebook(root, staging / "gradebook.db")
    executed = Config(options)
    executed.GradeExercises.executed_directory = str(staging / "executed")
    api = open_nbgrader(root, executed, submitted_directory=staging / "submitted")
    about: dict[Path, tuple[str, str | None]] = {}

    def prepare() -> Iterator[Execution]:
        for folder in folders:
            unit, student = folder.name, folder.parent.name
            if not _ODD.search(student):
                mark = fingerprint(folder, root)
                target = staging / "submitted" / student / unit
                about[folder] = mark, intake.stage(folder, unit, released(unit, root), target)
                yield Execution(folder, root, staging, _nursery(unit, root), options)

    for work, problem in side_by_side(prepare(), cores()):
        mark, unreadable = about.pop(work.folder)
        if not problem:
            result = api.autograde(work.unit, work.student, force=True)
            problem = None if result["success"] else reason(result)
        if problem:
            problem = f"nbgrader no pudo corregir la entrega ({problem}): mirala a mano."
            yield work.folder, _failed(work.folder, problem, root)
        else:
            stamp = stamp_of(work.folder, root)
            notes = _notes(stamp.with_name(f"{work.unit}.ipynb"))
            stamp.write_text(mark, encoding="utf-8")
            yield work.folder, Graded(work.unit, work.student, unreadable, notes)
        for name in ("submitted", "executed"):
            shutil.rmtree(staging / name / work.student / work.unit, ignore_errors=True)
    for folder in folders:
        if _ODD.search(name := folder.parent.name):
            problem = (
                f"La carpeta «{name}» tiene signos que nbgrader no admite: cambiale el nombre."
            )
            yield folder, _failed(folder, problem, root)


def _nursery(unit: str, root: Path) -> str:
    """El vivero de una unidad; vacío, si no se encierra."""
    try:
        if not is_isolated():
            return ""
        return str(nursery_for(imports_of(unit, f"sqlite:///{root}/gradebook.db")))
    except (NurseryError, UnsafeError) as error:
        raise CourseError(f"{unit}: {error}") from None


def _failed(folder: Path, problem: str, root: Path) -> Graded:
    record_failure(folder.name, folder.parent.name, problem, root)
    return Graded(folder.name, folder.parent.name, problem)


def _notes(autograded: Path) -> tuple[str, ...]:
    """Lo raro que encontró la corrección en una entrega."""
    notebook = nbformat.read(autograded, as_version=4)
    return tuple(text for _, text in notebook.metadata.get(NOTES, []))
