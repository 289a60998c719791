"""Una clase entera corregida, por `make grade` y por Airflow, y si algo muere en el medio.

Lo corre `make test` en chico (`tests/test_grade_class.py`) y `make stress` en grande.
"""

import json
import random
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from amq2.cluster.running import Cluster, running_cluster
from amq2.instructor.batches import COURSE_VARIABLE
from amq2.instructor.course import ROOT, released
from amq2.instructor.fingerprint import FINGERPRINT
from amq2.instructor.grades import grades
from amq2.instructor.workers import COPIES
from amq2.orchestrator.client import Airflow
from amq2.orchestrator.home import COURSE_DAGS
from amq2.orchestrator.runs import Run
from tests.api_faults import Checks, Outcome
from tests.api_server import wait_until
from tests.catalogue import answers, solution_cell, write_submission

DAG = "grade_class"
BIG_UNIT = "01-formas-de-servir"
PATIENCE = 3600.0
FLAT = 10.0
"""Los MB que puede crecer quien corrige una clase más de diez veces mayor."""

GRADE = """
import re, sys
from pathlib import Path
from amq2.instructor import course, grade

def main(arguments):
    done = grade.grade([arguments[0]], Path(arguments[1]))
    peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
    print(sum(not result.skipped for result in done), peak[1])

course.command_line(main)
"""
"""Corrige, y dice cuántas corrigió y cuántos KiB llegó a ocupar este proceso."""


@dataclass(frozen=True)
class SchoolClass:
    """Una clase inventada, de la que se sabe qué nota le toca a cada uno.

    Attributes:
        root: la carpeta del curso.
        unit: lo que entregaron todos.
        lost: cuántos puntos pierde cada estudiante en cada ejercicio.
    """

    root: Path
    unit: str
    lost: dict[tuple[str, str], float]

    @property
    def students(self) -> set[str]:
        """Los estudiantes."""
        return {student for student, _ in self.lost}

    def wrong(self) -> list[str]:
        """Lo que en el gradebook no es lo que tiene que ser; vacío, si está bien."""
        rows = {(str(row["student"]), str(row["exercise"])): row for row in grades(self.root)}
        wrong = [
            f"{student} {exercise}: {rows[student, exercise]['score']}, y pierde {lost:g} de "
            f"{rows[student, exercise]['max_score']}; {rows[student, exercise]['note']}"
            for (student, exercise), lost in self.lost.items()
            if rows[student, exercise]["score"]
            != float(str(rows[student, exercise]["max_score"])) - lost
        ]
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            found = sorted(one.student.id for one in gradebook.assignment_submissions(self.unit))
        return wrong + (["entregas perdidas o dobles"] if found != sorted(self.students) else [])

    def graded(self) -> dict[str, int]:
        """De cada entrega ya corregida, cuándo se terminó."""
        stamps = self.root.glob(f"autograded/*/{self.unit}/{FINGERPRINT}")
        return {path.parts[-3]: path.stat().st_mtime_ns for path in stamps}

    def moments(self, copies: Path | None = None) -> dict[str, list[object]]:
        """De cada entrega ejecutada, los momentos en que corrió cada celda.

        Args:
            copies: la carpeta de paso de una corrida del DAG; si no se da, autograded/.
        """
        folder = copies or self.root / "autograded"
        kept = [path.parts[-2] for path in folder.glob(f"*/{self.unit}.json")]
        names = kept if copies else [path.name for path in folder.iterdir()]
        return {name: _moments(folder / name / self.unit / f"{self.unit}.ipynb") for name in names}


def _moments(path: Path) -> list[object]:
    return [cell.metadata.get("execution") for cell in nbformat.read(path, as_version=4).cells]


def drawn_class(root: Path, size: int, unit: str = BIG_UNIT) -> SchoolClass:
    """Una clase de `size` entregas con respuestas del catálogo, elegidas al azar con semilla."""
    for folder in ("solutions", "notebooks"):
        shutil.copytree(ROOT / folder / unit, root / folder / unit)
    catalogue = defaultdict(list)
    for answer in answers(unit):
        catalogue[answer.exercise].append(answer)
    blank = nbformat.read(released(unit), as_version=4)
    lost = {}
    draw = random.Random(unit)
    for number in range(size):
        student, notebook = f"e{number:03}", deepcopy(blank)
        for exercise, given in catalogue.items():
            answer = draw.choice(given)
            solution_cell(notebook, exercise).source = answer.code
            lost[student, exercise] = answer.lost
        write_submission(root, student, unit, notebook)
    return SchoolClass(root, unit, lost)


