"""Los componentes de Airflow y quién le habla a quién, con los procesos que se ven andando."""

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

PLACES = {
    "usuario": (0, 2),
    "carpeta de DAGs": (0, 0),
    "API server": (1, 2),
    "DAG processor": (1, 0),
    "base de datos": (2, 1),
    "triggerer": (2, 0),
    "scheduler": (3, 1),
    "executor": (4, 1),
    "workers": (4, 2),
}
"""Los componentes que conoce el diagrama, y el lugar de cada uno: columna y fila."""

COMPONENTS = tuple(PLACES)

NOT_PROCESSES = ("usuario", "carpeta de DAGs")
"""Los que no son un programa: se dibujan aunque no estén en la tabla."""

ROLES = {
    "usuario": "mira, dispara y escribe DAGs",
    "carpeta de DAGs": "los archivos .py",
    "API server": "la pantalla y la API",
    "DAG processor": "lee los archivos",
    "base de datos": "DAGs, corridas y estados",
    "triggerer": "espera por las tareas diferidas",
    "scheduler": "decide qué tarea toca",
    "executor": "reparte las tareas",
    "workers": "ejecutan las tareas",
}

LINKS = (
    ("usuario", "API server", "navegador"),
    ("usuario", "carpeta de DAGs", "escribe"),
    ("carpeta de DAGs", "DAG processor", "lee"),
    ("DAG processor", "base de datos", "guarda los DAGs"),
    ("API server", "base de datos", "consulta y anota"),
    ("triggerer", "base de datos", "esperas"),
    ("scheduler", "base de datos", "estados"),
    ("scheduler", "executor", "tareas"),
    ("executor", "workers", "lanza"),
    ("workers", "API server", "cuentan cómo va cada tarea; a la base no llegan"),
)
"""Quién le habla a quién, y de qué."""

WIDTH, HEIGHT = 2.15, 0.9  # pulgadas: lo que mide una caja
ACROSS, DOWN = 3.1, 1.75  # pulgadas: de una caja a la de al lado, y a la de arriba

SEEN, UNSEEN, OTHER = "#9BD1F2", "white", "#F2F2F2"


def draw_components(table: pd.DataFrame) -> Figure:
    """El diagrama de Airflow, con lo que se ve andando en cada caja.

    Args:
        table: un renglón por proceso, con las columnas `componente` (uno de `COMPONENTS`), `pid`,
            `memoria MiB` y `estado`; `pid` y la memoria pueden faltar. Si un componente se repite,
            su caja dice cuántos procesos son y suma la memoria.

    Raises:
        ValueError: si hay un componente que el diagrama no conoce.
    """
    unknown = sorted(set(table["componente"]) - set(COMPONENTS))
    if unknown:
        raise ValueError(
            f"El diagrama no conoce {', '.join(unknown)}: los componentes son "
            f"{', '.join(COMPONENTS)}."
        )
    figure, axes = plt.subplots(figsize=(ACROSS * 4.9, DOWN * 2.9), layout="constrained")
    for origin, target, what in LINKS:
        _link(axes, origin, target, what)
    for name in COMPONENTS:
        _box(axes, name, table[table["componente"] == name])
    seen = len(set(table["componente"]) - set(NOT_PROCESSES))
    total = len(COMPONENTS) - len(NOT_PROCESSES)
    axes.set_title(f"Los componentes de Airflow: se ven {seen} de {total} (memoria en MiB)")
    axes.set(xlim=(-ACROSS * 0.45, ACROSS * 4.45), ylim=(-DOWN * 0.45, DOWN * 2.45))
    axes.axis("off")
    return figure


def _box(axes: Axes, name: str, rows: pd.DataFrame) -> None:
    x, y = _centre(name)
    is_seen = not rows.empty
    color = SEEN if is_seen else OTHER if name in NOT_PROCESSES else UNSEEN
    dashed = not is_seen and name not in NOT_PROCESSES
    corner = (x - WIDTH / 2, y - HEIGHT / 2)
    style: dict[str, Any] = {"facecolor": color, "edgecolor": "#444444"}
    line = "--" if dashed else "-"
    axes.add_patch(
        FancyBboxPatch(corner, WIDTH, HEIGHT, boxstyle="round,pad=0.05", linestyle=line, **style)
    )
    middle: dict[str, Any] = {"ha": "center", "va": "center"}
    axes.text(x, y + 0.27, name, weight="bold", fontsize=11, **middle)
    axes.text(x, y, ROLES[name], fontsize=8.5, **middle)
    live = _live(rows) if is_seen else "no se lo ve" if dashed else ""
    axes.text(x, y - 0.28, live, fontsize=8.5, family="monospace", **middle)


def _live(rows: pd.DataFrame) -> str:
    """Los procesos de un componente, en un renglón: `pid 1234, 210 MiB, anda`."""
    pids = rows["pid"].dropna().tolist()
    memory = rows["memoria MiB"].sum(min_count=1)
    parts = [f"{len(pids)} procesos"] if len(pids) > 1 else [f"pid {int(pid)}" for pid in pids]
    parts += [] if pd.isna(memory) else [f"{memory:.0f} MiB"]
    states = list(dict.fromkeys(str(state) for state in rows["estado"].dropna() if state))
    return ", ".join(parts + states)


def _link(axes: Axes, origin: str, target: str, what: str) -> None:
    begin, end = _edge(origin, target), _edge(target, origin)
    style: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 14, "color": "#444444"}
    axes.add_patch(FancyArrowPatch(begin, end, shrinkA=0, shrinkB=0, **style))
    middle = ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2)
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    offset = 0.14 if begin[1] == end[1] else 0.0
    axes.text(middle[0], middle[1] + offset, what, ha="center", va="center", fontsize=8, bbox=paper)


def _edge(name: str, other: str) -> tuple[float, float]:
    """De dónde sale la flecha: del costado que mira al otro; del borde, si está en su columna."""
    (x, y), (x2, y2) = _centre(name), _centre(other)
    if x == x2:
        return x, y + (HEIGHT / 2 + 0.06) * (1 if y2 > y else -1)
    return x + (WIDTH / 2 + 0.06) * (1 if x2 > x else -1), y


def _centre(name: str) -> tuple[float, float]:
    column, row = PLACES[name]
    return ACROSS * column, DOWN * row
