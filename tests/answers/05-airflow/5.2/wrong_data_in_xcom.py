# pierde: 1
# mensaje: Cada barrio se lee una sola vez, y sus lecturas no viajan por XCom.
from airflow.sdk import DAG, dag, task


def consumption_dag(names, read) -> DAG:
    @dag("consumo")
    def consumption():
        @task
        def today():
            return [{"name": name, "values": read(name)} for name in names()]

        @task
        def transform(part):
            valid = [value for value in part["values"] if value is not None and value >= 0]
            return {"name": part["name"], "kwh": sum(valid)}

        @task
        def summary(totals):
            ranking = sorted(totals, key=lambda total: (-total["kwh"], total["name"]))
            return {
                "neighbourhoods": len(ranking),
                "kwh": round(sum(total["kwh"] for total in ranking), 2),
                "highest": ranking[0]["name"],
            }

        summary(transform.expand(part=today()))

    return consumption()
