from airflow.sdk import DAG, TriggerRule, task


def billing_dag(count, bill, size):
    with DAG("telefonica", schedule=None) as it:

        @task
        def ask():
            return count()

        @task
        def firsts(clients):
            return list(range(1, clients + 1, size))

        @task
        def bill_part(first, clients):
            last = first + size - 1
            return bill(first, clients if last > clients else last)

        @task(trigger_rule=TriggerRule.NONE_FAILED)
        def summary(starts, clients, totals):
            total = 0
            for one in totals or ():
                total += one
            return {"total": total, "clients": clients, "parts": len(starts)}

        clients = ask()
        starts = firsts(clients)
        summary(starts, clients, bill_part.partial(clients=clients).expand(first=starts))
    return it
