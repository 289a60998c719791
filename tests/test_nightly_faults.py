"""Tres fallas de la noche del banco; `make stress` hace todas."""

from collections.abc import Callable
from pathlib import Path

import pytest

# Primero: le da su casa a Airflow.
from tests import nightly_faults as faults

# isort: split
from tests import nightly_kills as kills
from tests.api_faults import Outcome
from tests.conftest import not_run
from tests.nightly_runs import DAY, clean
from tests.postgres import find_programs


def full_disk(folder: Path) -> Outcome:
    return faults.no_space_for(folder, "publish")


def database_down(folder: Path) -> Outcome:
    if find_programs() is None:
        not_run("postgresql", "sudo apt install postgresql")
    return faults.stopped(folder)


def every_task_killed(folder: Path) -> Outcome:
    clean()
    with kills.live_night(folder) as night:
        return kills.killed_tasks(night, "middle", DAY)


@pytest.mark.parametrize("fault", [full_disk, database_down, every_task_killed])
def test_the_night_publishes_what_a_clean_one_does_or_leaves_what_there_was(
    fault: Callable[[Path], Outcome], tmp_path: Path
) -> None:
    outcome = fault(tmp_path)
    assert not outcome.problems, f"{outcome.fault}: {outcome.came_back}"
