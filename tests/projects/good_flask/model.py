"""Una máquina de vectores de soporte. Lo común a los tres servicios está acá."""

from functools import cache
from pathlib import Path

import pandas as pd
import skops.io
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from amq2.project.patients import COLUMNS, FEATURES, TARGET, patients

FILE = Path(__file__).parent / "model.skops"


def problem(column, value):
    """Por qué un valor no va en una columna; vacío si va."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{column.label} tiene que ser un número"
    if not column.minimum <= value <= column.maximum:
        return f"{column.label} va de {column.minimum:g} a {column.maximum:g} {column.unit}"
    if column.is_whole and value != int(value):
        return f"{column.label} va sin decimales"
    return ""


def problems(patient):
    return [text for c in COLUMNS if (text := problem(c, patient.get(c.name)))]


@cache
def model():
    return skops.io.load(FILE)


def progressions(rows):
    table = pd.DataFrame(rows)[list(FEATURES)].astype(float)
    return [round(float(one), 1) for one in model().predict(table)]


if __name__ == "__main__":
    data = patients()
    machine = Pipeline([("scale", StandardScaler()), ("svr", SVR(C=50))])
    skops.io.dump(machine.fit(data[list(FEATURES)], data[TARGET]), FILE)
