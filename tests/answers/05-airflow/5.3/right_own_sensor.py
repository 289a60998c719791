from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, BaseSensorOperator

PATIENCE = {
    "retries": 3,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(seconds=90),
}


class ResultsSensor(BaseSensorOperator):
    def __init__(self, *, question, **options):
        super().__init__(mode="reschedule", soft_fail=True, **options)
        self.question = question

    def poke(self, context):
        return bool(self.question())


def reception_dag(is_there, load_results):
    dag = DAG("recepcion", default_args=PATIENCE)
    wait = ResultsSensor(
        question=is_there,
        task_id="wait",
        poke_interval=timedelta(seconds=1),
        timeout=timedelta(seconds=2),
        dag=dag,
    )
    load = PythonOperator(task_id="load", python_callable=load_results, dag=dag)
    load << wait
    return dag
