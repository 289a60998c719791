"""`run_dag`: un DAG en este proceso, sin scheduler, y lo que cuenta de él."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from amq2.orchestrator.home import AirflowError
from amq2.orchestrator.inline import run_dag
from amq2.orchestrator.isolated import HOME

from airflow.sdk import DAG, dag, task  # isort: skip - después de que inline le dio su casa

START = datetime(2024, 1, 1, tzinfo=UTC)
SECONDS_FOR_THE_NEXT = 5
"""Una corrida de más tarda menos de un segundo; el resto es por si la máquina está ocupada."""


def sample(function: Any, **options: Any) -> DAG:  # noqa: ANN401
    """El DAG que arma esa función, con su nombre."""
    made: DAG = dag(schedule=None, start_date=START, dag_id=function.__name__, **options)(
        function
    )()
    return made


def test_the_states_tries_and_results_of_each_task_are_told() -> None:
    def plain() -> None:
        @task
        def source() -> list[int]:
            return [1, 2, 3]

        @task
        def total(values: list[int]) -> int:
            return sum(values)

        total(source())  # type: ignore[arg-type] # @task lo vuelve una tarea

    run = run_dag(sample(plain))
    assert (run.dag_id, run.state, run.is_finished) == ("plain", "success", True)
    assert run.states == {"source": "success", "total": "success"}
    assert run.tries == {"source": 1, "total": 1}
    assert run.results == {"source": [1, 2, 3], "total": 6}
    assert run.errors == {}
    assert list(run.table().index) == ["source", "total"]


def test_a_mapped_task_has_a_state_for_each_copy_and_a_list_of_results() -> None:
    def mapped() -> None:
        @task
        def double(number: int) -> int:
            return 2 * number

        double.expand(number=[3, 4])

    run = run_dag(sample(mapped))
    assert run.states == {"double [0]": "success", "double [1]": "success"}
    assert run.results == {"double": [6, 8]}


def test_a_failure_says_its_exception_and_stops_what_follows() -> None:
    def broken() -> None:
        @task
        def breaks() -> int:
            raise ValueError("no hay\ndatos")

        @task
        def after(number: int) -> int:
            return number

        after(breaks())  # type: ignore[arg-type]

    run = run_dag(sample(broken))
    assert run.state == "failed"
    assert run.states == {"breaks": "failed", "after": "upstream_failed"}
    assert run.errors == {"breaks": "ValueError: no hay datos"}


def test_a_retry_does_not_wait_and_is_counted(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    def flaky() -> None:
        @task(retries=2)  # Airflow esperaría cinco minutos antes de cada uno
        def second_time() -> str:
            if not mark.exists():
                mark.touch()
                raise ValueError("todavía no")
            return "listo"

        second_time()

    made = sample(flaky)
    [before] = [one.retry_delay for one in made.tasks]
    run = run_dag(made)
    assert (run.state, run.tries) == ("success", {"second_time": 2})
    assert run.results == {"second_time": "listo"}
    assert [one.retry_delay for one in made.tasks] == [before]


def test_a_branch_skips_the_other_way() -> None:
    def forked() -> None:
        @task.branch
        def choose() -> str:
            return "left"

        @task
        def left() -> None: ...

        @task
        def right() -> None: ...

        choose() >> [left(), right()]

    states = run_dag(sample(forked)).states
    assert states == {"choose": "success", "left": "success", "right": "skipped"}


def test_the_date_and_the_parameters_reach_the_tasks() -> None:
    def dated() -> None:
        @task
        def told(logical_date: Any = None, params: Any = None) -> str:  # noqa: ANN401
            return f"{logical_date:%Y-%m-%d} {params['branch']}"

        told()

    made = sample(dated, params={"branch": "Rosario"})
    when = datetime(2024, 5, 17, tzinfo=UTC)
    assert run_dag(made, when).results["told"] == "2024-05-17 Rosario"
    assert run_dag(made, when, conf={"branch": "Salta"}).results["told"] == "2024-05-17 Salta"


def test_after_the_first_a_run_is_quick_and_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    def quick() -> None:
        @task
        def noisy() -> None:
            print("ruido")

        noisy()

    made = sample(quick)
    run_dag(made)
    capfd.readouterr()
    start = time.monotonic()
    run_dag(made)
    assert time.monotonic() - start < SECONDS_FOR_THE_NEXT
    assert "ruido" not in "".join(capfd.readouterr())


def test_what_is_not_a_dag_is_one_line_that_says_what_to_pass() -> None:
    @dag(schedule=None)
    def uncalled() -> None: ...

    wrong: Any = uncalled
    with pytest.raises(AirflowError, match=r"llegó function: .* run_dag\(my_dag\(\)\)"):
        run_dag(wrong)


def test_the_home_is_its_own_and_is_removed_with_the_process() -> None:
    code = "from amq2.orchestrator.isolated import HOME; print(HOME); assert HOME.is_dir()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    [line] = done.stdout.splitlines()
    assert Path(line) != HOME
    assert not Path(line).exists()


def test_importing_it_leaves_the_logs_of_the_process_as_they_were() -> None:
    code = (
        "import logging; root = logging.getLogger(); before = root.level, root.handlers[:];"
        "import amq2.orchestrator.inline; assert before == (root.level, root.handlers)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_foreign_configuration_of_airflow_is_not_used(tmp_path: Path) -> None:
    foreign = tmp_path / "airflow.cfg"
    foreign.write_text(f"[database]\nsql_alchemy_conn = sqlite:///{tmp_path}/ajena.db\n")
    code = (
        "import amq2.orchestrator.isolated as mine; from airflow.configuration import conf;"
        "print(conf.get('database', 'sql_alchemy_conn') == f'sqlite:///{mine.HOME}/airflow.db')"
    )
    environment = {**os.environ, "AIRFLOW_CONFIG": str(foreign)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "True\n", done.stderr


def test_airflow_imported_before_is_an_error_that_says_what_to_do() -> None:
    code = "import airflow.configuration, amq2.orchestrator.isolated"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "reiniciá el kernel e importá antes amq2.orchestrator" in done.stderr


def test_a_date_without_zone_is_utc() -> None:
    with DAG("naive") as naive:

        @task
        def day(ds: str | None = None) -> str | None:
            return ds

        day()
    assert run_dag(naive, datetime(2026, 3, 2)).results["day"] == "2026-03-02"  # noqa: DTZ001


def test_sigterm_still_ends_the_process() -> None:
    code = (
        "import os, signal; import amq2.orchestrator.inline; os.kill(os.getpid(), signal.SIGTERM)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == -signal.SIGTERM
