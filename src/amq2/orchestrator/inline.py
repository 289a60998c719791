"""Un DAG de punta a punta en este proceso, sin scheduler: `run = run_dag(my_dag())`.

Al importar este módulo, Airflow recibe una casa propia y temporal, que se borra cuando el proceso
termina. Por eso se importa antes que `airflow`: al arrancar, Airflow mira dónde está su casa.

La primera corrida de un proceso tarda varios segundos más, porque Airflow carga lo que necesita
para ejecutar. Va al final de este módulo, con un DAG vacío: así todas las demás son rápidas.
"""

import atexit
import contextlib
import io
import os
import shutil
import sysconfig
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from amq2.orchestrator.home import AirflowError, environment, prepare, without_airflow_settings
from amq2.orchestrator.runs import Run, TaskRun, in_order, label

BUNDLE = "dags-folder"
"""El nombre que le da Airflow a su carpeta de DAGs."""


def isolate() -> Path:
    """Le da a Airflow una casa temporal en este proceso y devuelve su carpeta.

    Raises:
        AirflowError: si no se puede crear su base de datos.
    """
    home = Path(tempfile.mkdtemp(prefix="amq2-airflow-"))
    owner = os.getpid()
    # Un proceso hijo hereda esta función: la casa sólo la borra quien la creó.
    atexit.register(_remove, home, owner)
    dags = home / "dags"
    dags.mkdir()
    kept = without_airflow_settings(os.environ)
    for name in set(os.environ) - set(kept):
        del os.environ[name]
    os.environ.update(environment(prepare(home), dags))
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "CRITICAL"
    return home


def _remove(home: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(home, ignore_errors=True)


HOME = isolate()
"""La casa de Airflow en este proceso."""

# Ahora sí: Airflow ya sabe dónde vive.
from airflow.dag_processing.bundles.manager import DagBundlesManager  # noqa: E402
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db  # noqa: E402
from airflow.listeners import hookimpl  # noqa: E402
from airflow.models.xcom import XComModel  # noqa: E402
from airflow.providers.standard.operators.python import PythonOperator  # noqa: E402
from airflow.sdk import DAG  # noqa: E402
from airflow.sdk.definitions.mappedoperator import MappedOperator  # noqa: E402
from airflow.sdk.exceptions import AirflowTaskTerminated, AirflowTaskTimeout  # noqa: E402
from airflow.sdk.listener import get_listener_manager  # noqa: E402
from airflow.sdk.serde import deserialize  # noqa: E402
from airflow.utils.session import create_session  # noqa: E402

TASK_ERRORS = (Exception, SystemExit, AirflowTaskTimeout, AirflowTaskTerminated)
"""Lo que hace fallar a una tarea; cualquier otra cosa, como Ctrl-C, interrumpe la corrida."""

LIBRARIES = (
    *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
    str(Path(__file__).parents[1]),
)
"""Dónde está el código que no es de quien escribió el DAG."""


def run_dag(
    dag: DAG,
    logical_date: datetime | None = None,
    *,
    conf: Mapping[str, Any] | None = None,
    quiet: bool = True,
) -> Run:
    """Ejecuta un DAG en este proceso, tarea por tarea, y cuenta cómo salió.

    Es `dag.test()` de Airflow, con la base de datos de la casa de este proceso. No hay scheduler:
    las tareas corren de a una, y entre un intento y otro no se espera.

    Args:
        dag: el DAG; si lo definiste con `@dag`, lo que devuelve llamar a tu función.
        logical_date: la fecha de la corrida; si no se da, ahora. Sin zona horaria, es UTC.
        conf: los parámetros de la corrida.
        quiet: no mostrar lo que escriben las tareas.

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
    with _errors() as failures, _without_waiting(dag), _quiet(quiet):
        _register(dag)
        when = logical_date or datetime.now(UTC)
        dag_run = dag.test(logical_date=when, run_conf=dict(conf) if conf else None)
        return _summary(dag_run, failures)


@dataclass
class _Failures:
    """Con qué excepción terminó cada tarea, y en qué renglón."""

    errors: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def _errors() -> Iterator[_Failures]:
    """Escucha a Airflow y anota con qué excepción termina cada tarea, mientras dura el bloque."""
    found = _Failures()

    class Listener:
        @hookimpl
        def on_task_instance_failed(self, task_instance: Any, error: object) -> None:  # noqa: ANN401
            if isinstance(error, BaseException) and not isinstance(error, TASK_ERRORS):
                # Interrumpieron a run_dag, no falló la tarea: que Airflow no la reintente.
                raise error
            name = label(task_instance.task_id, task_instance.map_index)
            found.errors[name] = describe_error(error)
            found.lines[name] = own_line(error)

    manager, listener = get_listener_manager(), Listener()
    manager.add_listener(listener)
    try:
        yield found
    finally:
        manager.pm.unregister(listener)


def describe_error(error: object) -> str:
    """Una excepción en un renglón: `KeyError: 'ars'`."""
    kind = f"{type(error).__name__}: " if isinstance(error, BaseException) else ""
    return " ".join(f"{kind}{error}".split())


def own_line(error: object) -> str:
    """El último renglón por el que pasó una excepción que no es de una biblioteca, o nada.

    Por ejemplo: `rates["ars"] (línea 7)`.
    """
    trace = error.__traceback__ if isinstance(error, BaseException) else None
    for frame in reversed(traceback.extract_tb(trace)):
        if not frame.filename.startswith((*LIBRARIES, "<")):
            return f"{frame.line} (línea {frame.lineno})"
    return ""


@contextlib.contextmanager
def _without_waiting(dag: DAG) -> Iterator[None]:
    """Los reintentos de un DAG, sin espera mientras dura el bloque.

    Sin scheduler, no hay a quién darle tiempo entre un intento y otro.
    """
    no_wait = {"retry_delay": timedelta(0), "retry_exponential_backoff": 0}
    before = []
    for task in dag.tasks:
        options: Any = task.partial_kwargs if isinstance(task, MappedOperator) else vars(task)
        before.append((options, {name: options.get(name) for name in no_wait}))
        options.update(no_wait)
    try:
        yield
    finally:
        for options, own in before:
            options.update(own)


@contextlib.contextmanager
def _quiet(is_quiet: bool) -> Iterator[None]:
    """Sin nada de lo que se escribe adentro, si se pide."""
    if not is_quiet:
        yield
        return
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _register(dag: DAG) -> None:
    """Anota el DAG en la base, como hace el DAG processor cuando lee un archivo."""
    DagBundlesManager().sync_bundles_to_db()
    folder = HOME / "dags"
    bag = DagBag(folder, bundle_path=folder, bundle_name=BUNDLE)
    bag.bag_dag(dag)
    sync_bag_to_db(bag, BUNDLE, None)


def _summary(dag_run: Any, failures: _Failures) -> Run:  # noqa: ANN401
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
    with create_session() as session:
        query = XComModel.get_many(
            run_id=dag_run.run_id, dag_ids=dag_run.dag_id, key="return_value"
        )
        rows: Iterable[Any] = session.scalars(
            query.order_by(XComModel.task_id, XComModel.map_index)
        )
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
