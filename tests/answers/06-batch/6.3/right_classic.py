from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def billing_dag(count, bill, size):
    def plan():
        left, parts, first = count(), [], 1
        while left > 0:
            taken = min(size, left)
            parts.append([first, first + taken - 1])
            first, left = first + taken, left - taken
        return parts

    def add_up(parts, totals):
        clients = parts[-1][1] if parts else 0
        return {"parts": len(parts), "clients": clients, "total": sum(totals or [])}

    with DAG("clasico") as it:
        first = PythonOperator(task_id="plan", python_callable=plan)
        each = PythonOperator.partial(task_id="bill_part", python_callable=bill).expand(
            op_args=first.output
        )
        PythonOperator(
            task_id="summary",
            python_callable=add_up,
            op_args=[first.output, each.output],
            trigger_rule="none_failed",
        )
    return it
