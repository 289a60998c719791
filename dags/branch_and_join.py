"""
### Una rama, y cómo se vuelven a juntar los caminos

**Qué muestra.** `choose` mira cuánto se pidió en el día y elige un camino; el otro queda salteado.
Después, tres tareas esperan a los dos caminos con reglas distintas (`trigger_rule`): la de siempre
(`all_success`) se saltea, `none_failed_min_one_success` corre, y `all_done` corre siempre.

**Cómo se corre.** Trigger; con un `limit` chico toma el otro camino.

**Qué mirar.** En el grafo, qué quedó salteado (rosa). La decisión queda en
`datos/branch_and_join/<día>/decision.txt`.
"""

from datetime import date, datetime, timedelta

from airflow.sdk import Param, TriggerRule, dag, task

from amq2.orchestrator.data import data_folder, replace_file, requests_of
from amq2.settings import TIME_ZONE


@dag(
    schedule=None,
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    dagrun_timeout=timedelta(minutes=10),
    default_args={
        "owner": "riesgo",
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "execution_timeout": timedelta(minutes=2),
    },
    params={
        "day": Param("2026-03-02", type="string", format="date", title="Día"),
        "limit": Param(2_000, type="integer", minimum=0, title="Límite (millones de pesos)"),
    },
    tags=["amq2", "ramas"],
    doc_md=__doc__,
)
def branch_and_join() -> None:
    @task
    def add_up(day: str) -> int:
        """El total pedido en el día, en millones de pesos."""
        return int(requests_of(date.fromisoformat(day))["amount"].sum()) // 1_000_000

    @task.branch
    def choose(total: int, params: dict[str, int] | None = None) -> str:
        assert params is not None
        return "ask_the_board" if total > params["limit"] else "approve"

    @task
    def approve() -> str:
        return "aprobado por la gerencia"

    @task
    def ask_the_board() -> str:
        return "lo decide el directorio"

    @task
    def waits_for_all_to_succeed() -> None:
        """Con la regla de siempre: si un camino se salteó, esta también."""

    @task(trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
    def write_decision(day: str, total: int, answers: list[str | None]) -> str:
        # Del camino que no se tomó no llega nada.
        answer = next(filter(None, answers))
        text = f"{day}: {total} millones de pesos, {answer}\n"
        return str(replace_file(data_folder("branch_and_join") / day / "decision.txt", text))

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def clean_up() -> None:
        """Pase lo que pase: acá se borraría lo temporal."""

    day = "{{ params.day }}"
    total = add_up(day)
    paths = [approve(), ask_the_board()]
    choose(total) >> paths
    paths >> waits_for_all_to_succeed()
    write_decision(day, total, paths)
    paths >> clean_up()


branch_and_join()