def start_grading(school: SchoolClass) -> "subprocess.Popen[str]":
    """`make grade` en otro proceso."""
    command = [sys.executable, "-c", GRADE, school.unit, str(school.root)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def end_grading(process: "subprocess.Popen[str]") -> tuple[int, float]:
    """Espera a que termine; dice cuántas corrigió y cuántos MB llegó a ocupar."""
    output, _ = process.communicate()
    assert process.returncode == 0, "make grade terminó mal"
    done, peak = output.split()
    return int(done), int(peak) / 1024


def start_on_airflow(airflow: Airflow, school: SchoolClass, size: int) -> str:
    """Pide la corrida, en tandas de `size`; devuelve su `run_id`."""
    airflow.wait_for_dag(DAG)
    airflow.unpause(DAG)
    return airflow.trigger(DAG, conf={"unit": school.unit, "size": size})


def kill_on_airflow(
    airflow: Airflow, school: SchoolClass, run_id: str, after: int, kill: Callable[[], None]
) -> tuple[Run, int, list[str]]:
    """Mata algo cuando ya hay `after` entregas ejecutadas, y espera a que la corrida termine.

    Returns:
        La corrida, cuántas había ejecutadas, y cuáles de ésas se ejecutaron otra vez.
    """
    kept = f"datos/{DAG}/run-*/{COPIES}/*/*.json"
    _until(lambda: len(list(airflow.home.glob(kept))) >= after)
    kill()
    [copies] = airflow.home.glob(f"datos/{DAG}/run-*/{COPIES}")
    before = school.moments(copies)
    run = airflow.wait(DAG, run_id, PATIENCE)
    now = school.moments()
    return run, len(before), [name for name in before if now[name] != before[name]]


def _until(condition: Callable[[], bool]) -> None:
    assert wait_until(condition, PATIENCE), "no llegó a pasar"


# Lo que corre `make stress`


def large_classes(
    new: Callable[[], Path], size: int, small: int
) -> Iterator[Callable[[], Outcome]]:
    """Una clase chica y una grande, y la grande cortada en el medio, por los dos caminos."""
    peaks: list[float] = []
    yield lambda: by_command(drawn_class(new(), small), peaks)
    yield lambda: by_command(drawn_class(new(), size), peaks)
    yield lambda: killed_command(drawn_class(new(), size))
    yield lambda: killed_worker(drawn_class(new(), size))


def by_command(school: SchoolClass, peaks: list[float]) -> Outcome:
    """`make grade`, entera; la memoria queda en `peaks`, donde la primera es la de la chica."""
    check = Checks()
    start = time.monotonic()
    done, peak = end_grading(start_grading(school))
    seconds = time.monotonic() - start
    peaks.append(peak)
    size = len(school.students)
    check(done == size, f"corrigió {done} de {size}")
    check(peak - peaks[0] <= FLAT, f"ocupó {peak:.0f} MB, y con la clase chica {peaks[0]:.0f}")
    text = f"{60 * size / seconds:.0f} por minuto; quien las reparte llegó a {peak:.0f} MB"
    return _outcome(school, "make grade", text, check)


def killed_command(school: SchoolClass) -> Outcome:
    """SIGKILL a `make grade` con un tercio hecho, y otra vez `make grade`."""
    check = Checks()
    size = len(school.students)
    process = start_grading(school)
    _until(lambda: len(school.graded()) >= size // 3 or process.poll() is not None)
    process.kill()
    process.communicate()
    before = school.graded()
    check(size // 3 <= len(before) < size, f"al morir llevaba {len(before)}")
    done, _ = end_grading(start_grading(school))
    after = school.graded()
    again = [name for name in before if after[name] != before[name]]
    check(not again, f"corregidas otra vez: {again}")
    check(done == size - len(before), f"después corrigió {done}")
    text = f"murió con {len(before)} corregidas; la segunda vez, las {done} que faltaban"
    return _outcome(school, "make grade, SIGKILL en el medio y otra vez", text, check)


def killed_worker(school: SchoolClass, batch: int = 20) -> Outcome:
    """La clase en un cluster de dos workers, de los que uno muere en el medio."""
    check = Checks()
    size = len(school.students)
    dags = school.root / "dags"
    dags.mkdir()
    (dags / f"{DAG}.py").symlink_to(COURSE_DAGS / f"{DAG}.py")
    env = {COURSE_VARIABLE: str(school.root)}
    with running_cluster(dags, workers=2, concurrency=1, start_timeout=300, env=env) as cluster:
        start = time.monotonic()
        run_id = start_on_airflow(cluster, school, batch)
        run, before, again = kill_on_airflow(
            cluster, school, run_id, size // 3, lambda: _kill_busy(cluster, run_id)
        )
        seconds = time.monotonic() - start
        hosts = set(cluster.hosts(DAG, run_id).values())
    tries = {name: tries for name, tries in run.tries.items() if tries > 1}
    check(run.state == "success", f"la corrida terminó en {run.state}: {run.states}")
    check(len(hosts) == 2, f"trabajaron {hosts}")
    check(bool(tries), "no se repitió ninguna tarea")
    check(not again, f"ejecutadas otra vez: {again}")
    text = (
        f"{seconds:.0f} s; murió con {before} ejecutadas; repetidas, las tareas "
        f"{json.dumps(tries)} y ninguna entrega"
    )
    return _outcome(school, "cluster de 2 workers, SIGKILL a 1 en el medio", text, check)


def _kill_busy(cluster: Cluster, run_id: str) -> None:
    victim = "worker-2"
    _until(lambda: victim in cluster.hosts(DAG, run_id, "running").values())
    cluster.kill_worker(victim)


def _outcome(school: SchoolClass, name: str, text: str, check: Checks) -> Outcome:
    wrong = school.wrong()
    size = len(school.students)
    published = f"{size} entregas; notas que no son las del catálogo: {len(wrong)}"
    return Outcome(f"{size} entregas, {name}", text, [*check.problems, *wrong[:5]], published)
