"""Ejecutar entregas de a varias, cada una en un proceso: el que muere pierde sólo la suya.

Cada proceso repone las celdas del curso en una copia de la entrega, la ejecuta y la escribe en el
mismo lugar. El gradebook no lo toca: de una copia lee cómo eran esas celdas.
"""

import multiprocessing as mp
import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from traitlets.config import Config

from amq2.instructor.course import open_nbgrader
from amq2.instructor.execution import GradeExercises

COPIES = "entregas"
"""En la carpeta de paso, las copias de las entregas: `<estudiante>/<unidad>/<unidad>.ipynb`."""

SECONDS_A_SUBMISSION = 300
"""Más de lo que deja el límite de un notebook: pasado esto, el proceso no anda."""


@dataclass(frozen=True)
class Execution:
    """Lo que hace falta para ejecutar una entrega.

    Attributes:
        folder: `submitted/<estudiante>/<unidad>`.
        root: la carpeta del curso.
        staging: la carpeta de paso: la copia de la entrega y `gradebook.db`, una copia.
        nursery: el vivero de la unidad; vacío, sin encierro.
        options: lo que cambia de nbgrader_config.py.
    """

    folder: Path
    root: Path
    staging: Path
    nursery: str
    options: Config

    @property
    def unit(self) -> str:
        return self.folder.name

    @property
    def student(self) -> str:
        return self.folder.parent.name

    @property
    def copy(self) -> Path:
        return copy_of(self.staging, self.student, self.unit)

    @property
    def problem_file(self) -> Path:
        return self.copy.with_name(f"{self.unit}.txt")


def copy_of(staging: Path, student: str, unit: str) -> Path:
    """La carpeta con la copia de una entrega; ahí queda el notebook ejecutado."""
    return staging / COPIES / student / unit


def cores() -> int:
    """Cuántas entregas se ejecutan a la vez."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else mp.cpu_count()


def execute(work: Execution) -> None:
    """Ejecuta una entrega en este proceso; si no se puede, escribe por qué."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C es para quien lo puso en marcha
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    api = open_nbgrader(work.root, work.options)
    api.config.GradeExercises.nursery = work.nursery
    steps = [*api.config.Autograde.sanitize_preprocessors, GradeExercises]
    exporter = NotebookExporter(
        parent=api, config=api.config, default_preprocessors=[], preprocessors=steps
    )
    about = {
        "student": work.student,
        "assignment": work.unit,
        "notebook": work.unit,
        "db_url": f"sqlite:///{work.staging}/gradebook.db",
    }
    path = work.copy / f"{work.unit}.ipynb"
    try:
        text, _ = exporter.from_filename(str(path), {"nbgrader": about})
    except Exception as error:  # noqa: BLE001 - cualquiera es de esta entrega, y se dice cuál
        why, *_ = f"{type(error).__name__}: {error}".splitlines()
        work.problem_file.write_text(why, encoding="utf-8")
    else:
        path.write_text(str(text), encoding="utf-8")


def side_by_side(
    works: Iterable[Execution], at_once: int
) -> Iterator[tuple[Execution, str | None]]:
    """Ejecuta las entregas de a `at_once` y las va dando a medida que terminan.

    Yields:
        La entrega y, si no se pudo, por qué.
    """
    context = mp.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    waiting = iter(works)
    running: dict[int, tuple[Execution, mp.process.BaseProcess, float]] = {}
    finished: list[tuple[Execution, str | None]] = []
    try:
        while True:
            for work in islice(waiting, at_once - len(running)):
                process: mp.process.BaseProcess = context.Process(target=execute, args=(work,))
                process.start()
                deadline = time.monotonic() + SECONDS_A_SUBMISSION
                running[process.sentinel] = work, process, deadline
            yield from finished  # con los lugares ya ocupados: mientras, las otras siguen
            if not running:
                return
            ended = set(wait(list(running), timeout=1))
            for _, process, deadline in running.values():
                if time.monotonic() > deadline:
                    process.kill()
            finished = [_outcome(*running.pop(sentinel)[:2]) for sentinel in {*running} & ended]
    finally:
        for _, process, _ in running.values():
            process.kill()
            process.join()
            process.close()


def _outcome(work: Execution, process: mp.process.BaseProcess) -> tuple[Execution, str | None]:
    process.join()
    code = process.exitcode
    process.close()
    if code:
        return work, f"el proceso que la ejecutaba terminó con {code}"
    if work.problem_file.exists():
        return work, work.problem_file.read_text(encoding="utf-8")
    return work, None
