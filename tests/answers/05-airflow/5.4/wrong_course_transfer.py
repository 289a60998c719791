# pierde: 1
# mensaje: Si una venta no entra, el depósito queda como estaba.
from airflow.providers.common.sql.operators.generic_transfer import GenericTransfer
from airflow.sdk import DAG


def sales_dag(source, target):
    with DAG("ventas") as dag:
        GenericTransfer(
            task_id="copy",
            source_conn_id=source,
            destination_conn_id=target,
            sql="SELECT id, day, amount FROM sales WHERE day = '{{ ds }}' AND status = 'paid'",
            destination_table="daily_sales",
            preoperator="DELETE FROM daily_sales WHERE day = '{{ ds }}'",
        )
    return dag
