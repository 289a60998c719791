# pierde: 3
# mensaje: tiene que devolver un DAG, y devolvió NoneType
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def pharmacy_dag(work):
    names = ("count_stock", "read_sales", "forecast", "order", "pay", "notify")
    with DAG("farmacia"):
        stock, sales, forecast, order, pay, notify = (
            PythonOperator(task_id=name, python_callable=work, op_args=[name]) for name in names
        )
        [stock, sales] >> forecast >> order >> [pay, notify]
