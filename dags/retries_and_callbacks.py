"""
### Reintentos con espera creciente, y avisos

**Qué muestra.** `fetch_rates` pide las tasas a un servicio que contesta mal las primeras veces.
Airflow la repite hasta 3 veces más, esperando al menos 2, 4 y 8 segundos
(`retry_exponential_backoff`): a cada espera le suma hasta otro tanto, para que no vuelvan todas
juntas. Los *callbacks* dejan constancia: `on_retry_callback` en cada reintento,
`on_failure_callback` si se rindió, `on_success_callback` cuando salió.

**Cómo se corre.** Trigger. Con `failures` en 2 sale bien al tercer intento; con 5, falla al
cuarto. Ahí se la puede reparar: *Limpiar* la vuelve a poner en marcha, los intentos siguen contando
y sale bien en el sexto.

**Qué mirar.** Los intentos de `fetch_rates`, cada uno con su log, y
`datos/retries_and_callbacks/<día>/events.txt`: un renglón por aviso.
"""

from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import Context, Param, dag, task

from amq2.orchestrator.data import data_folder, replace_file
from amq2.settings import TIME_ZONE


class ServiceDownError(Exception):
    """El servicio de tasas no contestó."""


def record(event: str, context: Context) -> None:
    """Deja un renglón por aviso; el primer intento empieza la lista de nuevo."""
    path = data_folder("retries_and_callbacks") / context["params"]["day"] / "events.txt"
    number = context["ti"].try_number
    before = path.read_text(encoding="utf-8") if number > 1 and path.exists() else ""
    replace_file(path, f"{before}intento {number}: {event}\n")


def on_retry(context: Context) -> None:
    record("falló, se reintenta", context)


def on_failure(context: Context) -> None:
    record("falló, no se reintenta más", context)


def on_success(context: Context) -> None:
    record("salió bien", context)


@dag(
    schedule=None,
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    dagrun_timeout=timedelta(minutes=10),
    default_args={
        "owner": "finanzas",
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "execution_timeout": timedelta(minutes=2),
    },
    params={
        "day": Param("2026-03-02", type="string", format="date", title="Día"),
        "failures": Param(2, type="integer", minimum=0, title="Cuántas veces falla"),
    },
    tags=["amq2", "reintentos"],
    doc_md=__doc__,
)
def retries_and_callbacks() -> None:
    @task(
        retries=3,
        retry_delay=timedelta(seconds=2),
        retry_exponential_backoff=2.0,
        max_retry_delay=timedelta(minutes=1),
        on_retry_callback=on_retry,
        on_failure_callback=on_failure,
        on_success_callback=on_success,
    )
    def fetch_rates(params: dict[str, Any] | None = None, ti: Any = None) -> dict[str, float]:  # noqa: ANN401
        assert params is not None
        if ti.try_number <= params["failures"]:
            raise ServiceDownError(f"El servicio de tasas no contestó (intento {ti.try_number}).")
        return {"personal": 0.062, "prendario": 0.048}

    @task
    def write_rates(rates: dict[str, float], day: str) -> str:
        text = "".join(f"{name},{rate}\n" for name, rate in rates.items())
        folder = data_folder("retries_and_callbacks") / day
        return str(replace_file(folder / "rates.csv", f"loan,monthly_rate\n{text}"))

    write_rates(fetch_rates(), "{{ params.day }}")


retries_and_callbacks()
