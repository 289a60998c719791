"""Los mensajes de un ejercicio que se responde con un DAG, y la reparación de una corrida."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amq2.checks import CheckFailed
from amq2.orchestrator import checking
from amq2.orchestrator.checking import built, check_state, ended, succeeded
from amq2.orchestrator.clearing import rerun_failed
from amq2.orchestrator.inline import run_dag
from amq2.practice_dags import bakery_dag

# isort: split
# Después de `inline`, que le da a Airflow su casa.
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

DEPRECATED = "ignore:The `airflow.utils.operator_helpers.determine_kwargs` attribute"
"""El proveedor importa su `PythonSensor` de un lugar que Airflow ya dejó."""


def one_task(work: Callable[[], object], **options: Any) -> DAG:  # noqa: ANN401 - los del operador
    with DAG("prueba") as dag:
        PythonOperator(task_id="work", python_callable=work, **options)
    return dag


def message(function: Callable[..., object], *args: object) -> str:
    with pytest.raises(CheckFailed) as failed:
        function(*args)
    return str(failed.value)


def test_a_failed_task_is_named_with_its_exception_and_its_line() -> None:
    def work() -> float:
        return 1 / 0

    text = message(succeeded, one_task(work))
    assert "work, con ZeroDivisionError: division by zero\n" in text
    assert "Pasó en:     return 1 / 0 (línea " in text
    assert "Fijate en:" in text


def test_a_cycle_is_explained() -> None:
    with DAG("prueba") as dag:
        first, second = EmptyOperator(task_id="first"), EmptyOperator(task_id="second")
        first >> second >> first
    assert "hacen un ciclo" in message(ended, dag)


def test_what_is_not_a_dag_or_has_no_tasks_is_explained() -> None:
    assert "devolvió NoneType" in message(built, lambda: None)
    assert "no tiene tareas" in message(built, lambda: DAG("vacio"))


def test_a_date_out_of_the_dag_is_explained() -> None:
    dag = DAG("futuro", start_date=datetime(2030, 1, 1, tzinfo=UTC))
    EmptyOperator(task_id="work", dag=dag)
    assert "no le tocó a ninguna tarea" in message(ended, dag, datetime(2026, 3, 2, tzinfo=UTC))


def test_an_unknown_task_is_answered_with_those_that_ran() -> None:
    result = run_dag(one_task(lambda: None))
    assert "las que corrieron son work" in message(check_state, result, "wait", "success", "")


@pytest.mark.filterwarnings(DEPRECATED)
@pytest.mark.parametrize("mode", ["poke", "reschedule"])
def test_a_sensor_that_waits_for_ever_is_cut_and_what_follows_works(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.providers.standard.sensors.python import PythonSensor

    monkeypatch.setattr("amq2.checks.SECONDS_TO_RUN", 2)
    with DAG("espera") as dag:
        PythonSensor(
            task_id="wait", python_callable=lambda: False, mode=mode, poke_interval=1, retries=3
        )
    start = time.monotonic()
    assert "no terminó a tiempo" in message(ended, dag)
    assert time.monotonic() - start < 10
    assert succeeded(one_task(lambda: None)).states == {"work": "success"}


def test_retries_do_not_wait_and_keep_their_settings() -> None:
    def work() -> None:
        raise ValueError

    options = {
        "retries": 2,
        "retry_delay": timedelta(hours=1),
        "retry_exponential_backoff": 2,
    }
    dag = one_task(work, **options)
    assert checking.ended(dag).tries == {"work": 3}
    task = dag.get_task("work")
    assert {name: getattr(task, name) for name in options} == options


def test_only_what_failed_runs_again() -> None:
    night = run_dag(bakery_dag())
    assert night.state == "failed"
    morning = rerun_failed(bakery_dag(van_works=True), night)
    assert morning.state == "success"
    again = {name for name, tries in morning.tries.items() if tries > night.tries[name]}
    failed = {name for name, state in night.states.items() if str(state).endswith("failed")}
    assert again == failed
