"""Los dibujos de la página. Con `Figure` y no con pyplot: no dependen de ninguna pantalla."""

import base64
import io
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from amq2.instructor.report.behind import LOW
from amq2.instructor.report.items import LOOK_AT
from amq2.serving_plots import BLUE, GREY, ORANGE

BINS = np.linspace(0, 100, 11)
"""Los escalones de las notas: de a diez por ciento."""


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
    for (_, exercise), row in shown.iterrows():
        place = (100 * row["difficulty"], row["discrimination"])
        axes.annotate(exercise, place, (4, 4), textcoords="offset points", fontsize=9)
    axes.set(
        title="Cada ejercicio: dificultad y discriminación",
        xlabel="% de los puntos, en promedio (a la izquierda, difícil)",
        ylabel="discriminación",
        xlim=(0, 105),
    )
    names = [exercise for _, exercise in shown.index[weak]]
    alt = (
        f"Puntos: dificultad contra discriminación de {len(shown)} ejercicios; por debajo de "
        f"{LOOK_AT:g}".replace(".", ",")
        + f": {', '.join(names) or 'ninguno'}."
    )
    return Picture(_inline(figure), alt)


def _inline(figure: Figure) -> str:
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "amq2"}):  # la misma página, los mismos bytes
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(buffer.getvalue()).decode()}"
