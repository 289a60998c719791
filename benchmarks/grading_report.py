"""La tabla y las metas de `benchmarks.grading`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.cost import Cost
from benchmarks.report import Row, target
from benchmarks.serving import BUSY_LOAD

GRADE, STOCK, PAIR = "make grade", "nbgrader autograde", "dos nbgrader autograde"
CORES = 2
"""Los núcleos para los que están puestas las metas."""


@dataclass(frozen=True)
class Cells:
    """Lo que cuestan las celdas de un notebook, con las importaciones ya hechas."""

    seconds: float
    cpu: float


@dataclass(frozen=True)
class Measured:
    """Todo lo medido.

    Attributes:
        students: cuántas entregas tiene cada clase.
        ours, stock, pair: la clase del notebook de importaciones, de las tres maneras.
        classes: de cada unidad, la corrección y las celdas de cada entrega.
        peaks: de cada cantidad de entregas, la memoria en MiB.
    """

    students: int
    ours: Cost
    stock: Cost
    pair: Cost
    classes: Mapping[str, tuple[Cost, Sequence[Cells]]]
    peaks: Mapping[int, float]


def cpu_of(cells: Sequence[Cells]) -> float:
    """El procesador de las celdas de toda la clase."""
    return sum(each.cpu for each in cells)


def floor(cells: Sequence[Cells]) -> float:
    """Menos que esto no se puede tardar: la mitad de ese procesador, o la entrega más larga."""
    return max(cpu_of(cells) / CORES, max(each.seconds for each in cells))


def rows(found: Measured) -> list[Row]:
    """Un renglón por clase y manera de corregirla; el piso es lo que gastan las celdas."""
    lines = [
        _row("importaciones", GRADE, found.students, found.ours),
        _row("importaciones", STOCK, found.students, found.stock),
        _row("importaciones", PAIR, found.students, found.pair),
    ]
    for unit, (cost, cells) in found.classes.items():
        least = Cost(floor(cells), cpu_of(cells))
        lines += [
            _row(unit, GRADE, found.students, cost),
            _row(unit, "las celdas (piso)", found.students, least),
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
    for unit, (cost, cells) in found.classes.items():
        assert cost.cpu is not None
        lines += [
            _at_most(1.3, f"{unit}: procesador / el de las celdas", cost.cpu / cpu_of(cells)),
            _at_most(1.3, f"{unit}: segundos / piso", cost.seconds / floor(cells)),
        ]
    few, many = found.peaks
    growth = found.peaks[many] / found.peaks[few]
    return [*lines, _at_most(1.1, f"memoria: {many} entregas / {few}", growth)]


def _at_least(wanted: float, other: str, ratio: float) -> Row:
    name = f"importaciones: segundos de «{other}» / «{GRADE}»"
    return target(name, f">= {wanted:g}", (round(ratio, 2),) * 3, ratio >= wanted)


def _at_most(wanted: float, name: str, ratio: float) -> Row:
    return target(name, f"<= {wanted:g}", (round(ratio, 2),) * 3, ratio <= wanted)


def conditions_line(result: Mapping[str, Any]) -> str:
    """En qué condiciones se midió, y un aviso si la máquina estaba ocupada."""
    found = result["conditions"]
    text = "Una ronda, {cores} núcleos, Python {python}.".format(**found)
    if found["load_before"] > BUSY_LOAD:
        text += f"\nLa máquina tenía otra tarea (carga {found['load_before']}): repetí sin ella."
    return text
