from airflow.providers.common.sql.operators.generic_transfer import GenericTransfer
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import DAG


def sales_dag(source, target):
    with DAG("ventas_con_escala") as dag:
        land = GenericTransfer(
            task_id="land",
            source_conn_id=source,
            destination_conn_id=target,
            sql="SELECT id, day, amount FROM sales WHERE day = '{{ ds }}' AND status = 'paid'",
            destination_table="landing",
            preoperator=[
                "DROP TABLE IF EXISTS landing",
                "CREATE TABLE landing (id INTEGER, day TEXT, amount REAL)",
            ],
        )
        swap = SQLExecuteQueryOperator(
            task_id="swap",
            conn_id=target,
            sql=[
                "DELETE FROM daily_sales WHERE day = '{{ ds }}'",
                "INSERT INTO daily_sales SELECT id, day, amount FROM landing",
            ],
        )
        land >> swap
    return dag
