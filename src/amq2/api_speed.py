"""Medir lo que le hace a una API cada cambio, para la unidad 03."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import requests
from fastapi import FastAPI

from amq2.http_load import measure
from amq2.serving import serve

Endpoint = Callable[..., Any]

ROUNDS = 5


class Steps:
    """La misma API, cambiada paso a paso, con varios modelos.

    Args:
        models: nombre -> modelo.
        body: el cuerpo que mandan los clientes.
        seconds: cuánto se mide cada vez, con 16 clientes.
    """

    def __init__(self, models: Mapping[str, object], body: object, seconds: float = 2.0) -> None:
        self._models, self._body, self._seconds = models, body, seconds
        self._rows: dict[tuple[str, str], dict[str, float]] = {}

    def try_it(self, step: str, endpoint_for: Callable[[Any], Endpoint]) -> pd.DataFrame:
        """Mide un paso con cada modelo.

        Args:
            step: cómo se llama.
            endpoint_for: recibe un modelo y devuelve la función que atiende `POST /predict`.

        Returns:
            Lo medido en este paso, un renglón por modelo.
        """
        for name, model in self._models.items():
            app = FastAPI()
            app.post("/predict")(endpoint_for(model))
            with serve(app) as server:
                load = measure(f"{server.url}/predict", self._body, seconds=self._seconds)
            self._rows[step, name] = load.summary()
        return self.table().query("paso == @step").reset_index(drop=True)

    def table(self) -> pd.DataFrame:
        """Todo lo medido: `paso`, `modelo` y las columnas de `amq2.http_load.Load.summary`."""
        return pd.DataFrame(
            [{"paso": step, "modelo": name, **row} for (step, name), row in self._rows.items()]
        )


def compare(addresses: Mapping[str, str], body: object, seconds: float = 0.4) -> pd.DataFrame:
    """Lo rápido que atienden varios servidores: la mejor de cinco vueltas, una por servidor.

    La mejor mide al servidor y no lo que interrumpe a la máquina; van intercalados para que una
    demora no le toque siempre al mismo.

    Args:
        addresses: nombre -> la dirección a la que se le hace `POST`.
        body: el cuerpo que mandan los 16 clientes.
        seconds: cuánto dura cada medición.

    Returns:
        Un renglón por servidor: `pedidos/s` y `ms por pedido`, que es 1000 dividido por lo otro.
    """
    rounds = [
        {
            name: measure(url, body, seconds=seconds).summary()["pedidos/s"]
            for name, url in addresses.items()
        }
        for _ in range(ROUNDS)
    ]
    speed = pd.DataFrame(rounds).max()
    return pd.DataFrame({"pedidos/s": speed, "ms por pedido": 1000 / speed})


def wait_while(work: Callable[[], object], use_async: bool) -> float:
    """Cuánto espera un `GET /health` mientras otro pedido trabaja.

    Args:
        work: una función que tarda.
        use_async: si el endpoint que la llama es `async def`, o `def`.

    Returns:
        Milisegundos.
    """
    app, busy = FastAPI(), threading.Event()

    def endpoint() -> None:
        busy.set()
        work()

    async def async_endpoint() -> None:
        endpoint()

    app.get("/work")(async_endpoint if use_async else endpoint)
    app.get("/health")(lambda: "vivo")
    with serve(app) as server, ThreadPoolExecutor() as background:
        background.submit(requests.get, f"{server.url}/work", timeout=60)
        busy.wait(10)
        started = time.perf_counter()
        requests.get(f"{server.url}/health", timeout=60)
        return 1000 * (time.perf_counter() - started)
