"""La tabla y las metas de `benchmarks.grading`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.cost import Cost
from benchmarks.report import Row, target
from benchmarks.serving import BUSY_LOAD

GRADE, STOCK, PAIR = "make grade", "nbgrader autograde", "dos nbgrader autograde"
FLOOR = "las celdas (piso)"
CORES = 2
"""Los núcleos para los que están puestas las metas."""


@dataclass(frozen=True)
class Cells:
    """Lo que cuestan las celdas de un notebook, con las importaciones ya hechas."""

    seconds: float
    cpu: float


@dataclass(frozen=True)
class Round:
    """Una clase corregida una vez, y lo que cuestan solas las celdas de cada entrega."""

    cost: Cost
    cells: Sequence[Cells]

    @property
    def cells_cpu(self) -> float:
        """El procesador de las celdas de toda la clase."""
        return sum(each.cpu for each in self.cells)

    @property
    def floor(self) -> float:
        """Menos que esto no se puede tardar: la mitad de ese procesador, o la entrega más larga."""
        return max(self.cells_cpu / CORES, max(each.seconds for each in self.cells))

    @property
    def cpu_ratio(self) -> float:
        """El procesador de corregir, sobre el de las celdas."""
        assert self.cost.cpu is not None
        return self.cost.cpu / self.cells_cpu

    @property
    def seconds_ratio(self) -> float:
        """Los segundos de corregir, sobre el piso."""
        return self.cost.seconds / self.floor


@dataclass(frozen=True)
class Measured:
    """Todo lo medido.

    Attributes:
        students: cuántas entregas tiene cada clase.
        ours, stock, pair: la clase del notebook de importaciones, de las tres maneras.
        classes: de cada unidad, las veces que se corrigió.
        peaks: de cada cantidad de entregas, la memoria en MiB.
    """

    students: int
    ours: Cost
    stock: Cost
    pair: Cost
    classes: Mapping[str, Sequence[Round]]
    peaks: Mapping[int, float]


def rows(found: Measured) -> list[Row]:
    """Un renglón por clase y manera de corregirla; el piso es lo que gastan las celdas.

    De las veces que se corrigió una unidad, la del medio.
    """
    lines = [
        _row("importaciones", GRADE, found.students, found.ours),
        _row("importaciones", STOCK, found.students, found.stock),
        _row("importaciones", PAIR, found.students, found.pair),
    ]
    for unit, rounds in found.classes.items():
        middle = sorted(rounds, key=lambda each: each.seconds_ratio)[len(rounds) // 2]
        lines += [
            _row(unit, GRADE, found.students, middle.cost),
            _row(unit, FLOOR, found.students, Cost(middle.floor, middle.cells_cpu)),
        ]
    return lines + [
        {**_row("trivial", GRADE, students, None), "memoria (MiB)": round(mebibytes, 1)}
        for students, mebibytes in found.peaks.items()
    ]


def _row(notebook: str, way: str, students: int, cost: Cost | None) -> Row:
    cpu = cost and cost.cpu
    return {
        "notebook": notebook,
        "manera": way,
        "entregas": students,
        "segundos": cost and round(cost.seconds, 1),
        "procesador (s)": cpu and round(cpu, 1),
        "segundos por entrega": cost and round(cost.seconds / students, 2),
        "memoria (MiB)": None,
    }


def targets(found: Measured) -> list[Row]:
    """Lo que se le pide, lo que dio y si cumple."""
    lines = [
        _at_least(8, STOCK, found.stock.seconds / found.ours.seconds),
        _at_least(4, PAIR, found.pair.seconds / found.ours.seconds),
    ]
    for unit, rounds in found.classes.items():
        cpu, seconds = (
            [each.cpu_ratio for each in rounds],
            [each.seconds_ratio for each in rounds],
        )
        lines += [
            _at_most(1.3, f"{unit}: procesador / el de las celdas", cpu),
            _at_most(1.3, f"{unit}: segundos / piso", seconds),
        ]
    few, many = found.peaks
    growth = found.peaks[many] / found.peaks[few]
    return [*lines, _at_most(1.1, f"memoria: {many} entregas / {few}", [growth])]


def _at_least(wanted: float, other: str, ratio: float) -> Row:
    name = f"importaciones: segundos de «{other}» / «{GRADE}»"
    return target(name, f">= {wanted:g}", (ratio,) * 3, ratio >= wanted)


def _at_most(wanted: float, name: str, ratios: Sequence[float]) -> Row:
    middle = median(ratios)
    return target(name, f"<= {wanted:g}", (middle, min(ratios), max(ratios)), middle <= wanted)


def conditions_line(result: Mapping[str, Any]) -> str:
    """En qué condiciones se midió, y un aviso si la máquina estaba ocupada."""
    found = result["conditions"]
    text = "{rounds} rondas, {cores} núcleos, Python {python}.".format(**found)
    if found["load_before"] > BUSY_LOAD:
        text += f"\nLa máquina tenía otra tarea (carga {found['load_before']}): repetí sin ella."
    return text
