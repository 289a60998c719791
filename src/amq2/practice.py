"""Un modelo chico para practicar: ¿este cliente va a dar de baja su tarjeta?

Datos inventados y un modelo de tres columnas, distinto del modelo de crédito del curso. El modelo
cuenta cuántas veces lo llaman: sirve para ver si una respuesta predice de a una fila o de a muchas.
"""

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression

CARD_FEATURES = ("purchases", "claims", "months_as_customer")


class CountedModel:
    """Un modelo de scikit-learn que anota sus llamadas.

    Attributes:
        feature_names_in_: los nombres de las columnas, en el orden que espera el modelo.
        classes_: las clases; la columna `i` de `predict_proba` es la de `classes_[i]`.
        calls: cuántas veces se llamó a `predict_proba`.
    """

    def __init__(self, model: LogisticRegression) -> None:
        self._model = model
        self.feature_names_in_: NDArray[np.object_] = model.feature_names_in_
        self.classes_: NDArray[np.int_] = model.classes_
        self.calls = 0

    def predict_proba(self, rows: pd.DataFrame | ArrayLike) -> NDArray[np.float64]:
        """Las probabilidades de cada fila, con forma (filas, 2): de que siga y de que se vaya.

        Args:
            rows: una tabla con las columnas de `feature_names_in_`, ni más ni menos y en ese orden,
                o un arreglo de forma (filas, 3).
        """
        self.calls += 1
        if not isinstance(rows, pd.DataFrame):
            rows = pd.DataFrame(np.asarray(rows, dtype=float), columns=self.feature_names_in_)
        return np.asarray(self._model.predict_proba(rows))


def card_rows(n: int) -> list[dict[str, float]]:
    """Los primeros `n` clientes inventados: compras por mes, reclamos por año y antigüedad."""
    return [
        {"purchases": 3 + 7 * i % 23, "claims": i * i % 5, "months_as_customer": 4 + 13 * i % 97}
        for i in range(n)
    ]


def card_model() -> CountedModel:
    """El modelo, con la cuenta de llamadas en cero."""
    return CountedModel(_trained())


@cache
def _trained() -> LogisticRegression:
    rows = pd.DataFrame(card_rows(500))
    log_odds = 0.9 * rows["claims"] - 0.1 * rows["purchases"] - 0.02 * rows["months_as_customer"]
    leaves = np.random.default_rng(3).random(len(rows)) < 1 / (1 + np.exp(-log_odds))
    return LogisticRegression(max_iter=1000).fit(rows[list(CARD_FEATURES)], leaves.astype(int))
