"""Dónde va cada tarea de un DAG para que sus flechas se sigan con la vista.

Es el método de Sugiyama en lo esencial. La columna de una tarea es la cantidad de pasos del camino
más largo que llega a ella: así todas las flechas van hacia la derecha. En cada columna, las tareas
se ordenan por la altura media de sus vecinas, ida y vuelta, para que se crucen poco. Una flecha que
saltea columnas pasa por lugares vacíos que se le reservan.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

SWEEPS = 4  # idas y vueltas: con más, un DAG de clase ya no cambia

Point = tuple[int, float]
"""Una columna, desde 0, y una altura, con el 0 en el medio y la positiva hacia arriba."""

Stop = tuple[str, ...]
"""Lo que ocupa un lugar: una tarea, o la flecha (origen, destino, columna) que pasa por ahí."""


@dataclass(frozen=True)
class Layout:
    """El lugar de todo.

    Attributes:
        places: dónde va cada tarea.
        routes: por dónde pasa la flecha de una tarea a otra, con las dos puntas.
    """

    places: dict[str, Point]
    routes: dict[tuple[str, str], list[Point]]


def arrange(upstream: Mapping[str, Sequence[str]]) -> Layout:
    """Ubica las tareas de un DAG.

    Args:
        upstream: por cada tarea, las que tienen que terminar antes.

    Raises:
        ValueError: si hay un ciclo.
    """
    columns = depths(upstream)
    chains = {
        (origin, target): _chain(origin, target, columns)
        for target, origins in upstream.items()
        for origin in origins
    }
    layers: dict[int, list[Stop]] = defaultdict(list)
    for task, column in columns.items():
        layers[column].append((task,))
    for (origin, _), chain in chains.items():
        for step, stop in enumerate(chain[1:-1], columns[origin] + 1):
            layers[step].append(stop)
    rows = _rows(layers, list(chains.values()))
    column_of = {stop: column for column, stops in layers.items() for stop in stops}
    return Layout(
        places={task: (column, rows[task,]) for task, column in columns.items()},
        routes={
            edge: [(column_of[stop], rows[stop]) for stop in chain]
            for edge, chain in chains.items()
        },
    )


def depths(upstream: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """La columna de cada tarea: cuántos pasos tiene el camino más largo que llega a ella."""
    found: dict[str, int] = {}
    while len(found) < len(upstream):
        ready = [
            task
            for task, origins in upstream.items()
            if task not in found and all(origin in found for origin in origins)
        ]
        if not ready:
            left = ", ".join(sorted(set(upstream) - set(found)))
            raise ValueError(f"No se puede dibujar: hay un ciclo entre {left}.")
        found |= {task: 1 + max([found[o] for o in upstream[task]], default=-1) for task in ready}
    return found


def _chain(origin: str, target: str, columns: Mapping[str, int]) -> list[Stop]:
    between = range(columns[origin] + 1, columns[target])
    return [(origin,), *[(origin, target, str(column)) for column in between], (target,)]


def _rows(layers: Mapping[int, list[Stop]], chains: Sequence[list[Stop]]) -> dict[Stop, float]:
    """La altura de cada cosa: las de una columna, a uno de distancia y centradas."""
    before, after = defaultdict(list), defaultdict(list)
    for chain in chains:
        for left, right in pairwise(chain):
            after[left].append(right)
            before[right].append(left)
    rows = {stop: row for stops in layers.values() for stop, row in _centred(stops)}
    for sweep in range(2 * SWEEPS):
        neighbours = after if sweep % 2 else before
        for column in sorted(layers, reverse=bool(sweep % 2)):
            stops = layers[column]
            heights = {
                stop: fmean(rows[other] for other in neighbours[stop] or [stop]) for stop in stops
            }
            stops.sort(key=lambda stop: -heights[stop])
            rows |= dict(_centred(stops))
    return rows


def _centred(stops: Sequence[Stop]) -> list[tuple[Stop, float]]:
    middle = (len(stops) - 1) / 2
    return [(stop, middle - number) for number, stop in enumerate(stops)]
