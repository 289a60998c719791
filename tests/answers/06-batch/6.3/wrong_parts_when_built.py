# pierde: 2
# mensaje: Las veces que se preguntó al armar el DAG
from airflow.sdk import DAG, dag, task


def billing_dag(count, bill, size: int) -> DAG:

    @dag("facturacion")
    def billing():
        @task
        def bill_part(first, last):
            return bill(first, last)

        @task(trigger_rule="none_failed")
        def summary(planned, totals):
            clients = sum(part["last"] - part["first"] + 1 for part in planned)
            return {"parts": len(planned), "clients": clients, "total": sum(totals or [])}

        clients = count()
        firsts = range(1, clients + 1, size)
        planned = [{"first": at, "last": min(at + size - 1, clients)} for at in firsts]
        summary(planned, bill_part.expand_kwargs(planned))

    return billing()
