# pierde: 4
# mensaje: bill_part [0], con LookupError
from airflow.sdk import dag, task


def billing_dag(count, bill, size):
    @dag("facturacion")
    def billing():
        @task
        def plan():
            return plan_partitions(count(), size)

        @task
        def bill_part(start, stop):
            return bill(start, stop)

        @task(trigger_rule="none_failed")
        def summary(planned, totals):
            return {
                "parts": len(planned),
                "clients": planned[-1]["stop"],
                "total": sum(totals or []),
            }

        planned = plan()
        summary(planned, bill_part.expand_kwargs(planned))

    return billing()
