"""Las corridas que tendría un DAG con cierto timetable, sin ejecutarlas."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from amq2.orchestrator import inline  # noqa: F401 - antes que Airflow: le da su casa

# isort: split
import pendulum
from airflow.timetables.base import DagRunInfo, TimeRestriction


def planned_runs(
    ask: Callable[..., DagRunInfo | None],
    start: datetime | None,
    end: datetime | None = None,
    *,
    catchup: bool = True,
    limit: int = 100,
) -> list[DagRunInfo]:
    """Pregunta por cada corrida, una atrás de la otra, como hace el scheduler.

    Args:
        ask: a quién preguntarle: el `next_dagrun_info` de un timetable.
        start: el `start_date` del DAG, con zona horaria; None si no tiene.
        end: su `end_date`, con zona horaria; None si no tiene.
        catchup: si se arman las corridas que ya quedaron atrás.
        limit: cuántas, a lo sumo.
    """
    restriction = TimeRestriction(
        None if start is None else pendulum.instance(start),
        None if end is None else pendulum.instance(end),
        catchup,
    )

    def answers() -> Iterator[DagRunInfo]:
        last = None
        while info := ask(last_automated_data_interval=last, restriction=restriction):
            yield info
            last = info.data_interval

    return list(islice(answers(), limit))
