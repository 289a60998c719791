"""El mismo modelo en ONNX, ejecutado por onnxruntime: los mismos puntajes, sin scikit-learn.

scikit-learn redondea a float32 lo que entra a un bosque; ONNX no. Acá se hace lo mismo antes de
llamarlo: sin eso, una fila que cae justo en un corte de un árbol toma la otra rama.
"""

from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from skl2onnx import to_onnx
from skl2onnx.common.data_types import DoubleTensorType
from sklearn.ensemble import RandomForestClassifier

Rows = NDArray[np.float64]

OPSETS = {"": 21, "ai.onnx.ml": 3}
"""Las versiones de los operadores; desde la 3, los árboles aceptan float64."""


class OnnxModel:
    """Un modelo de scikit-learn pasado a ONNX, con su misma cara: `predict_proba`."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - scikit-learn no trae tipos
        self.n_features_in_: int = model.n_features_in_
        self._is_forest = isinstance(model, RandomForestClassifier)
        shape = [("rows", DoubleTensorType([None, self.n_features_in_]))]
        graph = to_onnx(model, initial_types=shape, options={"zipmap": False}, target_opset=OPSETS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(graph.SerializeToString(), options)

    def __deepcopy__(self, memo: object) -> "OnnxModel":
        """No guarda nada que cambie: la copia es él mismo."""
        return self

    def predict_proba(self, rows: Rows) -> Rows:
        """Las probabilidades de las dos clases, de forma (filas, 2)."""
        if self._is_forest:
            rows = rows.astype(np.float32).astype(np.float64)
        [probabilities] = self._session.run(["probabilities"], {"rows": rows})
        return np.asarray(probabilities, dtype=np.float64)
