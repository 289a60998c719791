# pierde: 2
# mensaje: Falta la copia «transform [0]»
from airflow.sdk import DAG, dag, task


def consumption_dag(names, read) -> DAG:
    @dag("consumo")
    def consumption():
        @task
        def today():
            return names()

        @task
        def transform(name):
            totals = []
            for one in name:
                valid = [value for value in read(one) if value is not None and value >= 0]
                totals.append({"name": one, "kwh": sum(valid)})
            return totals

        @task
        def summary(totals):
            ranking = sorted(totals, key=lambda total: (-total["kwh"], total["name"]))
            return {
                "neighbourhoods": len(ranking),
                "kwh": round(sum(total["kwh"] for total in ranking), 2),
                "highest": ranking[0]["name"],
            }

        summary(transform(today()))

    return consumption()
