"""Las cuentas de una noche grande: qué suponen, y que la página muestra lo que dan."""

from dataclasses import replace
from time import perf_counter

import pytest

from amq2.cluster import sums
from amq2.cluster.sums import MEASURED, Plan, Speed, plan
from benchmarks.cluster import FEW, LARGE, MANY, SMALL, WORKERS, Night, scoring_speed, speed_of
from benchmarks.load import LoadError

SPEED = Speed(
    fixed_seconds=10,
    serial_rows_per_second=1_000,
    partition_seconds=2,
    rows_per_second=500,
)
PAGE = MEASURED.parents[1] / "src/amq2/cluster/README.md"


def planned(rows: int, workers: int, partition_rows: int = 1_000) -> Plan:
    return plan(rows, partition_rows, workers, speed=SPEED, price_per_hour=3.6)


def test_workers_share_the_partitions_and_nothing_else() -> None:
    # 10 s fijos, 8 s de lo que no se reparte, y 8 particiones de 4 s.
    assert planned(8_000, 1).hours * 3600 == pytest.approx(10 + 8 + 8 * 4)
    assert planned(8_000, 4).hours * 3600 == pytest.approx(10 + 8 + 2 * 4)
    assert planned(8_000, 100).hours * 3600 == pytest.approx(10 + 8 + 4)


def test_the_last_partition_takes_a_turn_even_if_it_is_small() -> None:
    assert planned(8_001, 1).partitions == 9
    assert planned(1, 1).hours * 3600 == pytest.approx(10 + 0.001 + 2 + 1 / 500)


def test_every_worker_and_the_machine_of_airflow_are_paid_for_the_whole_night() -> None:
    assert planned(8_000, 1).cost == pytest.approx(50 * 2 * 0.001)
    assert planned(8_000, 4).cost == pytest.approx(26 * 5 * 0.001)


@pytest.mark.parametrize(("rows", "workers", "size"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_a_night_of_nothing_is_an_error(rows: int, workers: int, size: int) -> None:
    with pytest.raises(ValueError, match="son 1 o más"):
        planned(rows, workers, size)


def measured_night(rows: int, partitions: int, speed: Speed) -> Night:
    """Lo que se mediría si la noche fuera como dice `speed`."""
    scoring = (partitions * speed.partition_seconds + rows / speed.rows_per_second) / WORKERS
    extra = (rows - SMALL) / speed.serial_rows_per_second
    return Night(rows, partitions, scoring + speed.fixed_seconds + extra, scoring)


def test_the_measurement_finds_the_speed_of_the_nights_it_sees() -> None:
    nights = [measured_night(*case, SPEED) for case in ((SMALL, FEW), (LARGE, FEW), (LARGE, MANY))]
    assert speed_of(*nights, rows_per_second=SPEED.rows_per_second) == SPEED


def test_a_measurement_that_does_not_add_up_is_repeated() -> None:
    small = measured_night(SMALL, FEW, SPEED)
    as_quick = replace(small, rows=LARGE)
    with pytest.raises(LoadError, match="Repetí el comando"):
        speed_of(
            small,
            as_quick,
            measured_night(LARGE, MANY, SPEED),
            rows_per_second=SPEED.rows_per_second,
        )


def test_the_speed_of_scoring_is_in_rows_per_second() -> None:
    start = perf_counter()
    speed = scoring_speed(20_000, 2)
    # Las dos rondas entran en lo que tardó, y nadie puntúa cien millones de filas por segundo.
    assert 2 * 20_000 / speed < perf_counter() - start
    assert speed < 1e8


def test_the_page_shows_what_the_command_says(capsys: pytest.CaptureFixture[str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for arguments in (["0.10"], ["0.10", "10000"]):
        assert f"python -m amq2.cluster.sums {' '.join(arguments)}`" in page
        sums.main(arguments)
        assert capsys.readouterr().out.strip() in page


@pytest.mark.parametrize("arguments", [[], ["mucho"], ["1", "2", "3"]])
def test_without_a_price_it_says_how(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="Falta el precio"):
        sums.main(arguments)
