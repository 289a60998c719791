"""El modelo: entrenarlo, guardarlo, cargarlo y usarlo. Los otros tres archivos lo importan de acá.

`python model.py` lo entrena y escribe model.skops al lado.
"""

from pathlib import Path
from typing import Any

import pandas as pd
import skops.io
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from amq2.project.patients import FEATURES, TARGET, patients

PATH = Path(__file__).with_name("model.skops")


def train(rows: pd.DataFrame) -> Any:
    """Entrena el modelo.

    Recibe:
        rows: pacientes con las columnas de `FEATURES` y `TARGET`.

    Devuelve un estimador de scikit-learn: su `predict` recibe una tabla con `FEATURES`, en ese
    orden y tal como vienen, y da un número por fila.
    """
    ### BEGIN SOLUTION
    pipeline = make_pipeline(StandardScaler(), RidgeCV([0.1, 1.0, 10.0, 100.0]))
    return pipeline.fit(rows[list(FEATURES)], rows[TARGET])
    ### END SOLUTION


def save(model: Any, path: Path = PATH) -> None:
    """Guarda el modelo con skops."""
    ### BEGIN SOLUTION
    skops.io.dump(model, path)
    ### END SOLUTION


def load(path: Path = PATH) -> Any:
    """Carga el modelo que haya en `path`, sin confiar en ningún tipo de más."""
    ### BEGIN SOLUTION
    return skops.io.load(path)
    ### END SOLUTION


def predict(model: Any, rows: pd.DataFrame) -> list[float]:
    """La progresión de cada fila, con un decimal, en una sola llamada al modelo.

    Recibe:
        model: lo que da `load`.
        rows: una tabla con, al menos, las columnas de `FEATURES`, en cualquier orden.
    """
    ### BEGIN SOLUTION
    found = model.predict(rows[list(FEATURES)])
    return [round(float(value), 1) for value in found]
    ### END SOLUTION


if __name__ == "__main__":
    save(train(patients()))
    print(f"Listo: {PATH.name}")
