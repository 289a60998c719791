"""Los dibujos de la pantalla. Con `Figure` y no con pyplot: varios usuarios dibujan a la vez."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from amq2.credit import COLUMNS
from amq2.explain import Explanation
from amq2.serving_plots import BLUE, GREY, ORANGE

MEANINGS = {column.name: column.meaning for column in COLUMNS}


def percent(share: float) -> str:
    """Una probabilidad como se lee: 0.1234 es «12,3 %»."""
    return f"{100 * share:.1f} %".replace(".", ",")


def plot_contributions(explanation: Explanation) -> Figure:
    """Una escalera desde el solicitante típico hasta el puntaje: cada escalón es un dato."""
    names = ["solicitante típico", *map(MEANINGS.__getitem__, explanation.contributions)]
    steps = [explanation.base, *explanation.contributions.values(), explanation.score]
    starts = np.cumsum([0.0, *steps[:-1]])
    starts[[0, -1]] = 0
    ends = [percent(explanation.base), percent(explanation.score)]
    labels = [ends[0], *(f"{100 * s:+.1f}".replace(".", ",") for s in steps[1:-1]), ends[1]]
    colors = [GREY, *(ORANGE if step > 0 else BLUE for step in steps[1:-1]), GREY]
    figure = Figure(figsize=(7, 3.8), layout="constrained")
    axes = figure.subplots()
    axes.barh([*names, "este solicitante"], steps, left=starts, color=colors)
    for row, (start, step, label) in enumerate(zip(starts, steps, labels, strict=True)):
        end = (max(start, start + step), row)
        axes.annotate(label, end, (4, 0), textcoords="offset points", va="center", fontsize=9)
    axes.invert_yaxis()
    _set_percent_axis(axes)
    axes.set_xlim(0, 1.2 * max(starts + steps))
    axes.set(
        title="De qué está hecho este puntaje",
        xlabel="probabilidad (naranja: la sube; azul: la baja)",
    )
    return figure


def plot_distribution(scores: NDArray[np.float64]) -> Figure:
    """Cuántos solicitantes hay en cada tramo de probabilidad."""
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    axes.hist(scores, bins=np.linspace(0, 1, 21).tolist(), color=BLUE, edgecolor="white")
    _set_percent_axis(axes)
    axes.set(
        title=f"Los puntajes de {len(scores)} solicitantes",
        xlabel="probabilidad de no pagar",
        ylabel="solicitantes",
    )
    return figure


def _set_percent_axis(axes: Axes) -> None:
    """Marcas redondas y como se leen: «10 %», y «0,5 %» si hace falta."""
    axes.locator_params("x", steps=[1, 2, 5, 10])
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %".replace(".", ","))
