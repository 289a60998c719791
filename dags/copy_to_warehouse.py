"""
### De la base operativa al warehouse

**Qué muestra.** `GenericTransfer` lee con una conexión y escribe con otra; el DAG sólo las nombra
(`amq2_operational` y `amq2_warehouse`). Por defecto son dos archivos de SQLite; con dos variables
de entorno, `AIRFLOW_CONN_AMQ2_OPERATIONAL` y `AIRFLOW_CONN_AMQ2_WAREHOUSE`, son MariaDB y
PostgreSQL, sin tocar el DAG.

Antes de escribir borra el día (`preoperator`): corrido dos veces, no duplica. Borrar y escribir no
son una sola transacción: si se corta en el medio, falta el día hasta que se repita la tarea.

**Cómo se corre.** Trigger; `rows` es cuántas solicitudes hubo.

**Qué mirar.** En `copy`, *Plantillas Renderizadas*; en `compare`, el XCom: filas y
sumas de cada lado.
"""

from datetime import date, datetime, timedelta
from typing import Any

from airflow.providers.common.sql.operators.generic_transfer import GenericTransfer
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import BaseHook, Param, dag, task

from amq2.orchestrator.connections import (
    COLUMNS,
    CREATE_TABLE,
    OPERATIONAL,
    TABLE,
    WAREHOUSE,
    fill_operational,
)
from amq2.settings import TIME_ZONE

OF_THE_DAY = f"FROM {TABLE} WHERE application_date = '{{{{ params.day }}}}'"
TOTALS = ("COUNT(*)", "SUM(income)", "SUM(amount)", "SUM(debt_ratio)")


@dag(
    schedule=None,
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    dagrun_timeout=timedelta(minutes=10),
    default_args={
        "owner": "datos",
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "execution_timeout": timedelta(minutes=2),
    },
    params={
        "day": Param("2026-03-02", type="string", format="date", title="Día"),
        "rows": Param(200, type="integer", minimum=1, maximum=1_000, title="Solicitudes"),
    },
    tags=["amq2", "transferencia"],
    doc_md=__doc__,
)
def copy_to_warehouse() -> None:
    @task
    def receive_requests(day: str, params: dict[str, Any] | None = None) -> int:
        """Hace de sucursales: carga las solicitudes del día."""
        assert params is not None
        return fill_operational(date.fromisoformat(day), params["rows"])

    create_table = SQLExecuteQueryOperator(
        task_id="create_table", conn_id=WAREHOUSE, sql=CREATE_TABLE
    )
    copy = GenericTransfer(
        task_id="copy",
        source_conn_id=OPERATIONAL,
        destination_conn_id=WAREHOUSE,
        destination_table=TABLE,
        preoperator=f"DELETE {OF_THE_DAY}",
        sql=f"SELECT {', '.join(COLUMNS)} {OF_THE_DAY} ORDER BY applicant_id",
        # Todo el día en una transacción.
        insert_args={"target_fields": list(COLUMNS), "commit_every": 10_000},
    )

    @task
    def compare(query: str) -> dict[str, dict[str, float]]:
        """Filas y sumas de cada lado; falla si no coinciden."""
        totals = {name: _totals(name, query) for name in (OPERATIONAL, WAREHOUSE)}
        if totals[OPERATIONAL] != totals[WAREHOUSE]:
            raise ValueError(f"La copia no coincide con el original: {totals}.")
        return totals

    query = f"SELECT {', '.join(TOTALS)} {OF_THE_DAY}"
    receive_requests("{{ params.day }}") >> create_table >> copy >> compare(query)


def _totals(connection: str, query: str) -> dict[str, float]:
    """Los totales de un lado. Cada base da sus números con otro tipo: acá, todos `float`."""
    row = BaseHook.get_connection(connection).get_hook().get_first(query)
    return {name: round(float(value or 0), 6) for name, value in zip(TOTALS, row, strict=True)}


copy_to_warehouse()
