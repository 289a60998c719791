"""Las figuras de la unidad 01 dibujan lo que se les dio, con títulos, ejes y unidades."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from amq2.serving_plots import plot_costs, plot_map, plot_throughput, plot_waits


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def texts(figure: Figure) -> str:
    found = figure.findobj(lambda artist: isinstance(artist, Text))
    return " ".join(text.get_text() for text in found if isinstance(text, Text))


def xs(line: Line2D) -> list[float]:
    return [float(x) for x in np.atleast_1d(np.asarray(line.get_xdata()))]


def assert_named(figure: Figure, *words: str) -> None:
    for axes in figure.axes:
        assert axes.get_title() or axes.get_xlabel()
    for word in words:
        assert word in texts(figure)


def test_throughput_divides_rows_by_seconds() -> None:
    sizes, seconds = np.array([1.0, 10, 100]), np.array([0.001, 0.002, 0.01])
    figure = plot_throughput(sizes, seconds, one_row=0.001)
    left, right = figure.axes
    assert left.lines[0].get_ydata() == pytest.approx([1000, 5000, 10_000])
    assert left.lines[1].get_ydata() == pytest.approx([1000, 1000])
    assert right.lines[0].get_ydata() == pytest.approx([1, 2, 10])
    assert_named(figure, "filas por llamada", "filas por segundo", "milisegundos")


def test_waits_mark_the_percentiles_of_the_list_and_its_mean() -> None:
    waits = np.arange(1, 101, dtype=float)
    figure = plot_waits({"tranquilo": waits, "con cola": waits * 2})
    first, second = figure.axes
    assert [xs(line)[0] for line in first.lines] == pytest.approx([50, 50.5, 99])
    assert [xs(line)[0] for line in second.lines] == pytest.approx([100, 101, 198])
    assert_named(figure, "tranquilo: el 50 % esperó menos", "p99: 99,0", "milisegundos")


def test_costs_mark_where_the_first_one_overtakes_the_second() -> None:
    clients = np.array([1e6, 2e6, 3e6])
    figure = plot_costs(clients, {"crece": np.array([1.0, 3, 9]), "fijo": np.array([2.0, 2, 2])})
    marks = [line for line in figure.axes[0].lines if len(xs(line)) == 1]
    assert [xs(mark) for mark in marks] == [[2e6]]
    assert np.asarray(marks[0].get_ydata()) == pytest.approx([3])
    assert_named(figure, "2,0 millones", "dólares por mes", "clientes en la cartera")


def test_costs_that_never_cross_have_no_mark() -> None:
    clients = np.array([1e6, 2e6])
    figure = plot_costs(clients, {"bajo": np.array([1.0, 1]), "alto": np.array([2.0, 2])})
    assert all(len(xs(line)) == len(clients) for line in figure.axes[0].lines)


def test_the_map_places_each_case_and_what_it_would_cost() -> None:
    cases = pd.DataFrame(
        {
            "espera (s)": [0.3, 36_000],
            "por día": [1e6, 2e6],
            "forma": ["on-line", "batch"],
            "siempre encendido": [900.0, 800.0],
            "nocturno": [100.0, 50.0],
        },
        index=["fraude", "cartera"],
    )
    figure = plot_map(cases)
    widths = [bar.get_width() for bar in figure.axes[1].patches if isinstance(bar, Rectangle)]
    assert sorted(widths) == [50, 100, 800, 900]
    assert_named(
        figure, "fraude", "cartera", "segundos", "una hora", "llega tarde", "dólares por mes"
    )
