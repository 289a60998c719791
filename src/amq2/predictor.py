"""Provisorio: llama al modelo de a una fila."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Predictor:
    """Puntajes de un modelo ya entrenado."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401
        self._model = copy.deepcopy(model)
        first = self._model.steps[0][1] if hasattr(model, "steps") else self._model
        first.__dict__.pop("feature_names_in_", None)

    async def predict(self, row: Sequence[float]) -> float:
        """El puntaje de una fila."""
        return float(self.predict_many(np.array([row]))[0])

    def predict_many(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Los puntajes de muchas filas."""
        return np.asarray(self._model.predict_proba(rows)[:, 1]).round(6)
