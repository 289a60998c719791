"""`make stress`: carga y fallas en grande: el servicio, la pantalla, la noche y la corrección.

Termina con una tabla. Con `python -m tests.stress noche`, sólo las de la noche; con `cluster`, las
de la noche repartida en workers; con `clase`, una clase entera corregida y cortada; con `ataques`,
lo que una entrega intenta contra la corrección; con `notas`, todo el catálogo de respuestas,
corregido también por nbgrader solo.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path

# Primero: le da su casa a Airflow.
from tests import nightly_faults as nights

# isort: split
from amq2.instructor.course import units
from amq2.orchestrator.home import AirflowError
from tests import api_faults as faults
from tests import class_faults as classes
from tests import cluster_faults as clusters
from tests import nightly_kills as kills
from tests.api_faults import Outcome
from tests.api_server import running_api
from tests.app_load import crowd
from tests.attack_catalogue import Attack, catalogue
from tests.attack_class import AttackClass, describe
from tests.nightly_runs import DAY, clean
from tests.stock_grading import compare_marks
from tests.test_api_hostile import run_schemathesis

EXAMPLES = 300
"""Casos por operación que genera schemathesis, con otra semilla cada vez."""


def on_one_service(folder: Path) -> Iterator[Callable[[], Outcome]]:
    """Lo que se le hace, una cosa tras otra, a un mismo proceso."""
    with running_api(folder, **faults.IMPATIENT) as api:
        yield lambda: faults.sustained_load(api, seconds=60, connections=200)
        yield lambda: faults.half_requests(api, clients=200)
        yield lambda: faults.slow_readers(api, clients=100)
        yield lambda: faults.dripping_client(api)
        yield lambda: faults.huge_body(api, megabytes=100)
        yield lambda: faults.endless_head(api, megabytes=100)
        yield lambda: hostile_input(api.url, folder)


def hostile_input(url: str, folder: Path) -> Outcome:
    """schemathesis sobre todo el documento OpenAPI, con todas sus comprobaciones."""
    done = run_schemathesis(url, folder, f"--max-examples={EXAMPLES}")
    lines = done.stdout.splitlines()
    cases = next((line.strip() for line in lines if "generated" in line), "no terminó")
    seed = next((line.strip() for line in lines if line.startswith("Seed")), "sin semilla")
    problems = [f"encontró fallas: {done.stdout[-3000:]}"] if done.returncode else []
    return Outcome("schemathesis, todas sus comprobaciones", f"{cases} ({seed})", problems)


def stress(folder: Path) -> Iterator[Callable[[], Outcome]]:
    """Todas las pruebas, de a una."""
    yield from on_one_service(_new(folder))
    yield lambda: faults.locked_database(_new(folder), writers=200)
    yield lambda: faults.terminated_while_writing(_new(folder), writers=100)
    yield lambda: faults.terminated_under_load(_new(folder), connections=200)
    yield lambda: faults.killed_worker(_new(folder), connections=100, seconds=30)
    yield lambda: crowd(_new(folder), people=20, seconds=20)


def broken_nights(folder: Path) -> Iterator[Callable[[], Outcome]]:
    """Las fallas de la noche que se hacen en este proceso, de a una."""
    ways: list[Callable[[Path], Outcome]] = [
        nights.run_twice,
        nights.late,
        nights.never,
        *(partial(nights.broken_closing, name=name) for name in nights.BROKEN),
        nights.repeated,
        nights.other_table,
        nights.locked,
        nights.stopped,
        *(partial(nights.no_space_for, step=step) for step in nights.STEPS),
        *(partial(nights.disk_full, left=left) for left in (4, 30, 60)),
    ]
    for way in ways:
        yield partial(way, _new(folder))


def killed_nights(folder: Path) -> Iterator[Callable[[], Outcome]]:
    """Las que matan procesos de un Airflow encendido."""
    days = [DAY + timedelta(days=number) for number in range(7)]
    for day in days:
        clean(day)
    with kills.live_night(_new(folder), len(days)) as night:
        for mode, day in zip(kills.MOMENTS, days, strict=False):
            yield partial(kills.killed_tasks, night, mode, day)
        yield partial(kills.killed_for_good, night, days[3])
        yield partial(kills.at_once, night, days[4], days[5])
        yield partial(kills.killed_worker, night, days[6])
    yield lambda: kills.killed_scheduler(_new(folder))
    yield lambda: kills.backfill(_new(folder), days=30)


def nights_on_a_cluster(_folder: Path) -> Iterator[Callable[[], Outcome]]:
    """Las de la noche repartida en workers."""
    yield from clusters.large_nights(rows=200_000, partitions=200)
    yield lambda: clusters.lost_queue(rows=2_000, partitions=20)


def whole_class(folder: Path) -> Iterator[Callable[[], Outcome]]:
    """Una clase entera corregida, y cortada en el medio."""
    yield from classes.large_classes(partial(_new, folder), size=500, small=40)


def attacks(folder: Path) -> Iterator[Callable[[], Outcome]]:
    """Lo que una entrega intenta contra la corrección: se corrigen todas juntas."""
    attacked = AttackClass(_new(folder), catalogue())

    def grade() -> Outcome:
        attacked.run()
        return Outcome("corregir la clase de atacantes", f"{len(attacked.attacks)} entregas", [])

    def one(attack: Attack) -> Outcome:
        row = attacked.row(attack)
        return Outcome(attack.title, row.happened, row.problems, describe(attack, row))

    def after() -> Outcome:
        problems = attacked.aftermath()
        return Outcome("lo demás, después de toda la lista", "igual que antes", problems)

    yield grade
    for attack in attacked.attacks:
        yield partial(one, attack)
    yield after


def same_marks(folder: Path) -> Iterator[Callable[[], Outcome]]:
    """El catálogo de respuestas de cada unidad, corregido por este curso y por nbgrader solo."""
    for unit in units():
        yield partial(compare_marks, unit, _new(folder))


PARTS = {
    "servicio": (stress,),
    "noche": (broken_nights, killed_nights),
    "cluster": (nights_on_a_cluster,),
    "clase": (whole_class,),
    "ataques": (attacks,),
    "notas": (same_marks,),
}


def _new(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


def main(chosen: Sequence[str]) -> int:
    """Corre todo, o las partes que se digan, sin parar en el primer problema; muestra la tabla."""
    outcomes, rows = [], []
    start = time.monotonic()
    parts = chain.from_iterable(PARTS[name] for name in chosen or PARTS)
    with tempfile.TemporaryDirectory(prefix="amq2-") as name:
        for test in chain.from_iterable(part(Path(name)) for part in parts):
            began = time.monotonic()
            try:
                outcome = test()
            except (AirflowError, AssertionError) as error:
                outcome = Outcome(repr(test), "no terminó", [str(error)])
            seconds = f"{time.monotonic() - began:.0f}"
            outcomes.append(outcome)
            rows.append((outcome.fault, outcome.came_back, outcome.published, seconds))
            print(f"  {'✗' if outcome.problems else '✓'} {outcome.fault}", flush=True)
    print("\n| qué se hizo | qué volvió | qué quedó publicado | segundos |\n|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    for outcome in outcomes:
        for problem in outcome.problems:
            print(f"✗ {outcome.fault}: {problem}")
    failed = sum(bool(outcome.problems) for outcome in outcomes)
    print(f"\n{time.monotonic() - start:.0f} segundos; {failed} de {len(outcomes)} con problemas")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
