"""
### Dos DAGs unidos por un dato (*asset*)

**Qué muestra.** `asset_producer` publica las solicitudes grandes del día y avisa que el asset
`large_requests` cambió; `asset_consumer` no tiene horario: corre cuando ese asset cambia. Ninguno
de los dos nombra al otro. El aviso lleva un dato chico, el día.

**Cómo se corre.** Activá los dos y dale Trigger a `asset_producer`.

**Qué mirar.** La página *Assets*, con el camino de un DAG al otro, y la corrida de
`asset_consumer` que empieza sola. El resultado queda en `datos/asset_consumer/<día>.txt`.
"""

from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk import Asset, Metadata, Param, dag, task

from amq2.orchestrator.data import data_folder, replace_file, requests_of
from amq2.settings import TIME_ZONE

LARGE_REQUESTS = Asset("large_requests")
LARGE = 20_000_000
"""Desde cuántos pesos un pedido es grande."""

ARGS = {
    "owner": "riesgo",
    "retries": 1,
    "retry_delay": timedelta(seconds=5),
    "execution_timeout": timedelta(minutes=2),
}


@dag(
    schedule=None,
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    dagrun_timeout=timedelta(minutes=10),
    default_args=ARGS,
    params={"day": Param("2026-03-02", type="string", format="date", title="Día")},
    tags=["amq2", "assets"],
    doc_md=__doc__,
)
def asset_producer() -> None:
    @task(outlets=[LARGE_REQUESTS])
    def publish(day: str) -> Any:  # noqa: ANN401
        rows = requests_of(date.fromisoformat(day))
        large = rows[rows["amount"] > LARGE]
        replace_file(data_folder("asset_producer") / f"{day}.csv", large.to_csv())
        yield Metadata(LARGE_REQUESTS, {"day": day})

    publish("{{ params.day }}")


@dag(
    schedule=[LARGE_REQUESTS],
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    dagrun_timeout=timedelta(minutes=10),
    default_args=ARGS,
    params={"day": Param("2026-03-02", type="string", format="date", title="Día, a mano")},
    tags=["amq2", "assets"],
    doc_md=__doc__,
)
def asset_consumer() -> None:
    @task
    def days_that_changed(
        params: dict[str, str] | None = None,
        triggering_asset_events: Any = None,  # noqa: ANN401
    ) -> list[str]:
        """Los días de los avisos que pusieron en marcha esta corrida."""
        assert params is not None
        events = triggering_asset_events.get(LARGE_REQUESTS, [])
        return sorted({event.extra["day"] for event in events}) or [params["day"]]

    @task
    def notify(day: str) -> str:
        lines = (data_folder("asset_producer") / f"{day}.csv").read_text("utf-8").splitlines()
        text = f"{day}: {len(lines) - 1} pedidos grandes para revisar\n"
        return str(replace_file(data_folder("asset_consumer") / f"{day}.txt", text))

    notify.expand(day=days_that_changed())


asset_producer()
asset_consumer()
