import logging
import sys

from airflow.sdk import dag, task


def pharmacy_dag(work):
    print("armo el DAG", file=sys.stderr)

    def step(name):
        @task(task_id=name)
        def run_it():
            print(f"corre {name}", file=sys.stderr)
            logging.getLogger("farmacia").warning("corre %s", name)
            work(name)

        return run_it()

    @dag(schedule=None)
    def pharmacy():
        order, forecast = step("order"), step("forecast")
        for name in ("pay", "notify"):
            order.set_downstream(step(name))
        order.set_upstream(forecast)
        forecast.set_upstream([step("count_stock"), step("read_sales")])

    return pharmacy()
