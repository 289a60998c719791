"""Lo que se mide en la unidad 05: cuánto cuesta pasar datos por XCom, y cuánto una tarea."""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amq2.orchestrator.home import DATABASE, AirflowError
from amq2.orchestrator.inline import run_dag
from amq2.orchestrator.isolated import HOME
from amq2.orchestrator.runs import Run

# isort: split
# Después de `inline`, que le da a Airflow su casa.
from airflow.sdk import DAG

STYLES = (("#0072B2", "o", "-"), ("#D55E00", "s", "--"), ("#009E73", "^", ":"))
"""Color (de la paleta de Okabe e Ito), marca y trazo de cada serie."""


def measure_xcom(
    builders: Mapping[str, Callable[[int], DAG]], sizes: Sequence[int]
) -> pd.DataFrame:
    """Ejecuta cada DAG con cada cantidad de filas, y mide cuánto tarda y cuánto guarda la base.

    Args:
        builders: nombre -> función que recibe cuántas filas y arma el DAG.
        sizes: las cantidades.

    Returns:
        Una fila por corrida: `manera`, `filas`, `segundos` y `MiB en la base`.

    Raises:
        AirflowError: si una corrida falla.
    """
    rows = []
    for size in sizes:
        for name, build in builders.items():
            dag = build(size)
            start = time.perf_counter()
            run = run_dag(dag)
            seconds = time.perf_counter() - start
            if run.state != "success":
                raise AirflowError(f"La corrida por {name} falló: {run.errors}")
            rows.append((name, size, seconds, _stored_bytes(run) / 2**20))
    return pd.DataFrame(rows, columns=["manera", "filas", "segundos", "MiB en la base"])


def _stored_bytes(run: Run) -> int:
    """Lo que dejaron en la base las tareas de una corrida."""
    query = "SELECT sum(length(value)) FROM xcom WHERE run_id = ?"
    with closing(sqlite3.connect(HOME / DATABASE)) as database:
        return int(database.execute(query, [run.run_id]).fetchone()[0] or 0)


def plot_xcom(costs: pd.DataFrame) -> Figure:
    """Segundos por corrida y lo que quedó en la base, según cuántas filas pasan.

    Args:
        costs: lo que devuelve `measure_xcom`.
    """
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for axes, column in zip(panels, ("segundos", "MiB en la base"), strict=True):
        for (name, own), (color, marker, line) in zip(
            costs.groupby("manera", sort=False), STYLES, strict=False
        ):
            axes.plot(own["filas"], own[column], line, marker=marker, color=color, label=name)
        axes.set(xscale="symlog", xlabel="filas que pasan", ylabel=column, ylim=(0, None))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}".replace(".", ","))
        axes.set_xticks(sorted(costs["filas"].unique()))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}".replace(",", "."))
    panels[0].set_title("Cuánto tarda la corrida")
    panels[1].set_title("Cuánto queda en la base de Airflow")
    panels[0].legend(title="por dónde")
    return figure


def plot_cost_per_event(milliseconds: Mapping[str, float]) -> Figure:
    """Cuánto cuesta un evento según quién lo procese, en escala logarítmica.

    Args:
        milliseconds: nombre -> milisegundos por evento.
    """
    figure, axes = plt.subplots(figsize=(8, 0.7 + 0.6 * len(milliseconds)), layout="constrained")
    names = list(milliseconds)[::-1]
    values = [milliseconds[name] for name in names]
    axes.plot(values, names, "o", color=STYLES[0][0], markersize=9)
    axes.hlines(names, min(values) / 3, values, color="#999999", linewidth=1)
    for name, value in zip(names, values, strict=True):
        text = f"  {np.format_float_positional(value, 2, fractional=False, trim='-')} ms"
        text = text.replace(".", ",")
        axes.annotate(text, (value, name), va="center", xytext=(6, 0), textcoords="offset points")
    axes.set(xscale="log", xlabel="milisegundos por evento (log)", title="Lo que cuesta un evento")
    axes.set(xlim=(min(values) / 3, max(values) * 12))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace(".", ","))
    axes.margins(y=0.25)
    return figure
