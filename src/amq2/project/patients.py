"""Los datos del integrador: 442 pacientes reales con diabetes, y cómo siguieron un año después.

Son los de Efron, Hastie, Johnstone y Tibshirani, «Least Angle Regression», Annals of Statistics
32 (2004), 407-499. Vienen con scikit-learn (`load_diabetes`), así que no hace falta internet.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes

TARGET = "progression"
"""Cuánto avanzó la enfermedad en un año: un índice; en estos pacientes, de 25 a 346."""

TO_TRAIN = 342
"""Cuántos pacientes son para entrenar; los otros 100 quedan para corregir."""


@dataclass(frozen=True)
class Column:
    """Una columna: su nombre, cómo se llama en pantalla, su unidad y entre qué valores va."""

    name: str
    label: str
    unit: str
    minimum: float
    maximum: float
    is_whole: bool = False


COLUMNS = (
    Column("age", "Edad", "años cumplidos", 18, 100, is_whole=True),
    Column("sex", "Sexo", "1 o 2, como en los datos", 1, 2, is_whole=True),
    Column("bmi", "Índice de masa corporal", "kg/m²", 10, 70),
    Column("bp", "Presión arterial media", "mmHg", 40, 200),
    Column("tc", "Colesterol total", "mg/dl", 50, 500),
    Column("ldl", "Colesterol LDL", "mg/dl", 10, 400),
    Column("hdl", "Colesterol HDL", "mg/dl", 10, 150),
    Column("tch", "Colesterol total sobre HDL", "sin unidad", 1, 15),
    Column("ltg", "Logaritmo de los triglicéridos", "logaritmo de mg/dl", 2, 8),
    Column("glu", "Glucosa", "mg/dl", 30, 500),
)
"""La ficha de los datos. Los dos extremos valen."""

FEATURES = tuple(column.name for column in COLUMNS)


def everyone() -> pd.DataFrame:
    """Los 442, en el orden de scikit-learn: `FEATURES` y `TARGET`; el índice es `patient_id`."""
    found = load_diabetes(as_frame=True, scaled=False).frame
    found.columns = [*FEATURES, TARGET]
    found.index = pd.Index(range(1, len(found) + 1), name="patient_id")
    return found


def patients() -> pd.DataFrame:
    """Los pacientes para entrenar: 342 filas, siempre las mismas, en un orden al azar."""
    return _shuffled().head(TO_TRAIN)


def later_patients() -> pd.DataFrame:
    """Los otros 100: con ellos se mide cuánto acierta un modelo que no los vio."""
    return _shuffled().iloc[TO_TRAIN:]


def _shuffled() -> pd.DataFrame:
    found = everyone()
    return found.iloc[np.random.default_rng(7).permutation(len(found))]


def as_json(row: pd.Series) -> dict[str, float]:
    """Un paciente como lo manda un cliente: `{"age": 59, "sex": 2, "bmi": 32.1, …}`."""
    return {
        column.name: int(row[column.name]) if column.is_whole else float(row[column.name])
        for column in COLUMNS
    }


def write_day(folder: Path, day: str, rows: pd.DataFrame) -> Path:
    """Deja el archivo de un día, `incoming/<día>.csv`, como lo manda el centro de salud.

    Args:
        folder: la carpeta de los días.
        day: por ejemplo `2026-03-02`.
        rows: las filas; las columnas van como vienen.
    """
    path = folder / "incoming" / f"{day}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.to_csv(path, index=False)
    return path
