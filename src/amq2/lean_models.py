"""El mismo modelo, sin lo que scikit-learn repite en cada llamada.

`predict_proba` revisa y convierte las filas en cada paso de un pipeline, y en cada árbol de un
bosque: con una fila, casi todo el tiempo se va en eso. Acá se convierten una sola vez, porque ya
las revisó la puerta. Las cuentas son las mismas y en el mismo orden: el resultado es igual hasta el
último bit.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

Rows = NDArray[np.float64]


class LeanForest:
    """Un bosque entrenado que atiende filas sueltas; para entrenar está el original.

    Args:
        forest: un bosque de clasificación de una sola salida, ya entrenado.
    """

    def __init__(self, forest: RandomForestClassifier) -> None:
        self.n_features_in_: int = forest.n_features_in_
        self._trees = [estimator.tree_ for estimator in forest.estimators_]

    def predict_proba(self, rows: Rows) -> Rows:
        """Las probabilidades de cada clase, de forma (filas, clases).

        Args:
            rows: un arreglo de forma (filas, columnas), con las columnas en el orden del modelo.
        """
        same_rows = np.ascontiguousarray(rows, dtype=np.float32)
        total = self._trees[0].predict(same_rows)
        for tree in self._trees[1:]:
            total += tree.predict(same_rows)
        return np.asarray(total / len(self._trees))


class LeanRegression:
    """Una regresión logística de dos clases sobre columnas estandarizadas, ya entrenada.

    Args:
        scaler: el primer paso.
        regression: el segundo.
    """

    def __init__(self, scaler: StandardScaler, regression: LogisticRegression) -> None:
        self.n_features_in_: int = scaler.n_features_in_
        self._mean, self._scale = scaler.mean_, scaler.scale_
        self._weights, self._intercept = regression.coef_.T, regression.intercept_

    def predict_proba(self, rows: Rows) -> Rows:
        """Las probabilidades de cada clase, de forma (filas, 2); las filas, como en LeanForest."""
        standard = (np.asarray(rows, dtype=np.float64) - self._mean) / self._scale
        ones = expit(standard @ self._weights + self._intercept).ravel()
        return np.stack([1 - ones, ones], axis=1)


def lean(model: Any) -> Any:  # noqa: ANN401 - scikit-learn no trae tipos
    """El modelo, más liviano de llamar si es de los de arriba; si no, el mismo."""
    if type(model) is RandomForestClassifier:
        return LeanForest(model)
    steps = list(model.named_steps.values()) if type(model) is Pipeline else []
    if list(map(type, steps)) != [StandardScaler, LogisticRegression]:
        return model
    scaler, regression = steps
    is_plain = scaler.with_mean and scaler.with_std and len(regression.classes_) == 2
    return LeanRegression(scaler, regression) if is_plain else model
