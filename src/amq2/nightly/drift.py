"""Cuánto se parecen los solicitantes de un día a los del entrenamiento.

Un modelo acierta mientras le lleguen casos como los que vio. El *population stability index* (PSI)
compara dos distribuciones: corta los valores del entrenamiento en diez grupos iguales, mira qué
parte de los de hoy cae en cada uno, y suma `(hoy - antes) · ln(hoy / antes)`. Es 0 si son iguales.
La regla de uso en crédito: hasta 0,1 no cambió; de 0,1 a 0,25, mirar; más, cambió
(N. Siddiqi, *Credit Risk Scorecards*, Wiley, 2006).
"""

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from amq2.credit import FEATURES, applicants
from amq2.model import TRAINING_ROWS

BINS = 10
WATCH, CHANGED = 0.1, 0.25
"""Los dos límites del PSI."""

ENOUGH_ROWS = 300
"""Con menos filas, el azar solo puede pasar los límites.

Sin ningún cambio, el PSI por la cantidad de filas se reparte como una ji cuadrado con `BINS - 1`
grados de libertad (B. Yurdakul, *Statistical Properties of Population Stability Index*, Western
Michigan University, 2018): con 300 filas pasa 0,1 una vez en dos mil, y con 100, más de una en
tres.
"""

SMALLEST = 1e-4
"""Lo menos que vale un grupo vacío: el logaritmo de cero no existe."""


@cache
def training_rows() -> pd.DataFrame:
    """Las filas con las que se entrenó el modelo del curso."""
    return applicants(TRAINING_ROWS)[list(FEATURES)]


def stability_index(before: ArrayLike, now: ArrayLike) -> float:
    """El PSI entre dos muestras de una misma columna; `nan` si alguna está vacía.

    Args:
        before, now: los valores de antes y los de ahora, de forma (n,) y (m,).
    """
    old, new = np.asarray(before, dtype=float), np.asarray(now, dtype=float)
    if not len(old) or not len(new):
        return float("nan")
    cuts = np.quantile(old, np.linspace(0, 1, BINS + 1)[1:-1])
    # Un valor en el que coinciden varios cortes es un grupo: sin los que son mayores que él.
    repeated = cuts[1:][np.diff(cuts) == 0]
    edges = np.unique([*cuts, *np.nextafter(repeated, np.inf)])
    was, is_now = _shares(old, edges), _shares(new, edges)
    return float(np.sum((is_now - was) * np.log(is_now / was)))


def drift(rows: pd.DataFrame) -> "pd.Series[float]":
    """El PSI de cada columna de `FEATURES` contra el entrenamiento, del mayor al menor.

    Args:
        rows: los solicitantes de un día, con esas columnas.
    """
    before = training_rows()
    found = {name: stability_index(before[name], rows[name]) for name in FEATURES}
    return pd.Series(found, name="psi").sort_values(ascending=False)


def _shares(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Qué parte de los valores cae en cada grupo, de 0 a 1."""
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return np.asarray((counts / len(values)).clip(SMALLEST))
