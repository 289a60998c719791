"""El modelo espera las columnas ya escaladas, y quien lo usa las tiene que escalar."""

from pathlib import Path

import skops.io
from sklearn.linear_model import LinearRegression

from amq2.project.patients import FEATURES, TARGET, patients

PATH = Path(__file__).with_name("model.skops")
MEAN = patients()[list(FEATURES)].mean()
DEVIATION = patients()[list(FEATURES)].std()


def scale(rows):
    return (rows[list(FEATURES)] - MEAN) / DEVIATION


def load():
    return skops.io.load(PATH)


def predict(model, rows):
    return [round(float(value), 1) for value in model.predict(scale(rows))]


if __name__ == "__main__":
    data = patients()
    skops.io.dump(LinearRegression().fit(scale(data), data[TARGET]), PATH)
