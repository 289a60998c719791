"""Los dibujos de la unidad 05 muestran lo que se les dio, en orden, con texto que se lee entero."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from amq2.orchestrator.isolated import HOME  # isort: skip - prepara la casa antes que `airflow`

from airflow.sdk import DAG, task

from amq2.orchestrator.architecture import COMPONENTS, LINKS
from amq2.orchestrator.drawings import draw_components, draw_dag, plot_gantt, plot_life
from amq2.orchestrator.layers import arrange, depths
from amq2.orchestrator.looks import LOOKS, look
from amq2.orchestrator.runs import Run, TaskRun

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def dag() -> DAG:
    assert HOME.exists()
    with DAG("cartera", schedule=None) as dag:

        @task
        def extract_everything_from_the_source() -> list[int]:
            return [1, 2, 3]

        @task
        def score(number: int) -> int:
            return number

        @task
        def publish() -> None: ...

        files = extract_everything_from_the_source()
        end = publish()
        score.expand(number=files) >> end
        files >> end
    return dag


def ran(
    task_id: str, state: str | None, start: float | None, end: float | None, index: int = -1
) -> TaskRun:
    begin, finish = (at if at is None else NOON + timedelta(seconds=at) for at in (start, end))
    return TaskRun(task_id, index, state, 2 if state == "failed" else 1, begin, finish, "@task")


@pytest.fixture
def run() -> Run:
    tasks = [
        ran("extract_everything_from_the_source", "success", 0, 2),
        ran("score", "success", 2, 3, 0),
        ran("score", "failed", 3, 7, 1),
        ran("score", "success", 4, 5, 2),
        ran("publish", "upstream_failed", None, None),
    ]
    return Run("cartera", "manual", "failed", tasks)


def texts(figure: Figure) -> list[Text]:
    found = figure.findobj(lambda artist: isinstance(artist, Text))
    return [text for text in found if isinstance(text, Text) and text.get_text().strip()]


def words(figure: Figure) -> str:
    return " ".join(text.get_text() for text in texts(figure))


def extent(artist: Text | FancyBboxPatch) -> Bbox:
    if isinstance(artist, Text):  # el de una anotación incluye el punto que señala
        return Text.get_window_extent(artist)
    return artist.get_window_extent()


def assert_readable(figure: Figure) -> None:
    """Que todo entre en la figura y ningún texto tape a otro."""
    figure.canvas.draw()
    drawn, page = figure.get_tightbbox(), figure.bbox_inches
    assert page.x0 <= drawn.x0 <= drawn.x1 <= page.x1, "se corta a lo ancho"
    assert page.y0 <= drawn.y0 <= drawn.y1 <= page.y1, "se corta a lo alto"
    [axes] = figure.axes
    written = [*axes.texts, axes.title]
    if axes.axison:
        written += [*axes.get_yticklabels(), axes.xaxis.label]
    for one, other in combinations(written, 2):
        overlap = extent(one).overlaps(extent(other)) and one.get_text() and other.get_text()
        assert not overlap, f"{one.get_text()!r} y {other.get_text()!r} se tapan"


def boxes_of(figure: Figure) -> list[FancyBboxPatch]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, FancyBboxPatch)]


def arrows_of(figure: Figure) -> list[FancyArrowPatch]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, FancyArrowPatch)]


def bars_of(figure: Figure) -> list[tuple[float, float]]:
    """Dónde empieza y cuánto mide cada barra."""
    bars = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [(bar.get_x(), bar.get_width()) for bar in bars]


def test_a_dag_has_a_box_for_each_task_and_an_arrow_for_each_dependency(dag: DAG) -> None:
    figure = draw_dag(dag)
    assert len(boxes_of(figure)) == 3
    assert len(arrows_of(figure)) == 3
    assert "El DAG cartera" in words(figure)
    assert "@task (mapeada)" in words(figure)
    assert_readable(figure)


def test_a_run_paints_each_task_with_its_state_and_counts_the_copies(dag: DAG, run: Run) -> None:
    figure = draw_dag(dag, run)
    assert "una corrida en estado failed" in words(figure)
    assert "2 success, 1 failed" in words(figure)
    painted = {
        task.task_id: box.get_hatch() or ""
        for task, box in zip(dag.tasks, boxes_of(figure), strict=True)
    }
    assert painted == {
        "extract_everything_from_the_source": look("success").hatch,
        "score": look("failed").hatch,
        "publish": look("upstream_failed").hatch,
    }
    assert_readable(figure)


def test_the_text_of_a_task_stays_in_its_box(dag: DAG, run: Run) -> None:
    figure = draw_dag(dag, run)
    figure.canvas.draw()
    inside = [extent(box) for box in boxes_of(figure)]
    for text in figure.axes[0].texts:
        here = extent(text)
        assert any(
            box.x0 <= here.x0 and here.x1 <= box.x1 and box.y0 <= here.y0 and here.y1 <= box.y1
            for box in inside
        ), text.get_text()


def test_every_state_can_be_told_from_the_rest_without_colour() -> None:
    assert len({look(state).box["facecolor"] for state in LOOKS}) == len(LOOKS)
    finished = ["success", "failed", "upstream_failed", "skipped"]
    assert len({look(state).hatch for state in finished}) == len(finished)


def test_every_arrow_goes_to_the_right_and_around_the_tasks_that_it_skips() -> None:
    layout = arrange({"a": [], "b": ["a"], "c": ["b", "a"], "d": ["c", "a", "b"]})
    assert [layout.places[name][0] for name in "abcd"] == [0, 1, 2, 3]
    for (origin, target), route in layout.routes.items():
        columns = [column for column, _ in route]
        assert columns == list(range(layout.places[origin][0], layout.places[target][0] + 1))
        assert not set(route[1:-1]) & set(layout.places.values())


def test_two_chains_side_by_side_do_not_cross() -> None:
    layout = arrange({"a": [], "b": [], "after_b": ["b"], "after_a": ["a"]})
    height = {name: row for name, (_, row) in layout.places.items()}
    assert (height["a"] > height["b"]) == (height["after_a"] > height["after_b"])


def test_a_cycle_is_named() -> None:
    with pytest.raises(ValueError, match="hay un ciclo entre a, b"):
        depths({"a": ["b"], "b": ["a"], "c": []})


def test_the_gantt_has_the_tasks_in_order_with_their_seconds(run: Run) -> None:
    figure = plot_gantt(run)
    [axes] = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == list(run.states)
    assert bars_of(figure) == [(0, 2), (2, 1), (3, 4), (4, 1)]
    captions = [text.get_text() for text in axes.texts if isinstance(text, Annotation)]
    assert captions == ["success", "success", "failed, 2 intentos", "success", "upstream_failed"]
    assert "segundos" in axes.get_xlabel()
    assert axes.yaxis_inverted()
    assert_readable(figure)


def test_the_bar_of_a_task_that_is_running_reaches_the_present() -> None:
    begin = datetime.now(UTC) - timedelta(hours=1)
    tasks = [TaskRun("score", -1, "running", 1, begin, None, "@task")]
    [(_, width)] = bars_of(plot_gantt(Run("cartera", "manual", "running", tasks)))
    assert 3600 <= width < 3660


def test_a_run_that_did_not_begin_can_be_drawn(dag: DAG) -> None:
    waiting = Run("cartera", "manual", "queued", [ran("publish", None, None, None)])
    for figure in (plot_gantt(waiting), draw_dag(dag, waiting)):
        assert "sin estado" in words(figure)
        assert_readable(figure)


def test_a_life_shows_how_long_a_task_stayed_in_each_state() -> None:
    moments = [("scheduled", 0.0), ("queued", 0.5), ("running", 2.0), ("success", 6.0)]
    figure = plot_life([(state, NOON + timedelta(seconds=at)) for state, at in moments])
    [axes] = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == [name for name, _ in moments]
    assert bars_of(figure) == [(0, 0.5), (0.5, 1.5), (2, 4)]
    for word in ("0,50 s", "1,50 s", "4,00 s", "a los 6,00 s", "La vida de una tarea"):
        assert word in words(figure)
    assert "segundos" in axes.get_xlabel()
    assert_readable(figure)


@pytest.fixture
def table() -> pd.DataFrame:
    rows = [
        ("scheduler", 101, 180.4, "anda"),
        ("API server", 103, 310.0, "anda"),
        ("base de datos", None, None, "SQLite, 60 tablas"),
        ("workers", 201, 90.0, "anda"),
        ("workers", 202, 95.0, "anda"),
    ]
    return pd.DataFrame(rows, columns=["componente", "pid", "memoria MiB", "estado"])


def test_the_components_say_what_is_running_and_what_is_not_seen(table: pd.DataFrame) -> None:
    figure = draw_components(table)
    said = words(figure)
    for word in ("pid 101, 180 MiB, anda", "SQLite, 60 tablas", "2 procesos, 185 MiB, anda"):
        assert word in said
    # No están el DAG processor, el triggerer ni el executor.
    assert said.count("no se lo ve") == 3
    assert "se ven 4 de 7" in said
    assert all(name in said for name in COMPONENTS)
    assert len(arrows_of(figure)) == len(LINKS)
    assert_readable(figure)


def test_the_text_of_a_component_stays_in_its_box(table: pd.DataFrame) -> None:
    figure = draw_components(table)
    figure.canvas.draw()
    for box in map(extent, boxes_of(figure)):
        for here in map(extent, figure.axes[0].texts):
            if box.overlaps(here):
                assert box.x0 <= here.x0
                assert here.x1 <= box.x1


def test_a_component_that_is_not_in_the_diagram_is_named(table: pd.DataFrame) -> None:
    table.loc[0, "componente"] = "planificador"
    with pytest.raises(ValueError, match="no conoce planificador: los componentes son usuario"):
        draw_components(table)
