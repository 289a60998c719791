"""De dónde salen los puntajes: del modelo en este proceso, o de la API de la unidad 03."""

from typing import Protocol

import numpy as np
import pandas as pd
import requests
from numpy.typing import NDArray
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from amq2.credit import FEATURES
from amq2.model import MODEL_VERSION, predict_default, train

MAX_BATCH = 1000
"""Filas que acepta la API en un pedido."""

TIMEOUT = (3, 30)
"""Segundos para conectarse, y para esperar cada respuesta."""


class ScorerError(Exception):
    """No hay puntajes. Su texto es una línea para quien usa la pantalla."""


class Scorer(Protocol):
    """Lo que la pantalla necesita de un modelo.

    Attributes:
        version: qué modelo es.
    """

    version: str

    def scores(self, rows: pd.DataFrame) -> NDArray[np.float64]:
        """La probabilidad de no pagar de cada fila; `rows` trae las columnas de `FEATURES`."""


class LocalScorer:
    """El modelo, en este proceso. Si no se da uno, se entrena el del curso."""

    def __init__(self, model: object = None, version: str = MODEL_VERSION) -> None:
        self._model = model or train()
        self.version = version

    def scores(self, rows: pd.DataFrame) -> NDArray[np.float64]:
        """Una sola llamada al modelo para todas las filas."""
        return predict_default(self._model, rows)


class ApiScorer:
    """La API del banco: `ApiScorer("http://127.0.0.1:8000", "la-clave")`.

    Raises:
        ScorerError: si no contesta, si la clave no sirve o si no es la API que se espera.
    """

    def __init__(self, url: str, key: str) -> None:
        self._url = f"{url.rstrip('/')}/v1/predictions/batch"
        self._session = requests.Session()
        self._session.headers["X-API-Key"] = key
        # Pedir un puntaje no cambia nada: se puede repetir, aunque sea un POST.
        again = Retry(3, backoff_factor=0.2, status_forcelist=[503], allowed_methods=None)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=again))
        self.version = ""

    def scores(self, rows: pd.DataFrame) -> NDArray[np.float64]:
        """Un pedido por cada mil filas."""
        found: list[float] = []
        for start in range(0, len(rows), MAX_BATCH):
            some = rows[list(FEATURES)].iloc[start : start + MAX_BATCH]
            found += self._ask(some.to_dict("records"))
        return np.array(found)

    def _ask(self, applicants: list[dict[str, float]]) -> list[float]:
        try:
            answer = self._session.post(self._url, json={"applicants": applicants}, timeout=TIMEOUT)
        except requests.exceptions.RequestException:
            raise ScorerError(
                "El servicio de puntajes no contesta: probá de nuevo en unos minutos."
            ) from None
        if answer.status_code == 401:
            raise ScorerError("El servicio de puntajes no acepta la clave de esta aplicación.")
        if not answer.ok:
            raise ScorerError(f"El servicio de puntajes contestó {answer.status_code}: avisanos.")
        try:
            body = answer.json()
            self.version = str(body["model_version"])
            return list(body["probabilities"])
        except (ValueError, KeyError, TypeError):
            raise ScorerError(
                "Donde tenía que estar el servicio de puntajes hay otra cosa: avisanos."
            ) from None
