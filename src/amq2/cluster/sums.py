"""Las cuentas de una noche grande: `python -m amq2.cluster.sums 0.10`, con el precio de una hora.

Otro número más dice cuántas veces más lento que el del curso es el modelo. Las cuentas salen de lo
que midió `make bench ONLY=cluster`, y suponen que más lejos sigue igual:

- una parte de la noche (copiar, revisar, publicar, informar) la hace una sola tarea tras otra: no
  la apura ningún worker;
- la otra se reparte: cada partición cuesta un rato fijo, más sus filas;
- todas las máquinas son iguales a la medida, cada worker es una y hace una tarea a la vez; Airflow,
  PostgreSQL y Redis son otra. Se pagan mientras dura la noche.
"""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

MEASURED = Path(__file__).parents[3] / "benchmarks" / "cluster.json"

OTHER_MACHINES = 1
NIGHTS = ((20_000_000, 50_000), (20_000_000, 500_000))
"""Las noches de la tabla: filas, y filas por partición."""

WORKERS = (1, 2, 8, 32)


@dataclass(frozen=True)
class Speed:
    """Lo que se midió.

    Attributes:
        fixed_seconds: lo que tarda una noche casi sin filas, menos puntuarlas.
        serial_rows_per_second: filas por segundo de lo que no se reparte.
        partition_seconds: lo que cuesta una partición, aunque tenga una sola fila: que Airflow la
            mande, que el worker empiece y que lo cuente.
        rows_per_second: filas por segundo que puntúa un worker.
    """

    fixed_seconds: float
    serial_rows_per_second: float
    partition_seconds: float
    rows_per_second: float


@dataclass(frozen=True)
class Plan:
    """Una noche.

    Attributes:
        rows, partitions, workers: qué se hace y entre cuántos.
        hours: cuánto dura, en horas.
        cost: cuánto cuesta, en la moneda del precio.
    """

    rows: int
    partitions: int
    workers: int
    hours: float
    cost: float


def plan(
    rows: int, partition_rows: int, workers: int, *, speed: Speed, price_per_hour: float
) -> Plan:
    """Cuánto duraría y costaría una noche.

    Args:
        rows: las filas del día.
        partition_rows: cuántas lleva cada partición.
        workers: cuántos workers, de una tarea a la vez.
        speed: lo que se midió.
        price_per_hour: lo que cuesta una hora de una máquina.

    Raises:
        ValueError: si alguna de las cantidades no es positiva.
    """
    if min(rows, partition_rows, workers) < 1 or price_per_hour < 0:
        raise ValueError("Las filas y los workers son 1 o más, y el precio no es negativo.")
    partitions = math.ceil(rows / partition_rows)
    turns = math.ceil(partitions / workers)
    each = speed.partition_seconds + min(rows, partition_rows) / speed.rows_per_second
    serial = speed.fixed_seconds + rows / speed.serial_rows_per_second
    hours = (serial + turns * each) / 3600
    cost = hours * (workers + OTHER_MACHINES) * price_per_hour
    return Plan(rows, partitions, workers, hours, cost)


def table(plans: Iterable[Plan]) -> str:
    """Los planes, en Markdown."""
    head = "| filas | particiones | workers | horas | costo |\n|--:|--:|--:|--:|--:|"
    rows = (
        f"| {_number(one.rows)} | {_number(one.partitions)} | {one.workers} "
        f"| {_number(one.hours, 2)} | {_number(one.cost, 2)} |"
        for one in plans
    )
    return "\n".join([head, *rows])


def read(path: Path = MEASURED) -> Speed:
    """Lo que dejó la última medición.

    Raises:
        FileNotFoundError: si todavía no se midió.
    """
    return Speed(**json.loads(path.read_text(encoding="utf-8"))["speed"])


def _number(value: float, decimals: int = 0) -> str:
    """Un número como se escribe en castellano: 20.000.000 y 0,25."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def main(arguments: Sequence[str]) -> None:
    """Muestra la tabla.

    Args:
        arguments: el precio de una hora y, si no es el del curso, cuántas veces más lento es el
            modelo.
    """
    try:
        price, slower = map(float, arguments if arguments[1:] else [*arguments, "1"])
    except ValueError:
        sys.exit("Falta el precio de una hora de una máquina: python -m amq2.cluster.sums 0.10")
    measured = read()
    speed = replace(measured, rows_per_second=measured.rows_per_second / slower)
    print(
        table(
            plan(rows, size, workers, speed=speed, price_per_hour=price)
            for rows, size in NIGHTS
            for workers in WORKERS
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
