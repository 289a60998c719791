# pierde: 1
# mensaje: Entre intentos se espera 30 segundos, después el doble, y nunca más de 90.
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.sdk import DAG, task


def reception_dag(is_there, load_results):
    with DAG("recepcion") as reception:

        @task
        def load():
            return load_results()

        wait = PythonSensor(
            task_id="wait",
            python_callable=is_there,
            mode="reschedule",
            poke_interval=1,
            timeout=2,
            soft_fail=True,
            retries=3,
            retry_delay=timedelta(seconds=30),
            max_retry_delay=timedelta(seconds=90),
        )
        wait >> load()
    return reception
