"""Lo que se mira de un Airflow encendido: sus partes, y en qué se le va el tiempo a una tarea."""

import time
from collections.abc import Sequence

import pandas as pd

from amq2.orchestrator.answers import Change
from amq2.orchestrator.client import POLL, Airflow
from amq2.orchestrator.home import DATABASE, AirflowError
from amq2.orchestrator.runs import Run

NAMES = {
    "api-server": "API server",
    "dag-processor": "DAG processor",
    "scheduler": "scheduler",
    "triggerer": "triggerer",
}
"""Cada parte, con el nombre que lleva en el diagrama."""

EXECUTING = ("worker libre", "worker ocupado", "tarea")


def running_parts(airflow: Airflow) -> pd.DataFrame:
    """Las partes de Airflow que están en marcha, para `draw_components`.

    Returns:
        Una fila por proceso, y una por lo que no es un proceso aparte: con LocalExecutor, el
        executor vive adentro del scheduler, y la base es un archivo. Columnas `componente`, `pid`,
        `memoria MiB` y `estado`.
    """
    rows = []
    for pid, process in airflow.processes().iterrows():
        name = "workers" if process["proceso"] in EXECUTING else NAMES[process["parte"]]
        rows.append((name, pid, process["MiB"], ""))
        if name == "scheduler" and process["proceso"] == "principal":
            rows.append(("executor", pid, None, "adentro del scheduler"))
    tables = airflow.tables()
    size = (airflow.home / DATABASE).stat().st_size / 2**20
    rows.append(("base de datos", None, None, f"{len(tables)} tablas, {size:.0f} MiB en disco"))
    columns = ["componente", "pid", "memoria MiB", "estado"]
    return pd.DataFrame(rows, columns=columns)


def own_runs(airflow: Airflow, dag_id: str, n: int = 1, timeout: float = 90) -> list[Run]:
    """Espera las `n` primeras corridas de un DAG que arranca solo, y sus finales.

    Raises:
        AirflowError: si no aparecen, o no terminan, en `timeout` segundos.
    """
    deadline = time.monotonic() + timeout
    while len(found := airflow.runs(dag_id)) < n or not all(run.is_finished for run in found[:n]):
        if time.monotonic() > deadline:
            raise AirflowError(
                f"«{dag_id}» corrió {len(found)} veces en {timeout:g} s, y se esperaban {n}: "
                "mirá si está en pausa."
            )
        time.sleep(POLL)
    return found[:n]


def life_of(changes: Sequence[Change], task: str) -> list[tuple[str, object]]:
    """Los estados de una tarea, con su hora, para `plot_life`."""
    return [(change.state, change.moment) for change in changes if change.task == task]


def seconds_in_each_state(changes: Sequence[Change]) -> pd.DataFrame:
    """Cuánto estuvo cada tarea en cada estado, sin contar el último.

    Args:
        changes: lo que da `airflow.watch`, en orden.

    Returns:
        Una fila por tarea y una columna por estado, en segundos.
    """
    table = pd.DataFrame(changes)
    table["segundos"] = (
        table.groupby("task")["moment"].shift(-1) - table["moment"]
    ).dt.total_seconds()
    return (
        table.dropna(subset="segundos")
        .pivot_table(index="task", columns="state", values="segundos", aggfunc="sum", sort=False)
        .rename_axis(index="tarea", columns="segundos en cada estado")
        .fillna(0)
        .round(1)
    )
