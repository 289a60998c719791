"""
### Las sucursales cierran el día

**Qué muestra.** Hace de sucursales: carga en la base operativa las solicitudes de un día y deja su
cierre, el archivo que espera `nightly_scoring`. En un banco esto pasa solo.

**Cómo se corre.** Trigger; `rows` es cuántas solicitudes hubo y `bad_rows` cuántas salieron mal.

**Qué mirar.** El cierre, en `datos/nightly_scoring/inbox/`: en el último renglón, cuántas son.
"""

from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk import Param, dag, task

from amq2.settings import TIME_ZONE


@dag(
    schedule=None,
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    dagrun_timeout=timedelta(minutes=10),
    default_args={
        "owner": "sucursales",
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "execution_timeout": timedelta(minutes=5),
    },
    params={
        "day": Param("2026-03-02", type="string", format="date", title="Día"),
        "rows": Param(2_000, type="integer", minimum=0, maximum=1_000_000, title="Solicitudes"),
        "bad_rows": Param(0, type="integer", minimum=0, title="Con errores"),
    },
    tags=["amq2", "batch"],
    doc_md=__doc__,
)
def close_the_day() -> None:
    @task
    def close(params: dict[str, Any] | None = None) -> str:
        from amq2.nightly.branches import close_day

        assert params is not None
        day = date.fromisoformat(params["day"])
        return str(close_day(day, params["rows"], n_bad=params["bad_rows"]))

    close()


close_the_day()
