"""Las figuras de la unidad 03: los frameworks, los cambios a la llamada y la disponibilidad.

Cada función dibuja lo que se midió en el notebook y devuelve la figura, con los colores de
`amq2.serving_plots`.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from amq2.serving_plots import BLUE, GREEN, GREY, ORANGE

BINS_PER_SECOND = 10


def plot_frameworks(measured: pd.DataFrame) -> Figure:
    """Pedidos por segundo de cada framework, en una columna por lo que contesta.

    Args:
        measured: un renglón por framework; columnas, por ejemplo, «con el modelo» y «sin modelo».
    """
    figure, axes = plt.subplots(figsize=(8, 2.6), layout="constrained")
    rows, height = np.arange(len(measured)), 0.8 / len(measured.columns)
    for number, (name, color) in enumerate(zip(measured, (BLUE, GREY), strict=True)):
        places = rows + (number - 0.5) * height
        bars = axes.barh(places, measured[name], height, color=color, label=name)
        axes.bar_label(bars, fmt="%.0f", padding=3, fontsize=8)
    axes.set_yticks(rows, measured.index)
    axes.invert_yaxis()
    axes.set(title="El mismo endpoint, tres frameworks", xlabel="pedidos por segundo")
    axes.margins(x=0.1)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def plot_steps(steps: pd.DataFrame) -> Figure:
    """Lo que cada cambio le hizo a los pedidos por segundo y al p99, por modelo.

    Args:
        steps: un renglón por paso, en orden, con columnas `paso`, `modelo`, `pedidos/s` y
            `p99 (ms)`.
    """
    figure, panels = plt.subplots(1, 2, figsize=(10, 3.4), sharey=True, layout="constrained")
    names = list(dict.fromkeys(steps["paso"]))
    groups = list(steps.groupby("modelo", sort=False))
    height = 0.8 / len(groups)
    for axes, column, unit in (
        (panels[0], "pedidos/s", "pedidos por segundo (log): más es mejor"),
        (panels[1], "p99 (ms)", "p99 en milisegundos (log): menos es mejor"),
    ):
        for number, ((name, some), color) in enumerate(zip(groups, (BLUE, ORANGE), strict=False)):
            places = np.array([names.index(step) for step in some["paso"]], dtype=float)
            places += (number - (len(groups) - 1) / 2) * height
            axes.plot(some[column], places, "o", color=color, label=str(name))
            for point in zip(some[column], places, strict=True):
                label, offset = f"{point[0]:.0f}", (6, -3)
                axes.annotate(label, point, offset, textcoords="offset points", fontsize=8)
        axes.set(xscale="log", xlabel=unit)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
        axes.xaxis.set_major_formatter("{x:.0f}")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(axis="x", alpha=0.4)
        axes.margins(x=0.2)
    panels[0].set_yticks(range(len(names)), names)
    panels[0].invert_yaxis()
    figure.suptitle("Qué le hizo cada cambio a la misma API")
    panels[1].legend(title="modelo", loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def plot_availability(requests: pd.DataFrame, killed_at: float) -> Figure:
    """Pedidos contestados y fallados en el tiempo, y cuándo murió un proceso.

    Args:
        requests: los de `amq2.http_load.Load`: `at` y `status`.
        killed_at: cuándo se lo mató, en segundos de `time.time`.
    """
    begin = requests["at"].min()
    at = requests["at"] - begin
    answered = requests["status"].between(100, 499)
    edges = np.arange(0, at.max() + 1 / BINS_PER_SECOND, 1 / BINS_PER_SECOND)
    figure, axes = plt.subplots(figsize=(8, 2.8), layout="constrained")
    axes.hist(
        [at[answered].tolist(), at[~answered].tolist()],
        edges.tolist(),
        stacked=True,
        color=[GREEN, ORANGE],
        label=[f"contestados: {answered.sum()}", f"fallados: {(~answered).sum()}"],
    )
    axes.axvline(killed_at - begin, color="black", linestyle="--", label="muere un proceso")
    axes.set(title="Una API con dos procesos, y uno muere", xlabel="segundos")
    axes.set_ylabel(f"pedidos cada {1000 // BINS_PER_SECOND} ms")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
