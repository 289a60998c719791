import sqlite3
import sys

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, BaseHook


def copy_day(source, target, day):
    print(f"copio el {day}", file=sys.stderr)
    connection = sqlite3.connect(BaseHook.get_connection(target).host, isolation_level=None)
    try:
        connection.execute("ATTACH ? AS shop", (BaseHook.get_connection(source).host,))
        connection.execute("BEGIN")
        try:
            connection.execute("DELETE FROM main.daily_sales WHERE day = ?", (day,))
            connection.execute(
                "INSERT INTO main.daily_sales SELECT id, day, amount FROM shop.sales "
                "WHERE day = ? AND status = 'paid'",
                (day,),
            )
            connection.execute("COMMIT")
        except sqlite3.Error:
            connection.execute("ROLLBACK")
            raise
    finally:
        connection.close()


def sales_dag(source, target):
    dag = DAG("copia_de_ventas", schedule=None)
    PythonOperator(
        task_id="all_in_one",
        python_callable=copy_day,
        op_kwargs={"source": source, "target": target, "day": "{{ ds }}"},
        dag=dag,
    )
    return dag
