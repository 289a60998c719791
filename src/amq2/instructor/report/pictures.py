"""Los dibujos de la página. Con `Figure` y no con pyplot: no dependen de ninguna pantalla."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from amq2.instructor.report.behind import LOW
from amq2.instructor.report.items import LOOK_AT
from amq2.serving_plots import BLUE, GREY, ORANGE

BINS = np.linspace(0, 100, 11)
"""Los escalones de las notas: de a diez por ciento."""

SIDES: tuple[tuple[int, int, Literal["left", "right"]], ...] = (
    (4, 4, "left"),
    (4, -12, "left"),
    (-4, 4, "right"),
    (-4, -12, "right"),
)
"""Dónde va el nombre de un punto, en puntos tipográficos desde él: la esquina y la alineación."""


@dataclass(frozen=True)
class Picture:
    """Una figura adentro de la página, y qué dice para quien no la ve."""

    source: str
    alt: str


def distribution(unit: str, fractions: "pd.Series[float]") -> Picture:
    """Cuántos estudiantes sacaron qué parte de los puntos de una unidad.

    Args:
        unit: la unidad.
        fractions: la nota de cada uno, de 0 a 1.
    """
    percent = 100 * fractions.dropna()
    counts, _ = np.histogram(percent, BINS)
    low = (BINS[:-1] + BINS[1:]) / 2 < 100 * LOW
    figure = Figure(figsize=(4.4, 2.5), layout="constrained")
    axes = figure.subplots()
    axes.bar(BINS[:-1], counts, width=9, align="edge", color=np.where(low, ORANGE, BLUE))
    axes.set(title=unit, xlabel="% de los puntos", ylabel="estudiantes", xlim=(0, 100))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_ylim(0, max(counts.max() * 1.1, 1))
    alt = (
        f"Histograma de {unit}: {len(percent)} estudiantes, "
        f"{int((percent < 100 * LOW).sum())} por debajo del {100 * LOW:.0f} %."
    )
    return Picture(_inline(figure), alt)


def exercises(statistics: pd.DataFrame) -> Picture | None:
    """La dificultad de cada ejercicio contra su discriminación; `None` si no hay ninguna."""
    shown = statistics.dropna(subset=["discrimination"])
    if shown.empty:
        return None
    figure = Figure(figsize=(4.8, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.axhline(LOOK_AT, color=GREY, linestyle="--", linewidth=1)
    axes.axhline(0, color=GREY, linewidth=1)
    weak = shown["discrimination"].round(2) < LOOK_AT
    for rows, color, marker in ((shown[~weak], BLUE, "o"), (shown[weak], ORANGE, "s")):
        axes.plot(100 * rows["difficulty"], rows["discrimination"], marker, color=color)
    axes.set(
        title="Cada ejercicio: dificultad y discriminación",
        xlabel="% de los puntos, en promedio (a la izquierda, difícil)",
        ylabel="discriminación",
        xlim=(0, 110),
    )
    points = zip(100 * shown["difficulty"], shown["discrimination"], strict=True)
    label(axes, [exercise for _, exercise in shown.index], list(points))
    names = [exercise for _, exercise in shown.index[weak]]
    alt = (
        f"Puntos: dificultad contra discriminación de {len(shown)} ejercicios; por debajo de "
        f"{LOOK_AT:g}".replace(".", ",")
        + f": {', '.join(names) or 'ninguno'}."
    )
    return Picture(_inline(figure), alt)


def label(axes: Axes, names: Sequence[str], points: Sequence[tuple[float, float]]) -> None:
    """Escribe cada nombre junto a su punto, del primer lado en que no toque a otro.

    Args:
        axes: los ejes, con sus límites ya puestos.
        names: los nombres.
        points: dónde está cada uno, en las unidades de los ejes.
    """
    cast(Figure, axes.figure).draw_without_rendering()  # fija los ejes, que ubican los textos
    taken: list[Bbox] = []
    for name, point in zip(names, points, strict=True):
        for x, y, side in SIDES:
            text = axes.annotate(
                name, point, (x, y), textcoords="offset points", ha=side, fontsize=9
            )
            box = text.get_window_extent()
            if not any(map(box.overlaps, taken)) or (x, y, side) == SIDES[-1]:
                taken.append(box)
                break
            text.remove()


def _inline(figure: Figure) -> str:
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "amq2"}):  # la misma página, los mismos bytes
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(buffer.getvalue()).decode()}"
