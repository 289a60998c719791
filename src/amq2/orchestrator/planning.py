"""Las corridas que tendría un DAG con cierto timetable, sin ejecutarlas."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import pandas as pd

from amq2.orchestrator import inline  # noqa: F401 - antes que Airflow: le da su casa
from amq2.settings import TIME_ZONE

# isort: split
import pendulum
from airflow.sdk.bases.timetable import BaseTimetable
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import DagRunInfo, TimeRestriction, Timetable

DAYS = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")


def planned_runs(
    timetable: Timetable,
    start: datetime | None,
    end: datetime | None = None,
    *,
    catchup: bool = True,
    limit: int = 100,
) -> list[DagRunInfo]:
    """Le pregunta a un timetable por cada corrida, una atrás de la otra, como hace el scheduler.

    Args:
        timetable: a quién preguntarle.
        start: el `start_date` del DAG; sin zona horaria, es la hora de Buenos Aires.
        end: su `end_date`; None si no tiene.
        catchup: si se arman las corridas que ya quedaron atrás.
        limit: cuántas, a lo sumo.
    """
    restriction = TimeRestriction(_moment(start), _moment(end), catchup)

    def ask() -> Iterator[DagRunInfo]:
        last = None
        while info := timetable.next_dagrun_info(
            last_automated_data_interval=last, restriction=restriction
        ):
            yield info
            last = info.data_interval

    return list(islice(ask(), limit))


def next_runs(timetable: Timetable | BaseTimetable, start: datetime, n: int) -> pd.DataFrame:
    """Las primeras corridas de un horario, en hora de Buenos Aires.

    Args:
        timetable: el horario, de los que trae Airflow o propio.
        start: el `start_date` del DAG.
        n: cuántas corridas.

    Returns:
        Una fila por corrida: cuándo corre, y dónde empieza y termina su intervalo de datos.
    """
    runs = planned_runs(coerce_to_core_timetable(timetable), start, limit=n)
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


def _moment(when: datetime | None) -> pendulum.DateTime | None:
    return None if when is None else pendulum.instance(when, tz=TIME_ZONE)
