"""Las corridas que tendría un DAG con cierto timetable, sin ejecutarlas."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from amq2.orchestrator import inline  # noqa: F401 - antes que Airflow: le da su casa
from amq2.settings import TIME_ZONE

# isort: split
import pendulum
from airflow.timetables.base import DagRunInfo, TimeRestriction, Timetable


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


def _moment(when: datetime | None) -> pendulum.DateTime | None:
    return None if when is None else pendulum.instance(when, tz=TIME_ZONE)
