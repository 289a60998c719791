"""Muchas personas apretando el mismo botón a la vez: cuánto espera cada una."""

import time
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
from gradio_client import Client
from matplotlib.figure import Figure

from amq2.serving_plots import BLUE, ORANGE


def press_at_once(url: str, api_name: str, people: int, *values: object) -> pd.DataFrame:
    """Cada persona pide lo mismo, todas a la vez, cada una desde su página.

    Antes de medir, cada una ya apretó una vez: conectarse no cuenta como espera.

    Args:
        url: la dirección de la pantalla.
        api_name: lo que dispara el botón, por ejemplo `"/predict"`.
        people: cuántas son.
        values: lo que pone cada una en los campos.

    Returns:
        Una fila por persona, en el orden en que terminaron; columna `segundos`, lo que esperó.
    """
    clients = [Client(url, verbose=False, analytics_enabled=False) for _ in range(people)]

    def press(client: Client) -> float:
        client.predict(*values, api_name=api_name)
        return time.perf_counter()

    with ThreadPoolExecutor(people) as crowd:
        list(crowd.map(press, clients))
        start = time.perf_counter()
        waits = sorted(end - start for end in crowd.map(press, clients))
    for client in clients:
        client.close()
    return pd.DataFrame({"segundos": waits}, index=pd.RangeIndex(1, people + 1, name="persona"))


def plot_waits(waits: dict[str, pd.DataFrame]) -> Figure:
    """Lo que esperó cada persona, con cada configuración.

    Args:
        waits: nombre de la configuración -> lo que dio `press_at_once`.
    """
    figure = Figure(figsize=(9, 2.6), layout="constrained")
    panels = figure.subplots(1, len(waits), sharex=True, sharey=True)
    for axes, (name, some), color in zip(panels, waits.items(), (ORANGE, BLUE), strict=True):
        axes.barh(some.index, some["segundos"], color=color)
        axes.set(title=name, xlabel="segundos hasta la respuesta")
        axes.xaxis.set_major_formatter(lambda seconds, _: f"{seconds:g}".replace(".", ","))
    panels[0].set_ylabel("persona")
    panels[0].invert_yaxis()
    return figure
