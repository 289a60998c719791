"""La misma corrección que `make grade`, en tandas: lo que pone en orden `dags/grade_class.py`.

Cada tanda la ejecuta una tarea; las notas las anota una sola, al final. Comparten la carpeta del
curso y la de la corrida, donde queda cada entrega ejecutada: su notebook y, después, un `.json`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from traitlets.config import Config

from amq2.instructor.course import ROOT, CourseError, chosen_units, command_line
from amq2.instructor.fingerprint import changed
from amq2.instructor.grade import all_submissions, begin, isolation, not_graded
from amq2.instructor.gradebook import only_one
from amq2.instructor.marking import Executed, Graded, execute_all, mark_all, refused
from amq2.instructor.workers import COPIES, copy_of
from amq2.isolation.room import die_with_parent
from amq2.orchestrator.data import data_folder, replace_file
from amq2.orchestrator.home import without_airflow_settings

COURSE_VARIABLE = "AMQ2_COURSE"
"""La variable de entorno que cambia qué carpeta de curso se corrige."""


@dataclass(frozen=True)
class Run:
    """Una corrida del DAG: la carpeta del curso y la suya."""

    root: Path
    folder: Path

    @classmethod
    def named(cls, run_id: str) -> "Run":
        """La corrida con ese nombre, que trae signos que no entran en la dirección de una base."""
        folder = data_folder("grade_class") / f"run-{sha256(run_id.encode()).hexdigest()[:16]}"
        return cls(Path(os.environ.get(COURSE_VARIABLE) or ROOT), folder)

    def plan(self, unit: str | None, size: int) -> list[dict[str, object]]:
        """Prepara el gradebook y reparte lo que hay que corregir.

        Args:
            unit: la unidad; sin ella, todas.
            size: cuántas entregas lleva cada tanda.

        Returns:
            Las tandas: cada una es de una unidad, y dice de qué estudiantes, con su huella.

        Raises:
            CourseError: como `make grade`.
        """
        print(isolation())
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        with only_one(self.root):
            pending, stopped = begin(self._submissions(unit), self.root, self.folder)
        replace_file(self._stopped, json.dumps(stopped))
        plan: list[dict[str, object]] = []
        # Los nombres que se rechazan no pasan por Airflow: pueden no ser texto.
        accepted = (path for path in pending if not refused(path))
        for name, paths in groupby(accepted, lambda path: path.name):
            marks = [(path.parent.name, pending[path]) for path in paths]
            parts = range(0, len(marks), size)
            plan += [{"unit": name, "students": dict(marks[at : at + size])} for at in parts]
        return plan

    @property
    def _stopped(self) -> Path:
        """Las unidades que no se pueden corregir, con el motivo."""
        return self.folder / "sin-corregir.json"

    def _submissions(self, unit: str | None) -> list[Path]:
        return all_submissions(chosen_units([unit] if unit else [], self.root), self.root)

    def execute(self, batch: dict[str, object]) -> None:
        """Ejecuta una tanda en un proceso aparte, que no carga Airflow y muere con éste.

        Raises:
            CourseError: si no pudo; dice por qué.
        """
        done = subprocess.run(
            [sys.executable, "-m", __name__, str(self.root), str(self.folder)],
            input=json.dumps(batch),
            stderr=subprocess.PIPE,
            env=without_airflow_settings(os.environ),
            text=True,
            check=False,
        )
        if done.returncode:
            *_, why = ["sin motivo", *done.stderr.splitlines()]
            raise CourseError(f"La tanda no terminó (salió con {done.returncode}): {why}")

    def execute_here(self, unit: str, students: Mapping[str, str]) -> None:
        """Ejecuta una tanda, de a una entrega; la que ya estaba ejecutada, no."""
        marks = {self.root / "submitted" / name / unit: mark for name, mark in students.items()}
        missing = {path: mark for path, mark in marks.items() if self._read(path) is None}
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            staging = Path(name)
            shutil.copy(self.folder / "gradebook.db", staging)
            with closing(execute_all(missing, self.root, staging, Config(), most=1)) as executed:
                for one in executed:
                    self._keep(one, staging)

    def _keep(self, one: Executed, staging: Path) -> None:
        """Pasa una entrega ejecutada a la carpeta de la corrida."""
        kept = copy_of(self.folder, one.student, one.unit)
        shutil.rmtree(kept, ignore_errors=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not one.problem:
            copy_of(staging, one.student, one.unit).rename(kept)
        replace_file(kept.with_suffix(".json"), json.dumps(asdict(one)))

    def _read(self, folder: Path) -> Executed | None:
        """Lo que se dejó anotado de una entrega; nada, si no llegó a ejecutarse."""
        record = copy_of(self.folder, folder.parent.name, folder.name).with_suffix(".json")
        return Executed(**json.loads(record.read_text("utf-8"))) if record.exists() else None

    def write_marks(self, unit: str | None) -> list[Graded]:
        """Anota las notas de todo lo ejecutado y borra la carpeta de la corrida.

        Lo que mientras tanto se corrigió por otro lado, no.

        Raises:
            CourseError: si otro proceso está corrigiendo.
        """
        with only_one(self.root):
            kept = self._stopped  # ya no está, si esta tarea se repite
            stopped = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
            folders = [path for path in self._submissions(unit) if path.name not in stopped]
            pending = changed(folders, self.root)
            ready = [folder for folder in folders if folder not in pending]
            executed = [refused(folder) or self._read(folder) for folder in pending]
            with tempfile.TemporaryDirectory(prefix="amq2-") as name:
                # A nbgrader, un camino sin signos: los toma por un patrón.
                (Path(name) / COPIES).symlink_to(self.folder / COPIES)
                done = list(mark_all(filter(None, executed), self.root, Path(name), Config()))
            shutil.rmtree(self.folder, ignore_errors=True)
        done += [Graded(path.name, path.parent.name, skipped=True) for path in ready]
        return done + not_graded(stopped)


def main(arguments: Sequence[str]) -> int:
    """Ejecuta la tanda que llega por la entrada."""
    if sys.platform == "linux":
        die_with_parent()
    Run(*map(Path, arguments)).execute_here(**json.load(sys.stdin))
    return 0


if __name__ == "__main__":
    command_line(main)
