"""El modelo, como lo llama la mayoría de los tutoriales: una tabla de una fila y predict_proba."""

import os
from typing import Any

import joblib
import pandas as pd

model = joblib.load(os.environ["MODEL"])  # lo escribió esta misma medición: se puede confiar


def score(applicant: dict[str, Any]) -> float:
    """La probabilidad de no pagar de un solicitante."""
    return score_many([applicant])[0]


def score_many(applicants: list[dict[str, Any]]) -> list[float]:
    """Lo mismo, para muchos en una llamada."""
    return model.predict_proba(pd.DataFrame(applicants))[:, 1].tolist()
