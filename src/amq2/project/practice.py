"""El modelo de práctica: con él se prueban tus servicios, y se sabe qué tienen que contestar.

No sirve para nada más: sus pesos son inventados, distintos para cada columna, y así un servicio que
confunde dos columnas da otro número. Las pruebas lo ponen en lugar de tu `model.skops`: un servicio
que usa el archivo que encuentra contesta lo de éste.
"""

from functools import cache
from pathlib import Path

import amq2.model  # noqa: F401 - antes que skops: lo importa sin los avisos de Airflow

# isort: split
import numpy as np
import pandas as pd
import skops.io
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression

from amq2.project.messages import failed
from amq2.project.patients import FEATURES, patients

WEIGHTS = (0.31, -7.3, 2.17, 0.53, 0.19, -0.23, -0.71, 5.9, 11.3, 0.37)
START = 20.0
HALF_TENTH = 0.0501


@cache
def practice_model() -> LinearRegression:
    """El modelo: recibe una tabla con `FEATURES`, en ese orden."""
    rows = patients()[list(FEATURES)]
    return LinearRegression().fit(rows, rows.to_numpy() @ np.array(WEIGHTS) + START)


def write_practice_model(path: Path) -> None:
    """Lo guarda como se guarda el tuyo."""
    skops.io.dump(practice_model(), path)


def practice_progression(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Lo que el modelo de práctica dice de cada fila, sin redondear."""
    return np.asarray(practice_model().predict(rows[list(FEATURES)]))


def check_progressions(got: object, rows: pd.DataFrame, what: str, look_at: str) -> None:
    """Pide que lo que llegó sea la progresión de cada fila, con un decimal.

    Args:
        got: una lista con un número por fila.
        rows: los pacientes.
        what: qué se está mirando.
        look_at: a qué conviene prestarle atención para repararlo.

    Raises:
        CheckFailed: con el primero que no es, y lo que tendría que ser.
    """
    expected = practice_progression(rows)
    if not isinstance(got, list) or len(got) != len(expected):
        raise failed(
            f"{what}: se esperaban {len(expected)} números y llegó {str(got)[:200]}", look_at
        )
    for number, (value, raw) in enumerate(zip(got, expected, strict=True), start=1):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # Un paciente solo y de a muchos pueden diferir en el último bit.
        if not is_number or not abs(value - raw) <= HALF_TENTH or round(value, 1) != value:
            raise failed(
                f"{what} (el {number} de {len(expected)})\n"
                f"  Se esperaba: {raw:.1f}\n"
                f"  Llegó:       {value!r}",
                look_at,
            )
