"""Lo que usan los ejercicios de Airflow: unos medidores y una panadería."""

from collections.abc import Mapping, Sequence

from amq2.orchestrator import inline  # noqa: F401 - antes que Airflow: le da su casa

# isort: split
from airflow.sdk import DAG, TriggerRule, task

Reading = float | None


class Meters:
    """Los medidores de luz de una ciudad; cuentan cuántas veces se leyó cada barrio.

    Args:
        readings: por barrio, lo que marcó cada medidor, en kWh.
        broken: los barrios que al leerlos levantan `ConnectionError`.
    """

    def __init__(
        self, readings: Mapping[str, Sequence[Reading]], broken: Sequence[str] = ()
    ) -> None:
        self.readings = dict(readings)
        self.broken = set(broken)
        self.reads: list[str] = []

    def names(self) -> list[str]:
        """Los barrios que hay hoy."""
        return list(self.readings)

    def read(self, name: str) -> list[Reading]:
        """Lo que marcó cada medidor de un barrio."""
        self.reads.append(name)
        if name in self.broken:
            raise ConnectionError(f"los medidores de {name} no contestan")
        return list(self.readings[name])


def bakery_dag(van_works: bool = False, bad_starts: int = 2) -> DAG:
    """La noche de una panadería.

    Args:
        van_works: si la camioneta anda.
        bad_starts: cuántas veces falla el horno antes de prender, cada vez que se arma el DAG.
    """
    attempts = iter(range(1, 100))

    with DAG("panaderia") as dag:

        @task.branch
        def choose() -> str:
            return "bake_bread"

        @task(retries=2)
        def bake_bread() -> None:
            if next(attempts) <= bad_starts:
                raise OSError("el horno no prende")

        @task
        def bake_cakes() -> None: ...

        @task(trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
        def pack() -> None: ...

        @task
        def photograph() -> None: ...

        @task(retries=1)
        def deliver() -> None:
            if not van_works:
                raise OSError("la camioneta no arranca")

        @task
        def invoice() -> None: ...

        @task(trigger_rule=TriggerRule.ALL_DONE)
        def clean() -> None: ...

        @task(trigger_rule=TriggerRule.ONE_FAILED)
        def call_mechanic() -> None: ...

        bread, cakes, delivery = bake_bread(), bake_cakes(), deliver()
        choose() >> [bread, cakes]
        [bread, cakes] >> pack() >> delivery
        [bread, cakes] >> photograph()
        delivery >> [invoice(), clean(), call_mechanic()]
    return dag
