"""Las figuras de la unidad 01: rendimiento, esperas, costos y el mapa de formas de servir.

Cada función dibuja lo que se midió o se calculó en el notebook y devuelve la figura. Los colores
son los de Okabe e Ito, que se distinguen con cualquier daltonismo.
"""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9"
GREY = "#999999"
WAYS = {"on-line": (BLUE, "o"), "batch": (ORANGE, "s"), "streaming": (GREEN, "^")}
WAYS["edge"] = (PINK, "D")

NIGHT_IS_LATE = 3600  # segundos: quien espera menos que esto no puede esperar a la noche

Numbers = NDArray[np.float64]


def plot_throughput(sizes: Numbers, seconds: Numbers, one_row: float) -> Figure:
    """Filas por segundo y milisegundos por llamada, según el tamaño del lote.

    Args:
        sizes: filas por llamada.
        seconds: lo que tardó cada llamada.
        one_row: segundos por fila cuando se predice de a una.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    left.loglog(sizes, sizes / seconds, "o-", color=BLUE, label="una llamada vectorizada")
    left.axhline(1 / one_row, color=ORANGE, linestyle="--", label="de a una, en un bucle")
    left.set(title="Throughput", xlabel="filas por llamada", ylabel="filas por segundo")
    left.legend()
    right.semilogx(sizes, 1000 * seconds, "o-", color=BLUE)
    right.set(title="Latencia de la llamada", xlabel="filas por llamada", ylabel="milisegundos")
    right.set_ylim(0)
    return figure


def plot_waits(measured: Mapping[str, Numbers]) -> Figure:
    """Un histograma por situación, con p50, media y p99.

    Args:
        measured: nombre de la situación -> esperas en milisegundos.
    """
    everything = np.concatenate(list(measured.values()))
    bins = np.geomspace(everything.min(), everything.max(), 70)
    size = (8, 0.4 + 2.1 * len(measured))
    figure, panels = plt.subplots(
        len(measured), 1, figsize=size, sharex=True, squeeze=False, layout="constrained"
    )
    for axes, (name, waits) in zip(panels[:, 0], measured.items(), strict=True):
        p50, p99 = np.percentile(waits, [50, 99], method="inverted_cdf")
        below = 100 * (waits < waits.mean()).mean()
        axes.hist(waits, bins, color=GREY)
        axes.axvline(p50, color=BLUE, label=f"p50: {_one_digit(p50)}")
        mean = waits.mean()
        axes.axvline(mean, color=ORANGE, linestyle="--", label=f"media: {_one_digit(mean)}")
        axes.axvline(p99, color=GREEN, linestyle=":", linewidth=2, label=f"p99: {_one_digit(p99)}")
        axes.set(title=f"{name}: el {below:.0f} % esperó menos que la media")
        axes.set(xscale="log", yscale="log", ylabel="pedidos (log)")
        axes.legend(title="milisegundos", loc="center left", bbox_to_anchor=(1, 0.5))
    panels[-1, 0].set_xlabel("espera (milisegundos, escala logarítmica)")
    panels[-1, 0].xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panels[-1, 0].xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}".replace(".", ",")))
    panels[-1, 0].xaxis.set_minor_formatter(NullFormatter())
    return figure


def plot_costs(clients: Numbers, costs: Mapping[str, Numbers]) -> Figure:
    """El costo de cada forma según la cartera, y dónde se cruzan las dos primeras.

    Args:
        clients: clientes en la cartera, en orden creciente.
        costs: nombre de la forma -> dólares por mes; la primera es la que crece hasta cruzar.
    """
    figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
    styles = ((ORANGE, "-"), (BLUE, "-"), (SKY, "--"))
    for (name, cost), (color, style) in zip(costs.items(), styles, strict=False):
        axes.loglog(clients, cost, color=color, linestyle=style, linewidth=2, label=name)
    first, second, *_ = costs.values()
    if (first > second).any():
        at = int(np.argmax(first > second))
        axes.plot(clients[at], first[at], "ko")
        label = f"se cruzan en\n{_one_digit(clients[at] / 1e6)} millones"
        place = (clients[at], first[at])
        axes.annotate(label, place, xytext=(0, -42), textcoords="offset points")
    axes.set(title="Costo de tener puntajes", xlabel="clientes en la cartera")
    axes.set_ylabel("dólares por mes")
    axes.legend()
    axes.grid(alpha=0.3)
    return figure


def plot_map(cases: pd.DataFrame) -> Figure:
    """El mapa: a la izquierda, espera y volumen de cada caso; a la derecha, lo que costaría.

    Args:
        cases: un caso por fila, con `espera (s)`, `por día`, `forma`, y los dólares por mes
            de cada opción en `siempre encendido` y `nocturno`.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    _place(left, cases)
    _price(right, cases)
    return figure


def _one_digit(number: float) -> str:
    """Con un decimal y coma: 8,6."""
    return f"{number:.1f}".replace(".", ",")


def _place(axes: Axes, cases: pd.DataFrame) -> None:
    for way, (color, marker) in WAYS.items():
        some = cases[cases["forma"] == way]
        axes.scatter(some["espera (s)"], some["por día"], s=70, c=color, marker=marker, label=way)
    for name, wait, volume in cases[["espera (s)", "por día"]].itertuples():
        late = wait >= NIGHT_IS_LATE
        offset, side = ((9, -3), "left") if late else ((0, 8), "center")
        axes.annotate(name, (wait, volume), offset, textcoords="offset points", ha=side, fontsize=8)
    axes.axvline(NIGHT_IS_LATE, color=GREY, linestyle="--")
    axes.text(NIGHT_IS_LATE, 650, " una hora", color="#555555", fontsize=8)
    axes.set(title="El mapa", xscale="log", yscale="log", xlim=(0.005, 1e9), ylim=(500, 3e9))
    axes.set(xlabel="espera que se tolera (segundos)", ylabel="predicciones por día")
    axes.legend(loc="upper center", ncols=4, fontsize=8)


def _price(axes: Axes, cases: pd.DataFrame) -> None:
    rows = np.arange(len(cases))
    on_time = (cases["espera (s)"] >= NIGHT_IS_LATE).to_numpy()
    nightly = cases["nocturno"].to_numpy()
    axes.barh(rows - 0.2, cases["siempre encendido"], 0.4, color=BLUE, label="siempre encendido")
    axes.barh(rows[on_time] + 0.2, nightly[on_time], 0.4, color=ORANGE, label="nocturno")
    late = axes.barh(rows[~on_time] + 0.2, nightly[~on_time], 0.4, color="#EEEEEE", hatch="//")
    late.set_label("nocturno, pero llega tarde")
    for bar in late:
        bar.set_edgecolor("#777777")
    axes.set(title="Lo que costaría", xscale="log", xlabel="dólares por mes")
    axes.set_yticks(rows, cases.index)
    axes.invert_yaxis()
    axes.legend(loc="upper right", bbox_to_anchor=(1, -0.13), ncols=3, fontsize=8)
