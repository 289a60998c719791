"""Las figuras de la unidad 03 dibujan lo que se les dio, con títulos, ejes y unidades."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from amq2.api_plots import plot_availability, plot_frameworks, plot_steps


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def texts(figure: Figure) -> str:
    found = figure.findobj(lambda artist: isinstance(artist, Text))
    return " ".join(text.get_text() for text in found if isinstance(text, Text))


def bars(axes: Axes) -> list[Rectangle]:
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def test_frameworks_are_bars_with_their_numbers() -> None:
    measured = pd.DataFrame(
        {"con el modelo": [400.0, 380.0], "sin modelo": [2000.0, 1500.0]}, ["Flask", "FastAPI"]
    )
    figure = plot_frameworks(measured)
    widths = sorted(bar.get_width() for bar in bars(figure.axes[0]))
    assert widths == [380, 400, 1500, 2000]
    for text in ("Flask", "FastAPI", "pedidos por segundo", "sin modelo", "1500"):
        assert text in texts(figure)


def test_steps_are_drawn_for_each_model_and_measure() -> None:
    steps = pd.DataFrame(
        [
            ("1. ingenua", "regresión", 200.0, 140.0),
            ("1. ingenua", "bosque", 30.0, 900.0),
            ("2. una llamada", "regresión", 450.0, 70.0),
            ("2. una llamada", "bosque", 80.0, 400.0),
        ],
        columns=["paso", "modelo", "pedidos/s", "p99 (ms)"],
    )
    figure = plot_steps(steps)
    speed, wait = (
        [x for line in axes.lines for x in np.asarray(line.get_xdata())] for axes in figure.axes
    )
    assert sorted(speed) == [30, 80, 200, 450]
    assert sorted(wait) == [70, 140, 400, 900]
    for text in ("1. ingenua", "2. una llamada", "bosque", "milisegundos", "por segundo"):
        assert text in texts(figure)


def test_availability_counts_answered_and_failed() -> None:
    requests = pd.DataFrame({"at": [10.0, 10.05, 10.5, 11.0], "status": [200, 200, 0, 200]})
    figure = plot_availability(requests, killed_at=10.4)
    axes = figure.axes[0]
    assert sum(bar.get_height() for bar in bars(axes)) == len(requests)
    (line,) = axes.lines
    assert line.get_xdata() == pytest.approx([0.4, 0.4])
    assert "contestados: 3" in texts(figure)
    assert "fallados: 1" in texts(figure)
