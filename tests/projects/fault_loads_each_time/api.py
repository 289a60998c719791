"""Carga el modelo en cada pedido y confía en lo que llega."""

from pathlib import Path

import pandas as pd
import skops.io
from fastapi import FastAPI
from pydantic import BaseModel

from amq2.project.patients import FEATURES

app = FastAPI()


class Patient(BaseModel):
    age: float
    sex: float
    bmi: float
    bp: float
    tc: float
    ldl: float
    hdl: float
    tch: float
    ltg: float
    glu: float


class Batch(BaseModel):
    patients: list[Patient]


def scores(patients):
    model = skops.io.load(Path(__file__).with_name("model.skops"))
    rows = pd.DataFrame([patient.model_dump() for patient in patients])[list(FEATURES)]
    return [round(float(value), 1) for value in model.predict(rows)]


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/predict")
def predict(patient: Patient):
    return {"progression": scores([patient])[0]}


@app.post("/predict-batch")
def predict_batch(batch: Batch):
    return {"progressions": scores(batch.patients)}
