"""Una corrida y una tarea en el tiempo."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from amq2.orchestrator.looks import look, title
from amq2.orchestrator.runs import NO_STATE, Run, TaskRun

BAR = 0.62  # el alto de una barra; de una fila a la otra hay 1
ROOM = 1.35  # cuánto más largo que los datos es el eje, para lo que se escribe al lado


def plot_gantt(run: Run) -> Figure:
    """El último intento de cada tarea: cuándo empezó y cuánto tardó, con su estado e intentos.

    La que todavía corre llega hasta ahora; la que no corrió no tiene barra.
    """
    begin = min((task.start for task in run.tasks if task.start), default=datetime.now(UTC))
    figure, axes = _rows([task.label for task in run.tasks])
    ends = [_bar(axes, row, task, begin) for row, task in enumerate(run.tasks)]
    axes.set(title=title(run.dag_id, run), xlabel="segundos desde que empezó la primera tarea")
    axes.set_xlim(0, ROOM * (max(ends, default=0) or 1))
    return figure


def plot_life(changes: Sequence[tuple[str | None, datetime]]) -> Figure:
    """Los estados por los que pasó una tarea, y cuánto estuvo en cada uno.

    Args:
        changes: cada estado y el momento en que entró en él, en orden. En el último se queda.
    """
    figure, axes = _rows([state or NO_STATE for state, _ in changes])
    seconds = [(moment - changes[0][1]).total_seconds() for _, moment in changes]
    for row, (left, right) in enumerate(pairwise(seconds)):
        axes.barh(row, right - left, BAR, left=left, **look(changes[row][0]).box)
        _beside(axes, right, row, f"{right - left:.2f} s".replace(".", ","))
    if seconds:
        last = len(seconds) - 1
        box = look(changes[last][0])
        style: dict[str, Any] = {
            "markerfacecolor": box.color,
            "markeredgecolor": "#444444",
            "markersize": 9,
        }
        axes.plot(seconds[last], last, "D", **style)
        _beside(axes, seconds[last], last, f" a los {seconds[last]:.2f} s".replace(".", ","))
    axes.set(title="La vida de una tarea", xlabel="segundos desde el primer estado")
    axes.set_xlim(0, ROOM * (max(seconds, default=0) or 1))
    return figure


def _rows(names: Sequence[str]) -> tuple[Figure, Axes]:
    """Una figura con un renglón por nombre, de arriba hacia abajo."""
    size = (9, 1.1 + 0.36 * max(len(names), 1))
    figure, axes = plt.subplots(figsize=size, layout="constrained")
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    return figure, axes


def _bar(axes: Axes, row: int, task: TaskRun, begin: datetime) -> float:
    """La barra de una tarea y lo que se escribe al lado; devuelve en qué segundo termina."""
    text = task.state or NO_STATE
    text += f", {task.tries} intentos" if task.tries > 1 else ""
    if task.start is None:
        _beside(axes, 0, row, text)
        return 0
    left = (task.start - begin).total_seconds()
    # Una tarea que nunca corrió, como las salteadas, empieza y termina en el mismo momento.
    right = ((task.end or datetime.now(UTC)) - begin).total_seconds()
    axes.barh(row, right - left, BAR, left=left, **look(task.state).box)
    _beside(axes, right, row, text)
    return right


def _beside(axes: Axes, x: float, y: float, text: str) -> None:
    style: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 8}
    axes.annotate(text, (x, y), (5, 0), **style)
