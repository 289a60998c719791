"""Flask, con gunicorn adelante."""

from flask import Flask, request
from model import score

app = Flask("banco")


@app.post("/predict")
def predict() -> dict[str, float]:
    """El puntaje de un solicitante."""
    return {"probability": score(request.get_json())}
