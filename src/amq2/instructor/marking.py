"""Corregir entregas, en dos mitades: ejecutarlas, de a varias, y anotar sus notas, de a una.

Entre una mitad y la otra, cada entrega es una carpeta con su notebook ya ejecutado. `make grade`
hace las dos a la vez; `batches` las hace en tareas de Airflow.
"""

import gc
import re
import shutil
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import nbformat
from traitlets.config import Config

from amq2.instructor import intake
from amq2.instructor.course import CourseError, open_nbgrader, reason, released
from amq2.instructor.execution import GradeExercises, imports_of
from amq2.instructor.fingerprint import stamp_of
from amq2.instructor.gradebook import NOT_TEXT, forget_statements, record_failure, save_mark
from amq2.instructor.workers import COPIES, Execution, side_by_side
from amq2.isolation.level import UnsafeError, is_isolated
from amq2.isolation.nurseries import NurseryError, nursery_for
from amq2.notebook.execute import NOTES

_ODD = re.compile(rf"[*?\[\]\n\r]|^\s|\s$|{NOT_TEXT.pattern}")
"""Lo que nbgrader toma por un patrón, recorta o no puede anotar, en el nombre de un estudiante."""


@dataclass(frozen=True)
class Executed:
    """Una entrega ya ejecutada, a la que le faltan las notas.

    Attributes:
        unit, student: de quién es.
        mark: su huella.
        unreadable: por qué no se pudo leer, si no se pudo: se ejecutó el notebook sin resolver.
        problem: por qué no se pudo ejecutar, si no se pudo: no hay notebook.
    """

    unit: str
    student: str
    mark: str = ""
    unreadable: str | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Graded:
    """Cómo terminó la corrección de una entrega."""

    unit: str
    student: str
    problem: str | None = None
    notes: tuple[str, ...] = ()
    skipped: bool = False


def execute_all(
    marks: Mapping[Path, str], root: Path, staging: Path, options: Config, most: int
) -> Generator[Executed]:
    """Ejecuta las entregas, de a `most` como mucho, y las da a medida que terminan.

    El notebook de cada una queda en `copy_of(staging, …)`. El gradebook no se toca. Si se cierra
    antes del final, se corta lo que se estaba ejecutando.

    Args:
        marks: la huella de cada entrega, como la da `grade.begin`.

    Raises:
        CourseError: si la máquina no puede encerrar las entregas.
    """
    started: dict[Path, Executed] = {}
    odd: list[Executed] = []
    imports = cache(partial(imports_of, db_url=f"sqlite:///{staging}/gradebook.db"))

    def prepare() -> Iterator[Execution]:
        for folder, mark in marks.items():
            if one := refused(folder):
                odd.append(one)
                continue
            unit, student = folder.name, folder.parent.name
            work = Execution(folder, root, staging, _nursery(unit, imports), options)
            try:
                unreadable = intake.stage(folder, unit, released(unit, root), work.copy)
            except Exception as error:  # noqa: BLE001 - cualquiera es de esta entrega
                why = _to_look_at(f"{type(error).__name__}: {error}")
                odd.append(Executed(unit, student, problem=why))
            else:
                started[folder] = Executed(unit, student, mark, unreadable)
                yield work

    with closing(side_by_side(prepare(), most)) as finished:
        for work, why in finished:
            yield replace(started.pop(work.folder), problem=_to_look_at(why) if why else None)
    yield from odd


def refused(folder: Path) -> Executed | None:
    """Una entrega que no se ejecuta por el nombre de su carpeta; las demás, `None`."""
    if not _ODD.search(name := folder.parent.name):
        return None
    why = f"La carpeta «{name}» tiene signos que nbgrader no admite: cambiale el nombre."
    return Executed(folder.name, name, problem=why)


def mark_all(
    executed: Iterable[Executed], root: Path, staging: Path, options: Config
) -> Iterator[Graded]:
    """Anota las notas de las entregas ya ejecutadas: es lo que le falta al `autograde` de nbgrader.

    Sólo un proceso a la vez: véase `gradebook.only_one`.
    """
    api = open_nbgrader(root, options, submitted_directory=staging / COPIES)
    api.config.Autograde.sanitize_preprocessors = []
    api.config.Autograde.autograde_preprocessors.remove(GradeExercises)
    for one in executed:
        problem = one.problem
        save_mark(one.unit, one.student, "", root)  # hasta que esté entera, no cuenta
        if not problem:
            with uninterrupted():
                result = api.autograde(one.unit, one.student, force=True)
            problem = None if result["success"] else _to_look_at(reason(result))
        if problem:
            for place in ("autograded", "feedback"):  # lo de otro intento no es lo de esta nota
                shutil.rmtree(root / place / one.student / one.unit, ignore_errors=True)
            record_failure(one.unit, one.student, problem, root)
            yield Graded(one.unit, one.student, problem)
        else:
            stamp = stamp_of(root / "submitted" / one.student / one.unit, root)
            notes = _notes(stamp.with_name(f"{one.unit}.ipynb"))
            save_mark(one.unit, one.student, one.mark, root)
            stamp.write_text(one.mark, encoding="utf-8")
            forget_statements()
            gc.collect()  # nbgrader deja ciclos: sin juntarlos, la memoria crece con la clase
            yield Graded(one.unit, one.student, one.unreadable, notes)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C espera a que termine el bloque: nbgrader lo tomaría por una falla de la entrega."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Ctrl-C le llega al hilo principal
        return
    pressed = []
    before = signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def _nursery(unit: str, imports: Callable[[str], str]) -> str:
    """El vivero de una unidad; vacío, si no se encierra."""
    try:
        return str(nursery_for(imports(unit))) if is_isolated() else ""
    except (NurseryError, UnsafeError) as error:
        raise CourseError(f"{unit}: {error}") from None


def _to_look_at(why: str) -> str:
    return f"nbgrader no pudo corregir la entrega ({why}): mirala a mano."


def _notes(autograded: Path) -> tuple[str, ...]:
    """Lo raro que encontró la corrección en una entrega."""
    notebook = nbformat.read(autograded, as_version=4)
    return tuple(text for _, text in notebook.metadata.get(NOTES, []))
