"""`make stress`: carga y fallas en grande sobre el servicio y la pantalla, y una tabla."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests import api_faults as faults
from tests.api_faults import Outcome
from tests.api_server import running_api
from tests.app_load import crowd
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


def _new(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


def main() -> int:
    """Corre todo, sin parar en el primer problema, y muestra la tabla."""
    outcomes = []
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="amq2-") as folder:
        for test in stress(Path(folder)):
            outcome = test()
            outcomes.append(outcome)
            print(f"  {'✗' if outcome.problems else '✓'} {outcome.fault}", flush=True)
    print("\n| qué se hizo | qué volvió |\n|---|---|")
    for outcome in outcomes:
        print(f"| {outcome.fault} | {outcome.came_back} |")
    for outcome in outcomes:
        for problem in outcome.problems:
            print(f"✗ {outcome.fault}: {problem}")
    failed = sum(bool(outcome.problems) for outcome in outcomes)
    print(f"\n{time.monotonic() - start:.0f} segundos; {failed} de {len(outcomes)} con problemas")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
