"""La API, con Flask y la validación a mano."""

import model as shared
from flask import Flask, jsonify, request
from werkzeug.exceptions import BadRequest

from amq2.project.patients import FEATURES

app = Flask(__name__)
shared.model()  # al arrancar, y queda


def refuse(why):
    return jsonify(error=why), 422


def what_is_wrong(patient):
    if not isinstance(patient, dict):
        return ["un paciente es un objeto"]
    if extra := set(patient) - set(FEATURES):
        return [f"sobra {', '.join(sorted(extra))}"]
    return shared.problems(patient)


@app.get("/health")
def health():
    return jsonify(status="ok", model=type(shared.model()).__name__)


@app.post("/predict")
def predict():
    patient = request.get_json()
    if wrong := what_is_wrong(patient):
        return refuse(wrong)
    return jsonify(progression=shared.progressions([patient])[0])


@app.post("/predict-batch")
def predict_batch():
    body = request.get_json()
    group = body.get("patients") if isinstance(body, dict) else None
    if not isinstance(group, list) or not 1 <= len(group) <= 1000:
        return refuse("patients es una lista de 1 a 1.000")
    if wrong := next(filter(None, map(what_is_wrong, group)), None):
        return refuse(wrong)
    return jsonify(progressions=shared.progressions(group))


@app.errorhandler(BadRequest)
def not_json(_error):
    return jsonify(error="el cuerpo no es JSON"), 400


if __name__ == "__main__":
    app.run(port=8000)
