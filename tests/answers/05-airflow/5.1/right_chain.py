from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, chain


def pharmacy_dag(work):
    dag = DAG(dag_id="pedido_nocturno", schedule=None)

    def step(name):
        return PythonOperator(task_id=name, python_callable=lambda: work(name), dag=dag)

    end = EmptyOperator(task_id="end", dag=dag)
    first = [step("read_sales"), step("count_stock")]
    chain(first, step("forecast"), step("order"), [step("notify"), step("pay")], end)
    return dag
