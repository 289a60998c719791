"""La API: la progresión de un paciente, o de muchos.

`uvicorn api:app` la enciende.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import model
import pandas as pd
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, create_model

from amq2.project.patients import COLUMNS

### BEGIN SOLUTION

Patient: Any = create_model(
    "Patient",
    __config__=ConfigDict(extra="forbid", strict=True),
    **{
        column.name: (
            int if column.is_whole else float,
            Field(
                ge=column.minimum,
                le=column.maximum,
                allow_inf_nan=None if column.is_whole else False,
                description=f"{column.label} ({column.unit})",
            ),
        )
        for column in COLUMNS
    },
)


class Batch(BaseModel):
    """Muchos pacientes en un pedido."""

    model_config = ConfigDict(extra="forbid")
    patients: Annotated[list[Patient], Field(min_length=1, max_length=1000)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """El modelo se carga una vez, antes de atender."""
    app.state.model = model.load()
    yield


app = FastAPI(title="Progresión de la diabetes", lifespan=lifespan)


@app.exception_handler(RequestValidationError)
async def refuse(_request: Request, error: RequestValidationError) -> JSONResponse:
    """Qué campo está mal; sin repetir lo que llegó, que puede no entrar en un JSON."""
    detail = [{"loc": one["loc"], "msg": one["msg"]} for one in error.errors()]
    return JSONResponse({"detail": detail}, status_code=422)


@app.get("/health")
def health() -> dict[str, str]:
    """Si el servicio atiende."""
    return {"status": "ok"}


@app.post("/predict")
def predict(patient: Patient, request: Request) -> dict[str, float]:
    """La progresión de un paciente."""
    rows = pd.DataFrame([patient.model_dump()])
    return {"progression": model.predict(request.app.state.model, rows)[0]}


@app.post("/predict-batch")
def predict_batch(batch: Batch, request: Request) -> dict[str, list[float]]:
    """La de muchos, en el orden en que llegaron."""
    rows = pd.DataFrame([patient.model_dump() for patient in batch.patients])
    return {"progressions": model.predict(request.app.state.model, rows)}


### END SOLUTION
