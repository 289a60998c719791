"""El mismo bosque, sin lo que scikit-learn repite en cada árbol.

`RandomForestClassifier.predict_proba` revisa y convierte las filas una vez por árbol: con una fila,
casi todo el tiempo se va en eso. Acá se convierten una sola vez y después se le pregunta a cada
árbol ya armado (`tree_`). Las cuentas son las mismas y en el mismo orden: el resultado es igual
hasta el último bit.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier


class LeanForest:
    """Un bosque entrenado que atiende filas sueltas; para entrenar está el original.

    Args:
        forest: un bosque de clasificación de una sola salida, ya entrenado.
    """

    def __init__(self, forest: RandomForestClassifier) -> None:
        self.n_features_in_: int = forest.n_features_in_
        self._trees = [estimator.tree_ for estimator in forest.estimators_]

    def predict_proba(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Las probabilidades de cada clase, de forma (filas, clases).

        Args:
            rows: un arreglo de forma (filas, columnas), con las columnas en el orden del modelo.
        """
        same_rows = np.ascontiguousarray(rows, dtype=np.float32)
        total = self._trees[0].predict(same_rows)
        for tree in self._trees[1:]:
            total += tree.predict(same_rows)
        return np.asarray(total / len(self._trees))


def lean(model: Any) -> Any:  # noqa: ANN401 - scikit-learn no trae tipos
    """El modelo, más liviano de llamar si es un bosque; si no, el mismo."""
    return LeanForest(model) if type(model) is RandomForestClassifier else model
