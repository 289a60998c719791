# pierde: 3
# mensaje: los dos incluidos
from airflow.sdk import DAG, dag, task


def billing_dag(count, bill, size: int) -> DAG:

    @dag("facturacion")
    def billing():
        @task
        def plan():
            clients = count()
            firsts = range(1, clients + 1, size)
            return [{"first": at, "last": min(at + size, clients)} for at in firsts]

        @task
        def bill_part(first, last):
            return bill(first, last)

        @task(trigger_rule="none_failed")
        def summary(planned, totals):
            clients = sum(part["last"] - part["first"] + 1 for part in planned)
            return {"parts": len(planned), "clients": clients, "total": sum(totals or [])}

        planned = plan()
        summary(planned, bill_part.expand_kwargs(planned))

    return billing()
