"""Los DAGs chicos con los que las pruebas miran a un Airflow encendido."""

from pathlib import Path

NUMBERS = '''
import pendulum
from airflow.sdk import dag, task

@dag(schedule=None, start_date=pendulum.datetime(2024, 1, 1))
def numbers():
    """Duplica unos números y los suma."""

    @task
    def source(params: dict | None = None) -> list[int]:
        print("van los números")
        return params["values"]

    @task
    def double(number: int) -> int:
        return 2 * number

    @task
    def total(values: list[int]) -> int:
        return sum(values)

    total(double.expand(number=source()))

dag_object = numbers()
dag_object.params["values"] = [1, 2, 3]
'''

FRAGILE = """
import pendulum
from airflow.sdk import dag, task

@dag(schedule=None, start_date=pendulum.datetime(2024, 1, 1))
def fragile():
    @task
    def before() -> int:
        return 1

    @task
    def breaks(number: int) -> float:
        return number / DIVISOR

    @task
    def after(number: float) -> float:
        return number

    after(breaks(before()))

DIVISOR = 0
fragile()
"""

DAILY = """
import pendulum
from airflow.sdk import dag, task

@dag(schedule="@daily", start_date=pendulum.datetime(2024, 1, 1), catchup=False)
def daily():
    @task
    def day(logical_date=None) -> str:
        return logical_date.date().isoformat()

    day()

daily()
"""

STUCK = """
import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag

@dag(schedule=None, start_date=pendulum.datetime(2024, 1, 1))
def stuck():
    BashOperator(task_id="sleep", bash_command="trap '' TERM; sleep 600")

stuck()
"""

FILES = {"numbers": NUMBERS, "fragile": FRAGILE, "daily": DAILY, "stuck": STUCK}


def write_dags(folder: Path, *names: str) -> Path:
    """Escribe en la carpeta los DAGs que se piden, o todos, y la devuelve."""
    folder.mkdir(exist_ok=True)
    for name in names or FILES:
        (folder / f"{name}.py").write_text(FILES[name], encoding="utf-8")
    return folder
