"""Cuánto acierta el modelo, entre un piso y un techo, sobre filas que no vio."""

import numpy as np
import pandas as pd
from sklearn.metrics import (
    brier_score_loss,
    log_loss,
    roc_auc_score,
)
from sklearn.pipeline import Pipeline

from amq2.credit import TARGET, applicants, true_probability
from amq2.model import TRAINING_ROWS, predict_default


def held_out() -> pd.DataFrame:
    """Solicitantes que `amq2.model.train` no vio: los `TRAINING_ROWS` que siguen."""
    return applicants(TRAINING_ROWS, first=TRAINING_ROWS + 1)


def evaluate(model: Pipeline, rows: pd.DataFrame) -> pd.DataFrame:
    """Mide el modelo entre un piso y un techo, sobre filas que no vio.

    El piso le da a todos la misma probabilidad: la proporción de `default` en `rows`. El techo usa
    la probabilidad verdadera, que sólo se conoce porque los datos son sintéticos.

    Returns:
        Una fila por predictor y tres medidas: `roc_auc` (más es mejor), `brier` y `log_loss` (menos
        es mejor).
    """
    target = rows[TARGET]
    predictors = {
        "tasa base (piso)": np.full(len(rows), target.mean()),
        "modelo": predict_default(model, rows),
        "verdad (techo)": true_probability(rows),
    }
    return pd.DataFrame(
        {
            name: {
                "roc_auc": roc_auc_score(target, scores),
                "brier": brier_score_loss(target, scores),
                "log_loss": log_loss(target, scores),
            }
            for name, scores in predictors.items()
        }
    ).T
