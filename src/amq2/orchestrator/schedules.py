"""Un horario como tabla: las próximas corridas, y qué datos le tocan a cada una."""

from datetime import datetime

import pandas as pd

from amq2.orchestrator.planning import planned_runs
from amq2.settings import TIME_ZONE

# isort: split
# Después de `planning`, que le da a Airflow su casa.
from airflow.sdk.bases.timetable import BaseTimetable
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import Timetable

DAYS = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")


def next_runs(timetable: Timetable | BaseTimetable, start: datetime, n: int) -> pd.DataFrame:
    """Las primeras corridas de un horario, en hora de Buenos Aires.

    Args:
        timetable: el horario, de los que trae Airflow o propio.
        start: el `start_date` del DAG.
        n: cuántas corridas.

    Returns:
        Una fila por corrida: cuándo corre, y dónde empieza y termina su intervalo de datos.
    """
    core = coerce_to_core_timetable(timetable)
    runs = planned_runs(core.next_dagrun_info, start, limit=n)
    return pd.DataFrame(
        [
            {
                "corre": _text(run.run_after),
                "datos desde": _text(run.data_interval.start),
                "datos hasta": _text(run.data_interval.end),
            }
            for run in runs
            if run.data_interval
        ],
        index=pd.RangeIndex(1, len(runs) + 1, name="corrida"),
    )


def _text(moment: datetime) -> str:
    here = moment.astimezone(TIME_ZONE)
    return f"{DAYS[here.weekday()]} {here:%d/%m %H:%M}"
