"""Los solicitantes del banco: datos sintéticos, con una verdad conocida.

**Son datos inventados**: no describen a ninguna persona ni a ningún banco, y la regla que decide
quién no paga la escribimos nosotros. Sirven para aprender a servir un modelo, no para aprender
sobre crédito. A cambio, no hay licencia ni privacidad que cuidar, crecen a cualquier tamaño y se
sabe cuánto podría acertar, como mucho, un modelo.

Ficha de los datos (`data_sheet()` la da como tabla):

- una fila es un solicitante, numerado desde 1 (`applicant_id`, el índice);
- `default` vale 1 si no pagó y 0 si pagó. Se sortea con la probabilidad de `true_probability`,
  una regla logística que no usa todas las columnas tal como vienen: un modelo lineal no la calca;
- la fila de un solicitante depende sólo de `seed` y de su número. Por eso las primeras k filas de
  `applicants(n)` son `applicants(k)`, y una cartera enorme se puede generar por partes.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SEED = 2026
TARGET = "default"


@dataclass(frozen=True)
class Column:
    """Una columna: qué es, en qué unidad, y entre qué valores (incluidos) puede estar."""

    name: str
    meaning: str
    unit: str
    minimum: float
    maximum: float

    @property
    def limits(self) -> str:
        """Entre qué valores, como se lee: `"100.000 a 60.000.000"`."""
        return f"{self.minimum:,} a {self.maximum:,}".replace(",", ".")


COLUMNS = (
    Column("age", "edad", "años", 21, 75),
    Column("income", "ingreso mensual", "ARS por mes", 300_000, 12_000_000),
    Column("debt_ratio", "parte del ingreso que ya se va en deudas", "0 a 1", 0, 1),
    Column("months_in_arrears", "meses con atraso en los últimos 24", "meses", 0, 24),
    Column("months_employed", "antigüedad en el empleo", "meses", 0, 480),
    Column("previous_loans", "préstamos anteriores ya cancelados", "cantidad", 0, 10),
    Column("amount", "monto que pide", "ARS", 100_000, 60_000_000),
)
FEATURES = tuple(column.name for column in COLUMNS)
"""Las columnas que ve el modelo, en orden."""


def applicants(n: int, seed: int = SEED, first: int = 1) -> pd.DataFrame:
    """Genera los solicitantes `first`, `first + 1`, …, `n` en total.

    Args:
        n: cuántas filas; puede ser 0.
        seed: la semilla; con la misma, las mismas filas.
        first: el número del primer solicitante, desde 1.

    Returns:
        Una tabla de `n` filas: las columnas de `FEATURES` y `default` (0 o 1), con `applicant_id`
        de índice.

    Raises:
        ValueError: si `n` es negativo o `first` es menor que 1.
    """
    if n < 0 or first < 1:
        raise ValueError(f"Pediste {n} filas desde la {first}: usá n >= 0 y first >= 1.")
    draws = _uniforms(n, seed, first)
    age = 21 + 54 * draws["age"] ** 1.4
    income = 1_100_000 * _odds(draws["income"]) ** 0.35 * (0.7 + age / 130)
    rows = pd.DataFrame(
        {
            "age": np.floor(age),
            "income": income.round(-3),
            # Distribución de Kumaraswamy: entre 0 y 1, con más gente cerca de 0,25.
            "debt_ratio": (1 - (1 - draws["debt_ratio"]) ** (1 / 4)) ** (1 / 1.5),
            "months_in_arrears": np.floor(-2.2 * np.log1p(-draws["months_in_arrears"]) - 0.9),
            "months_employed": np.floor(12 * (age - 18) * draws["months_employed"] ** 2),
            "previous_loans": np.floor(-2 * np.log1p(-draws["previous_loans"])),
            "amount": (income * 3 * _odds(draws["amount"]) ** 0.45).round(-3),
        },
        index=pd.RangeIndex(first, first + n, name="applicant_id"),
    )
    for column in COLUMNS:
        rows[column.name] = rows[column.name].clip(column.minimum, column.maximum)
    rows["debt_ratio"] = rows["debt_ratio"].round(3)
    rows = rows.astype({name: int for name in FEATURES if name != "debt_ratio"})
    rows[TARGET] = (draws[TARGET] < true_probability(rows)).astype(int)
    return rows


def true_probability(rows: pd.DataFrame) -> NDArray[np.float64]:
    """La probabilidad verdadera de que cada solicitante no pague: la regla que sortea `default`.

    El logaritmo de las chances es una suma: sube con la deuda, los atrasos y los meses de ingreso
    que representa el monto; baja con la antigüedad (hasta los 10 años), los préstamos ya cancelados
    y la edad.

    Args:
        rows: una tabla con las columnas de `FEATURES`.

    Returns:
        Un arreglo de forma (filas,), entre 0 y 1.
    """
    log_odds = (
        -2.95
        + 2.6 * rows["debt_ratio"]
        + 0.38 * rows["months_in_arrears"]
        + 0.09 * rows["amount"] / rows["income"]
        - 0.012 * rows["months_employed"].clip(upper=120)
        - 0.14 * rows["previous_loans"]
        - 0.012 * (rows["age"] - 40)
    )
    return np.asarray(1 / (1 + np.exp(-log_odds)), dtype=np.float64)


def data_sheet() -> pd.DataFrame:
    """La ficha de los datos: una fila por columna, también la que se predice."""
    sheet = pd.DataFrame(
        [(c.name, c.meaning, c.unit, c.limits) for c in COLUMNS]
        + [(TARGET, "no pagó: sorteado con true_probability(fila)", "0 o 1", "0 a 1")],
        columns=["columna", "qué es", "unidad", "rango"],
    )
    return sheet.set_index("columna")


def _uniforms(n: int, seed: int, first: int) -> dict[str, NDArray[np.float64]]:
    """Un sorteo entre 0 y 1 por fila y columna; cada columna tiene su propia sucesión.

    `random` gasta un número de la sucesión por fila: `advance` saltea los de filas anteriores.
    """
    names = [*FEATURES, TARGET]
    streams = np.random.SeedSequence(seed).spawn(len(names))
    return {
        name: np.random.Generator(np.random.PCG64(stream).advance(first - 1)).random(n)
        for name, stream in zip(names, streams, strict=True)
    }


def _odds(draw: NDArray[np.float64]) -> NDArray[np.float64]:
    """De un sorteo entre 0 y 1 a sus chances: elevadas, dan una log-logística (cola a derecha)."""
    inside = draw.clip(1e-6, 1 - 1e-6)
    return inside / (1 - inside)
