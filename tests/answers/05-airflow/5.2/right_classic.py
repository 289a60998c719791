from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def consumption_dag(names, read):
    def add_up(name):
        total = 0.0
        for value in read(name):
            if value is not None and value >= 0:
                total += value
        return [name, total]

    def report(ti):
        rows = [list(row) for row in ti.xcom_pull(task_ids="transform")]
        top = max(total for _, total in rows)
        return {
            "highest": min(name for name, total in rows if total == top),
            "kwh": round(sum(total for _, total in rows), 2),
            "neighbourhoods": len(rows),
        }

    with DAG("luz") as dag:
        ask = PythonOperator(
            task_id="ask", python_callable=lambda: [{"name": name} for name in names()]
        )
        mapped = PythonOperator.partial(task_id="transform", python_callable=add_up).expand(
            op_kwargs=ask.output
        )
        mapped >> PythonOperator(task_id="summary", python_callable=report)
    return dag
