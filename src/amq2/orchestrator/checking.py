"""Los mensajes de las pruebas de un DAG: armarlo, ejecutarlo, y decir qué tarea falló y por qué.

Como en `amq2.checks`, lo que sale mal termina en un `CheckFailed` que lee quien resuelve.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from amq2.checks import CheckFailed, TooSlowError, check_equal, run
from amq2.orchestrator.failures import describe_error
from amq2.orchestrator.inline import run_dag
from amq2.orchestrator.planning import planned_runs
from amq2.orchestrator.runs import Run

# isort: split
# Después de `inline`, que le da a Airflow su casa.
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowDagCycleException
from airflow.timetables.base import DagRunInfo, Timetable


def built(build: Callable[..., object], *args: object) -> DAG:
    """El DAG que arma una respuesta.

    Args:
        build: la respuesta: una función que devuelve un DAG.
        args: lo que recibe.

    Raises:
        CheckFailed: si la función no está completa, se rompe o devuelve otra cosa.
    """
    dag = run(build, *args)
    name = getattr(build, "__name__", "la función")
    if not isinstance(dag, DAG):
        raise _failed(
            f"{name} tiene que devolver un DAG, y devolvió {type(dag).__name__}.",
            "el `return`; si usaste @dag, se devuelve lo que da llamar a esa función",
        )
    if not dag.tasks:
        raise _failed(
            f"El DAG que devolvió {name} no tiene tareas.",
            "si las tareas están adentro del `with DAG(…)`; con @task, además hay que llamarlas",
        )
    return dag


def ended(
    dag: DAG, logical_date: datetime | None = None, conf: Mapping[str, Any] | None = None
) -> Run:
    """La corrida de un DAG, ya terminada, bien o mal; `conf` son sus parámetros.

    Raises:
        CheckFailed: si tiene un ciclo, no termina o Airflow no lo puede ejecutar.
    """
    try:
        result = run(run_dag, dag, logical_date, conf=conf)
    except CheckFailed as failed:
        error = failed.__context__
    else:
        assert isinstance(result, Run)
        if result.tasks:
            return result
        raise _failed(
            f"En la corrida de «{dag.dag_id}» no le tocó a ninguna tarea.",
            "start_date y end_date: la fecha de la corrida queda afuera",
        )
    if isinstance(error, AirflowDagCycleException):
        raise _failed(
            f"Las dependencias de «{dag.dag_id}» hacen un ciclo, y así ninguna tarea del ciclo "
            f"puede ser la primera.\n  Airflow dice: {error}",
            "seguí las flechas desde esa tarea, hasta volver a ella: una sobra",
        )
    if isinstance(error, TooSlowError):
        raise _failed(
            f"La corrida de «{dag.dag_id}» no terminó a tiempo y se cortó.",
            "si una tarea tiene un bucle que no termina, o un sensor espera de más: su `timeout`",
        )
    raise _failed(
        f"Airflow no puede ejecutar «{dag.dag_id}»: {describe_error(error)}", "cómo se arma"
    )


def succeeded(
    dag: DAG, logical_date: datetime | None = None, conf: Mapping[str, Any] | None = None
) -> Run:
    """La corrida de un DAG que tiene que terminar bien; `conf` son sus parámetros.

    Raises:
        CheckFailed: si no termina bien; dice qué tarea falló, con qué excepción y en qué línea.
    """
    result = ended(dag, logical_date, conf)
    if result.state == "success":
        return result
    states = ", ".join(f"{name} {state}" for name, state in result.states.items())
    failures = [
        f"\n  Falló:       {task.label}, con {result.errors.get(task.label, 'motivo desconocido')}"
        + (f"\n  Pasó en:     {line}" if (line := result.lines.get(task.label)) else "")
        for task in result.tasks
        if task.state == "failed"
    ]
    raise _failed(
        f"La corrida de «{result.dag_id}» terminó en {result.state}.{''.join(failures[:2])}"
        f"\n  Estados:     {states}",
        "qué recibió la tarea que falló y qué esperaba esa línea",
    )


def check_state(result: Run, task: str, expected: str, look_at: str) -> None:
    """Pide que una tarea haya terminado en un estado.

    Args:
        result: la corrida.
        task: su nombre; el de una copia lleva su número, como `score [2]`.
        expected: el estado, por ejemplo `skipped`.
        look_at: a qué conviene prestarle atención para repararlo.

    Raises:
        CheckFailed: si terminó en otro, o si no hay una tarea con ese nombre.
    """
    if task not in result.states:
        found = ", ".join(result.states)
        raise _failed(
            f"No hay una tarea «{task}»: las que corrieron son {found}.", "los nombres pedidos"
        )
    error = result.errors.get(task)
    what = f"El estado de «{task}»" + (f", que terminó con {error}" if error else "")
    check_equal(result.states[task], expected, what, look_at)


def planned(
    timetable: Timetable,
    start: datetime | None,
    end: datetime | None = None,
    *,
    catchup: bool = True,
    limit: int = 100,
) -> list[DagRunInfo]:
    """Las corridas que tendría un DAG con ese timetable; lo que recibe, como en `planned_runs`.

    Raises:
        CheckFailed: si el timetable se rompe o contesta otra cosa.
    """
    if not isinstance(timetable, Timetable):
        raise _failed(f"{type(timetable).__name__} no es un Timetable.", "de qué clase hereda")

    def ask(**options: object) -> DagRunInfo | None:
        info = run(timetable.next_dagrun_info, **options)
        if info is None or (isinstance(info, DagRunInfo) and info.run_after.tzinfo):
            return info
        raise _failed(
            f"next_dagrun_info contestó {info!r}.",
            "que sea un DagRunInfo, con sus fechas en una zona horaria, o None",
        )

    return planned_runs(ask, start, end, catchup=catchup, limit=limit)


def _failed(problem: str, look_at: str) -> CheckFailed:
    return CheckFailed(f"✗ {problem}\n  Fijate en:   {look_at}.")
