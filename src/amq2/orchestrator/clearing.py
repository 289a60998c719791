"""Reparar una corrida en este proceso: limpiar lo que falló y ejecutarlo otra vez.

Es lo que hacen el botón Clear de la pantalla de Airflow y su API, con la opción de limpiar sólo lo
que falló.
"""

from collections.abc import Collection
from typing import Any

from amq2.orchestrator.failures import listening
from amq2.orchestrator.home import AirflowError
from amq2.orchestrator.inline import same_params, silent, summary, without_waiting
from amq2.orchestrator.runs import Run

# isort: split
# Después de `inline`, que le da a Airflow su casa.
from airflow.models.dagrun import DagRun
from airflow.sdk import DAG
from airflow.sdk.definitions.dag import _run_task
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, TaskInstanceState
from sqlalchemy import select


def rerun_failed(dag: DAG, run: Run) -> Run:
    """Limpia las tareas de una corrida que quedaron `failed` o `upstream_failed`, y la sigue.

    Args:
        dag: el DAG, ya reparado: con las mismas tareas.
        run: lo que devolvió `run_dag`.

    Returns:
        La misma corrida, otra vez terminada. Lo que no se limpió queda como estaba.

    Raises:
        AirflowError: si una tarea espera, como un sensor: no hay quién la despierte.
    """
    return _rerun(dag, run, only_failed=True)


def rerun(dag: DAG, run: Run, tasks: Collection[str]) -> Run:
    """Como `rerun_failed`, con estas tareas, hayan terminado como hayan terminado."""
    return _rerun(dag, run, task_ids=list(tasks))


def _rerun(dag: DAG, run: Run, **which: Any) -> Run:  # noqa: ANN401
    scheduled = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
    query = select(DagRun).where(DagRun.dag_id == run.dag_id, DagRun.run_id == run.run_id)
    with (
        listening() as failures,
        same_params(dag),
        without_waiting(dag),
        silent(),
        create_session() as session,
    ):
        scheduled.clear(
            run_id=run.run_id,
            **which,
            dag_run_state=DagRunState.RUNNING,
            session=session,
        )
        dag_run = session.scalars(query).one()
        dag_run.dag = scheduled
        while dag_run.state == DagRunState.RUNNING:
            ready, _ = dag_run.update_state(session=session)
            if not ready and dag_run.state == DagRunState.RUNNING:
                raise AirflowError("Quedó una tarea esperando: acá no se espera a un sensor.")
            for instance in ready:
                instance.try_number += 1
                instance.state = TaskInstanceState.SCHEDULED
            session.commit()
            for instance in ready:
                _run_task(ti=instance, task=dag.task_dict[instance.task_id])
            session.expire_all()
        return summary(dag_run, failures)
