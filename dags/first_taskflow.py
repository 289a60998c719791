"""
### Un primer DAG, con TaskFlow

**Qué muestra.** Cada función con `@task` es una tarea. Pasarle a una lo que devuelve otra las
ordena: no hay flechas escritas. Lo que viaja entre tareas (XCom) es la ruta de un archivo, no las
filas.

**Cómo se corre.** Trigger; el parámetro `day` es el día de las solicitudes.

**Qué mirar.** El grafo; en cada tarea, su log y su XCom. Los archivos quedan en
`datos/first_taskflow/<día>/`; si lo corrés otra vez, quedan iguales. `first_classic` hace lo mismo
en el estilo clásico.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from airflow.sdk import Param, dag, task

from amq2.orchestrator.data import data_folder, replace_file, requests_of
from amq2.settings import TIME_ZONE

TOO_MANY_INCOMES = 8
"""Desde cuántos ingresos mensuales un pedido es grande."""


@dag(
    schedule=None,
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    dagrun_timeout=timedelta(minutes=10),
    default_args={
        "owner": "riesgo",
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "execution_timeout": timedelta(minutes=2),
    },
    params={"day": Param("2026-03-02", type="string", format="date", title="Día")},
    tags=["amq2", "taskflow"],
    doc_md=__doc__,
)
def first_taskflow() -> None:
    @task
    def fetch_requests(day: str) -> str:
        path = data_folder("first_taskflow") / day / "requests.csv"
        rows = requests_of(date.fromisoformat(day))
        return str(replace_file(path, rows.to_csv()))

    @task
    def keep_large(requests: str) -> str:
        import pandas as pd

        rows = pd.read_csv(requests, index_col="applicant_id")
        large = rows[rows["amount"] > TOO_MANY_INCOMES * rows["income"]]
        return str(replace_file(Path(requests).with_name("large.csv"), large.to_csv()))

    @task
    def write_notice(large: str, day: str) -> str:
        count = len(Path(large).read_text(encoding="utf-8").splitlines()) - 1
        text = f"Pedidos grandes del {day}: {count}\n"
        return str(replace_file(Path(large).with_name("notice.txt"), text))

    day = "{{ params.day }}"
    write_notice(keep_large(fetch_requests(day)), day)


first_taskflow()
