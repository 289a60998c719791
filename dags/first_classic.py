"""
### El mismo DAG, en el estilo clásico

**Qué muestra.** Lo mismo que `first_taskflow`, como se escribía antes y como lo vas a encontrar en
muchas empresas: cada tarea es un operador (`PythonOperator`, `BashOperator`), las flechas se
escriben con `>>` y el XCom se pide por su nombre en una plantilla de Jinja.

**Cómo se corre.** Trigger, con el mismo `day`.

**Qué mirar.** En `write_notice`, *Plantillas Renderizadas*: el comando con la ruta ya puesta. Los
archivos de `datos/first_classic/<día>/` son iguales, byte por byte, a los de `first_taskflow`.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param

from amq2.orchestrator.data import data_folder, replace_file, requests_of
from amq2.settings import TIME_ZONE

TOO_MANY_INCOMES = 8
"""Desde cuántos ingresos mensuales un pedido es grande."""


def fetch_requests(day: str) -> str:
    path = data_folder("first_classic") / day / "requests.csv"
    rows = requests_of(date.fromisoformat(day))
    return str(replace_file(path, rows.to_csv()))


def keep_large(requests: str) -> str:
    import pandas as pd

    rows = pd.read_csv(requests, index_col="applicant_id")
    large = rows[rows["amount"] > TOO_MANY_INCOMES * rows["income"]]
    return str(replace_file(Path(requests).with_name("large.csv"), large.to_csv()))


with DAG(
    dag_id="first_classic",
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
    tags=["amq2", "clásico"],
    doc_md=__doc__,
):
    fetch = PythonOperator(
        task_id="fetch_requests",
        python_callable=fetch_requests,
        op_kwargs={"day": "{{ params.day }}"},
    )
    keep = PythonOperator(
        task_id="keep_large",
        python_callable=keep_large,
        op_kwargs={"requests": "{{ ti.xcom_pull(task_ids='fetch_requests') }}"},
    )
    notice = BashOperator(
        task_id="write_notice",
        # set -eu: el primer comando que falla hace fallar la tarea. mv: el archivo entero o nada.
        bash_command="""
            set -eu
            cd "$FOLDER"
            lines=$(wc -l < large.csv)
            echo "Pedidos grandes del {{ params.day }}: $((lines - 1))" > .notice.half
            mv .notice.half notice.txt
            echo "$FOLDER/notice.txt"
        """,
        # Por una variable y no pegada en el comando: una ruta puede tener espacios.
        env={"FOLDER": "{{ ti.xcom_pull(task_ids='keep_large').removesuffix('/large.csv') }}"},
        append_env=True,
    )
    fetch >> keep >> notice
