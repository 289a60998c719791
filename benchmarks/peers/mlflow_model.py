"""Guarda el modelo como lo pide MLflow, en la carpeta que dice el argumento."""

import sys

import mlflow.sklearn
from model import model

mlflow.sklearn.save_model(
    model, sys.argv[1], pyfunc_predict_fn="predict_proba", serialization_format="cloudpickle"
)
