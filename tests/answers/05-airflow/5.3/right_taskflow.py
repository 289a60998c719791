import sys

from airflow.sdk import dag, task


def reception_dag(is_there, load_results):
    @dag("laboratorio")
    def reception():
        @task.sensor(
            mode="reschedule",
            poke_interval=1.0,
            timeout=2.0,
            soft_fail=True,
            retries=3,
            retry_delay=timedelta(minutes=0.5),
            retry_exponential_backoff=2.0,
            max_retry_delay=timedelta(minutes=1.5),
        )
        def wait():
            print("pregunto", file=sys.stderr)
            return is_there()

        @task
        def load():
            print("cargo", file=sys.stderr)
            return load_results()

        wait() >> load()

    return reception()
