"""Guarda el modelo con joblib, y le cambia el nombre."""

from pathlib import Path

import joblib
from sklearn.linear_model import LinearRegression

from amq2.project.patients import FEATURES, TARGET, patients

PATH = Path(__file__).with_name("model.skops")


def load():
    return joblib.load(PATH)


def predict(model, rows):
    return [round(float(value), 1) for value in model.predict(rows[list(FEATURES)])]


if __name__ == "__main__":
    data = patients()
    joblib.dump(LinearRegression().fit(data[list(FEATURES)], data[TARGET]), PATH)
