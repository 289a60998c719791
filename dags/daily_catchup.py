"""
### Un día por corrida: intervalos de datos, catch-up y backfill

**Qué muestra.** Cada corrida tiene su intervalo de datos: un día de Buenos Aires, de medianoche a
medianoche, y corre cuando el día terminó. Lo que escribe depende del intervalo y no de la hora a la
que corre: por eso el pasado se puede recuperar. Con `catchup=True`, al activarlo corren los cinco
días que van del 2 al 6 de marzo de 2026.

**Cómo se corre.** Activalo. Para rehacer días, *Trigger* → *Backfill*. Una corrida con
fecha de otro día no tiene tareas: `end_date` la deja afuera.

**Qué mirar.** Las cinco corridas en la grilla. En `datos/daily_catchup/`, un archivo por día con su
intervalo en hora universal: empieza a las 03:00, que es la medianoche de Buenos Aires.
"""

from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import CronDataIntervalTimetable, dag, task

from amq2.orchestrator.data import data_folder, replace_file, requests_of
from amq2.settings import TIME_ZONE


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=str(TIME_ZONE)),
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    end_date=datetime(2026, 3, 6, tzinfo=TIME_ZONE),
    catchup=True,
    max_active_runs=2,
    dagrun_timeout=timedelta(minutes=10),
    default_args={
        "owner": "riesgo",
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "execution_timeout": timedelta(minutes=2),
    },
    tags=["amq2", "horarios"],
    doc_md=__doc__,
)
def daily_catchup() -> None:
    @task
    def add_up_the_day(
        data_interval_start: Any = None,  # noqa: ANN401
        data_interval_end: Any = None,  # noqa: ANN401
    ) -> str:
        # Llegan en hora universal: el día es el de Buenos Aires.
        day = data_interval_start.astimezone(TIME_ZONE).date()
        rows = requests_of(day)
        text = (
            f"intervalo: {data_interval_start:%Y-%m-%d %H:%M} a {data_interval_end:%Y-%m-%d %H:%M} "
            f"UTC\nsolicitudes: {len(rows)}\nmonto: {rows['amount'].sum()}\n"
        )
        return str(replace_file(data_folder("daily_catchup") / f"{day}.txt", text))

    add_up_the_day()


daily_catchup()
