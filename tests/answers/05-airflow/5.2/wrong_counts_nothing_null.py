# pierde: 1
# mensaje: transform [1], con TypeError: '>=' not supported between instances of
from airflow.sdk import DAG, dag, task


def consumption_dag(names, read) -> DAG:
    @dag("consumo")
    def consumption():
        @task
        def today():
            return names()

        @task
        def transform(name):
            valid = [value for value in read(name) if value >= 0]
            return {"name": name, "kwh": sum(valid)}

        @task
        def summary(totals):
            ranking = sorted(totals, key=lambda total: (-total["kwh"], total["name"]))
            return {
                "neighbourhoods": len(ranking),
                "kwh": round(sum(total["kwh"] for total in ranking), 2),
                "highest": ranking[0]["name"],
            }

        summary(transform.expand(name=today()))

    return consumption()
