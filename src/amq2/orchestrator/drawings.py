"""Los dibujos de la unidad 05: un DAG, una corrida en el tiempo, la vida de una tarea.

Cada función dibuja lo que se le da y devuelve la figura. Un estado se reconoce por su color (los de
Okabe e Ito), por su trama y por su nombre escrito: con uno solo alcanza. Los otros
dibujos están en `timelines` y `architecture`, y se importan de acá.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from amq2.orchestrator.architecture import draw_components as draw_components
from amq2.orchestrator.layers import Point, arrange
from amq2.orchestrator.looks import look, summary, title, worst
from amq2.orchestrator.runs import Run
from amq2.orchestrator.timelines import plot_gantt as plot_gantt
from amq2.orchestrator.timelines import plot_life as plot_life

if TYPE_CHECKING:
    from airflow.sdk import DAG

WIDTH, HEIGHT = 1.7, 0.66  # pulgadas: lo que mide la caja de una tarea
ACROSS, DOWN = 2.5, 1.0  # pulgadas: de una caja a la de al lado, y a la de abajo
LINE = 20  # letras que entran en un renglón de la caja


def draw_dag(dag: "DAG", run: Run | None = None) -> Figure:
    """Las tareas de un DAG, de izquierda a derecha, y quién espera a quién.

    Args:
        dag: el DAG.
        run: una corrida suya, para pintar cada tarea con su estado; una tarea mapeada dice
            cuántas copias terminaron en cada uno.
    """
    layout = arrange({task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks})
    points = [
        *layout.places.values(),
        *(point for route in layout.routes.values() for point in route),
    ]
    columns = 1 + max((column for column, _ in points), default=0)
    top = max((row for _, row in points), default=0.0)
    size = (max(ACROSS * columns, 4), DOWN * (2 * top + 1) + 0.5)
    figure, axes = plt.subplots(figsize=size, layout="constrained")
    for route in layout.routes.values():
        _arrow(axes, route)
    for task in dag.tasks:
        states = None if run is None else [t.state for t in run.tasks if t.task_id == task.task_id]
        _box(axes, layout.places[task.task_id], task, states)
    axes.set(xlim=(-ACROSS / 2, ACROSS * (columns - 0.5)), title=title(dag.dag_id, run))
    axes.set_ylim(-DOWN * (top + 0.5), DOWN * (top + 0.5))
    axes.axis("off")
    return figure


def _box(axes: Axes, place: Point, task: Any, states: Sequence[str | None] | None) -> None:  # noqa: ANN401
    x, y = ACROSS * place[0], DOWN * place[1]
    style = look(worst(states)).box if states else look(None).box
    corner = (x - WIDTH / 2, y - HEIGHT / 2)
    shape = "round,pad=0.05"
    axes.add_patch(FancyBboxPatch(corner, WIDTH, HEIGHT, boxstyle=shape, **style))
    name = "\n".join(_lines(task.task_id))
    kind = task.operator_name + (" (mapeada)" if task.is_mapped else "")
    below = kind if states is None else summary(states)
    paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
    axes.text(x, y + 0.12, name, ha="center", va="center", weight="bold", fontsize=9, bbox=paper)
    axes.text(x, y - 0.22, below, ha="center", va="center", fontsize=7.5, bbox=paper)


def _lines(name: str) -> list[str]:
    """El nombre en renglones que entran en la caja, cortado donde tenga un punto o un guion."""
    if len(name) <= LINE:
        return [name]
    cut = max(name.rfind(mark, 1, LINE) for mark in "._-")
    cut = cut + 1 if cut > 0 else LINE
    return [name[:cut], *_lines(name[cut:])]


def _arrow(axes: Axes, route: Sequence[Point]) -> None:
    """Una flecha de caja a caja; si saltea columnas, por los lugares que tiene reservados."""
    half = WIDTH / 2 + 0.06
    points = [(ACROSS * route[0][0] + half, DOWN * route[0][1])]
    for column, row in route[1:-1]:
        points += [(ACROSS * column - half, DOWN * row), (ACROSS * column + half, DOWN * row)]
    points.append((ACROSS * route[-1][0] - half, DOWN * route[-1][1]))
    style: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 12, "color": "#444444"}
    axes.add_patch(FancyArrowPatch(path=Path(points), shrinkA=0, shrinkB=0, **style))
