"""Los dibujos del informe. Con `Figure` y no con pyplot: no dependen de ninguna pantalla."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from amq2.credit import COLUMNS
from amq2.nightly.drift import CHANGED, WATCH
from amq2.serving_plots import BLUE, GREEN, GREY, ORANGE, PINK

MEANINGS = {column.name: column.meaning for column in COLUMNS}
DAYS = 30
"""Cuántos días entran en el dibujo de volúmenes."""


def plot_volumes(rows: dict[str, int], day: str) -> Figure:
    """Cuántas filas se publicaron cada día; el del informe, en otro color."""
    days = [each for each in rows if each <= day][-DAYS:]
    figure, axes = _figure(2.6)
    colors = [ORANGE if each == day else GREY for each in days]
    axes.bar(range(len(days)), [rows[each] for each in days], color=colors)
    axes.set_xlim(-0.6, max(len(days), 7) - 0.4)
    axes.set_xticks(range(len(days)), days, rotation=45, ha="right", fontsize=8)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(title="Filas publicadas por día", ylabel="solicitudes")
    return figure


def plot_scores(scores: "pd.Series[float]", training: "pd.Series[float]") -> Figure:
    """Los puntajes del día sobre los del entrenamiento, en la misma escala."""
    figure, axes = _figure(3.0)
    bins = np.linspace(0, 1, 41).tolist()
    for values, color, label in ((training, GREY, "entrenamiento"), (scores, BLUE, "este día")):
        weights = np.full(len(values), 100 / max(len(values), 1))
        axes.hist(values, bins, weights=weights, color=color, alpha=0.6, label=label)
    axes.set(title="Los puntajes", xlabel="probabilidad de no pagar", ylabel="% de las solicitudes")
    axes.legend()
    return figure


def plot_drift(psi: "pd.Series[float]") -> Figure:
    """El PSI de cada columna, con los dos límites de la regla."""
    figure, axes = _figure(3.0)
    names = [MEANINGS.get(name, name) for name in psi.index]
    colors = [BLUE if v <= WATCH else ORANGE if v <= CHANGED else PINK for v in psi]
    axes.barh(names, psi, color=colors)
    # Arriba de las barras, y uno a cada lado de su línea: no se pisan en ninguna escala.
    for limit, label, side in ((WATCH, "mirar", "right"), (CHANGED, "cambió", "left")):
        axes.axvline(limit, color="black", linestyle="--", linewidth=1)
        axes.text(limit, 1.02, label, transform=axes.get_xaxis_transform(), ha=side, fontsize=8)
    axes.invert_yaxis()
    axes.set_title("Cambio desde el entrenamiento", pad=18)
    axes.set_xlabel("PSI")
    axes.set_xlim(0, max(1.1 * psi.max(), 0.3))
    return figure


def plot_reasons(reasons: dict[str, int]) -> Figure:
    """Cuántas filas quedaron en cuarentena por cada motivo."""
    figure, axes = _figure(1.2 + 0.35 * len(reasons))
    axes.barh(list(reasons), list(reasons.values()), color=ORANGE)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(title="Por qué quedaron filas en cuarentena", xlabel="filas")
    return figure


def plot_shadow(active: "pd.Series[float]", shadow: "pd.Series[float]") -> Figure:
    """El puntaje del modelo en sombra contra el del activo, fila por fila."""
    figure, axes = _figure(3.6)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1)
    axes.plot(active, shadow, ".", color=GREEN, markersize=3, alpha=0.4)
    axes.set(
        title="El modelo en sombra contra el activo",
        xlabel="probabilidad, modelo activo",
        ylabel="probabilidad, en sombra",
        aspect="equal",
    )
    return figure


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7, height), layout="constrained")
    return figure, figure.subplots()
