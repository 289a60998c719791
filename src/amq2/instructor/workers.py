"""Ejecutar entregas de a varias, cada una en un proceso: el que muere pierde sólo la suya.

Cada proceso es una copia de éste, que ya tiene todo importado: empezar cuesta milésimas. Repone las
celdas del curso en una copia de la entrega, la ejecuta y la escribe en el mismo lugar. El gradebook
no lo toca: de una copia lee cómo eran esas celdas.
"""

import gc
import multiprocessing as mp
import os
import resource
import signal
import sys
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import CheckCellMetadata
from traitlets.config import Config

from amq2.instructor.course import open_nbgrader
from amq2.instructor.execution import GradeExercises
from amq2.instructor.pace import SECONDS_BETWEEN_LOOKS, Pace
from amq2.isolation.provisioner import kernel_specs
from amq2.isolation.room import die_with_parent
from amq2.notebook.reading import MAX_BYTES

COPIES = "entregas"
"""En la carpeta de paso, las copias de las entregas: `<estudiante>/<unidad>/<unidad>.ipynb`."""

MORE_MEMORY = 2 * 1024**3
"""Los bytes que puede pedir cada proceso, además de los que tiene al empezar."""

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


def warm_up() -> None:
    """Deja este proceso listo para copiarse.

    Carga lo que jupyter_client busca en el disco la primera vez, y lo que ya está en memoria no se
    revisa más en busca de basura: revisarlo lo haría duplicar en cada copia.
    """
    kernel_specs()
    KernelProvisionerFactory.instance()
    gc.collect()
    gc.freeze()


def execute(work: Execution) -> None:
    """Ejecuta una entrega en este proceso; si no se puede, escribe por qué."""
    if sys.platform == "linux":
        parent = mp.parent_process()
        die_with_parent(parent.pid if parent else None)
    if work.nursery:
        _limit_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C es para quien lo puso en marcha
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    api = open_nbgrader(work.root, work.options)
    api.config.GradeExercises.nursery = work.nursery
    sanitize = api.config.Autograde.sanitize_preprocessors
    # Los metadatos los revisa nbgrader al anotar las notas: acá sería la misma cuenta dos veces.
    steps = [*(step for step in sanitize if step is not CheckCellMetadata), GradeExercises]
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
        return
    if len(str(text)) > MAX_BYTES:
        why = f"el notebook ejecutado pesa más de {MAX_BYTES // 1_000_000} MB"
        work.problem_file.write_text(why, encoding="utf-8")
    else:
        path.write_text(str(text), encoding="utf-8")


def _limit_memory() -> None:
    """Lo que manda una entrega se lee en este proceso: también acá hay un tope."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MORE_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def side_by_side(works: Iterable[Execution], most: int) -> Generator[tuple[Execution, str | None]]:
    """Ejecuta las entregas, como mucho de a `most`, y las va dando a medida que terminan.

    Yields:
        La entrega y, si no se pudo, por qué.
    """
    warm_up()
    context = mp.get_context("fork")
    pace = Pace(most)
    waiting = iter(works)
    running: dict[int, tuple[Execution, mp.process.BaseProcess, float]] = {}
    finished: list[tuple[Execution, str | None]] = []
    try:
        while True:
            while pace.admits(len(running)) and (work := next(waiting, None)):
                process: mp.process.BaseProcess = context.Process(target=execute, args=(work,))
                process.start()
                deadline = time.monotonic() + SECONDS_A_SUBMISSION
                running[process.sentinel] = work, process, deadline
            yield from finished  # con los lugares ya ocupados: mientras, las otras siguen
            if not running:
                return
            ended = set(wait(list(running), timeout=SECONDS_BETWEEN_LOOKS))
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
