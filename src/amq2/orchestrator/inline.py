"""Un DAG de punta a punta en este proceso, sin scheduler: `run = run_dag(my_dag())`.

Al importar este módulo, Airflow recibe una casa propia y temporal (`amq2.orchestrator.isolated`).

La primera corrida de un proceso tarda varios segundos más, porque Airflow carga lo que necesita
para ejecutar. Va al final de este módulo, con un DAG vacío: así todas las demás son rápidas.
"""

import contextlib
import io
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from amq2.orchestrator.failures import Failures, listening
from amq2.orchestrator.home import AirflowError
from amq2.orchestrator.isolated import HOME
from amq2.orchestrator.runs import Run, TaskRun, in_order

# isort: split
# Después de `isolated`: Airflow ya sabe dónde vive.
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
from airflow.models.xcom import XComModel
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG
from airflow.sdk.definitions.mappedoperator import MappedOperator
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.serde import deserialize
from airflow.utils.session import create_session

BUNDLE = "dags-folder"
"""El nombre que le da Airflow a su carpeta de DAGs."""

NO_WAIT = {"retry_delay": timedelta(0), "retry_exponential_backoff": 0}
"""Sin scheduler, no hay a quién darle tiempo entre un intento y otro."""


def run_dag(
    dag: DAG,
    logical_date: datetime | None = None,
    *,
    conf: Mapping[str, Any] | None = None,
) -> Run:
    """Ejecuta un DAG en este proceso, tarea por tarea, y cuenta cómo salió.

    Es `dag.test()` de Airflow, con la base de datos de la casa de este proceso. No hay scheduler:
    las tareas corren de a una, y entre un intento y otro no se espera.

    Args:
        dag: el DAG; si lo definiste con `@dag`, lo que devuelve llamar a tu función.
        logical_date: la fecha de la corrida; si no se da, ahora. Sin zona horaria, es UTC.
        conf: los parámetros de la corrida.

    Returns:
        La corrida, ya terminada.

    Raises:
        AirflowError: si `dag` no es un DAG.
    """
    if not isinstance(dag, DAG):
        raise AirflowError(
            f"run_dag ejecuta un DAG y llegó {type(dag).__name__}: si lo definiste con @dag, "
            "pasale lo que devuelve llamar a tu función, por ejemplo run_dag(my_dag())."
        )
    with (
        listening() as failures,
        same_params(dag),
        without_waiting(dag),
        same_signals(),
        silent(),
    ):
        _register(dag)
        when = logical_date or datetime.now(UTC)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        dag_run = dag.test(logical_date=when, run_conf=dict(conf) if conf else None)
        return summary(dag_run, failures)


@contextlib.contextmanager
def same_params(dag: DAG) -> Iterator[None]:
    """Al final, los parámetros del DAG vuelven a valer lo que valían: `conf` se los cambia."""
    groups = [dag.params, *(task.params for task in dag.tasks)]
    params = [g.get_param(name) for g in groups if isinstance(g, ParamsDict) for name in g]
    before = [param.value for param in params]
    try:
        yield
    finally:
        for param, value in zip(params, before, strict=True):
            param.value = value


@contextlib.contextmanager
def without_waiting(dag: DAG) -> Iterator[None]:
    """Los reintentos de un DAG, sin espera mientras dura el bloque."""
    before = []
    for task in dag.tasks:
        options: Any = task.partial_kwargs if isinstance(task, MappedOperator) else vars(task)
        before.append((options, {name: options[name] for name in NO_WAIT if name in options}))
        options.update(NO_WAIT)
    try:
        yield
    finally:
        for options, own in before:
            for name in NO_WAIT:
                del options[name]
            options.update(own)


@contextlib.contextmanager
def same_signals() -> Iterator[None]:
    """Al final, SIGTERM hace lo que hacía: una tarea de Airflow lo cambia y no lo devuelve."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Sin nada de lo que se escribe adentro: Airflow cuenta demasiado."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _register(dag: DAG) -> None:
    """Anota el DAG en la base, como hace el DAG processor cuando lee un archivo."""
    DagBundlesManager().sync_bundles_to_db()
    folder = HOME / "dags"
    bag = DagBag(folder, bundle_path=folder, bundle_name=BUNDLE)
    bag.bag_dag(dag)
    sync_bag_to_db(bag, BUNDLE, None)


def summary(dag_run: Any, failures: Failures) -> Run:  # noqa: ANN401 - la corrida de Airflow
    """Lo que importa de una corrida de Airflow."""
    tasks = [
        TaskRun(
            task_id=ti.task_id,
            map_index=ti.map_index,
            state=ti.state,
            tries=ti.try_number,
            start=ti.start_date,
            end=ti.end_date,
            operator=ti.operator,
        )
        for ti in dag_run.get_task_instances()
    ]
    return Run(
        dag_id=dag_run.dag_id,
        run_id=dag_run.run_id,
        state=str(dag_run.state),
        tasks=in_order(tasks),
        results=_results(dag_run),
        errors=failures.errors,
        lines=failures.lines,
    )


def _results(dag_run: Any) -> dict[str, Any]:  # noqa: ANN401
    results: dict[str, Any] = {}
    query = XComModel.get_many(run_id=dag_run.run_id, dag_ids=dag_run.dag_id, key="return_value")
    # get_many ordena por hora; acá, por copia.
    query = query.order_by(None).order_by(XComModel.task_id, XComModel.map_index)
    with create_session() as session:
        rows: Iterable[Any] = session.scalars(query)
        for row in rows:
            value = deserialize(XComModel.deserialize_value(row))
            if row.map_index < 0:
                results[row.task_id] = value
            else:
                results.setdefault(row.task_id, []).append(value)
    return results


with DAG("calentamiento") as _first:
    PythonOperator(task_id="nothing", python_callable=lambda: None)
run_dag(_first)
