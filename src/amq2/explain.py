"""Por qué este puntaje: cuánto aporta cada dato de un solicitante, con valores de Shapley.

Se parte del puntaje de un solicitante típico y se le van poniendo, uno por uno, los datos de la
persona. Lo que cambia el puntaje al poner un dato depende de cuáles ya estaban puestos: el valor de
Shapley es el promedio sobre todos los órdenes posibles, y los aportes suman exactamente la
diferencia entre los dos puntajes (Shapley, 1953; Lundberg y Lee, 2017, para modelos).

Con siete columnas hay 2⁷ = 128 mezclas: se calculan todas, sin muestrear, en una sola llamada. No
hace falta ver el modelo por dentro: alcanza con pedirle puntajes, también por HTTP.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amq2.credit import FEATURES, applicants

Score = Callable[[pd.DataFrame], NDArray[np.float64]]
"""De una tabla con las columnas de `FEATURES` a un puntaje por fila."""


@dataclass(frozen=True)
class Explanation:
    """El puntaje de alguien, y de qué está hecho.

    Attributes:
        base: el puntaje del solicitante típico, de 0 a 1.
        score: el de la persona.
        contributions: columna -> lo que aporta, de mayor a menor en valor absoluto; suman
            `score - base`.
    """

    base: float
    score: float
    contributions: dict[str, float]


def explain(
    score: Score, applicant: Mapping[str, float], typical: Mapping[str, float] | None = None
) -> Explanation:
    """Reparte entre las columnas la diferencia con un solicitante típico.

    Args:
        score: quien da los puntajes; recibe 128 filas en una llamada.
        applicant: los valores de la persona, por columna.
        typical: con quién se la compara; si no se dice, con la mediana de los datos del curso.
    """
    names, typical = list(FEATURES), typical or typical_applicant()
    n = len(names)
    # La mezcla número `mask` toma de la persona las columnas cuyo bit está prendido.
    is_theirs = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    theirs, usual = ([values[name] for name in names] for values in (applicant, typical))
    scores = score(pd.DataFrame(np.where(is_theirs, theirs, usual), columns=names))
    sizes = is_theirs.sum(axis=1)
    weights = np.array([factorial(k) * factorial(n - k - 1) / factorial(n) for k in range(n)])
    found = {}
    for column, name in enumerate(names):
        without = np.flatnonzero(~is_theirs[:, column])
        change = scores[without | (1 << column)] - scores[without]
        found[name] = float(weights[sizes[without]] @ change)
    ordered = dict(sorted(found.items(), key=lambda pair: -abs(pair[1])))
    return Explanation(float(scores[0]), float(scores[-1]), ordered)


@cache
def typical_applicant() -> dict[str, float]:
    """La mediana de cada columna, sobre los primeros 5.000 solicitantes."""
    return {str(k): float(v) for k, v in applicants(5_000)[list(FEATURES)].median().items()}
