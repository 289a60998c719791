"""Los puntajes: de a uno, o muchos en un pedido."""

import numpy as np
from fastapi import APIRouter, Request, Security

from amq2.api.key import require_key
from amq2.api.schemas import Applicant, Batch, BatchPrediction, Prediction, row_of
from amq2.fastapi_problems import documented

ERRORS = documented(400, 401, 413, 415, 422, 503)
KEY = [Security(require_key)]
router = APIRouter(prefix="/v1/predictions", tags=["Puntajes"], dependencies=KEY, responses=ERRORS)


@router.post("", summary="El puntaje de un solicitante")
async def predict(applicant: Applicant, request: Request) -> Prediction:
    """La probabilidad de que no pague."""
    # `async def`: el predictor llama al modelo una sola vez para todos los que esperan.
    state = request.app.state
    probability = await state.predictor.predict(row_of(applicant))
    state.metrics.scored.inc()
    return Prediction(probability=probability, model_version=state.model_version)


@router.post("/batch", summary="El puntaje de muchos solicitantes")
def predict_batch(batch: Batch, request: Request) -> BatchPrediction:
    """Una sola llamada al modelo para todo el lote."""
    # `def`: va en un hilo, y un lote grande no frena a los demás.
    state = request.app.state
    rows = np.array([row_of(applicant) for applicant in batch.applicants], dtype=np.float64)
    probabilities = state.predictor.predict_many(rows).tolist()
    state.metrics.scored.inc(len(rows))
    return BatchPrediction(probabilities=probabilities, model_version=state.model_version)
