# pierde: 3
# mensaje: pay corrió antes que
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def pharmacy_dag(work):
    names = ("count_stock", "read_sales", "forecast", "order", "pay", "notify")
    with DAG("farmacia") as dag:
        stock, sales, forecast, order, pay, notify = (
            PythonOperator(task_id=name, python_callable=work, op_args=[name]) for name in names
        )
        pay >> stock
        [stock, sales] >> forecast >> order >> notify
    return dag
