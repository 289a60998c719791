"""La API, con Starlette y `async def`: el modelo corre en un hilo."""

import json

import anyio
import model
import pandas as pd
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from amq2.project.patients import COLUMNS, FEATURES

MODEL = model.load()


class Wrong(ValueError):
    pass


def read(patient):
    if not isinstance(patient, dict) or set(patient) != set(FEATURES):
        raise Wrong("un paciente lleva las diez columnas, y ninguna más")
    for column in COLUMNS:
        value = patient[column.name]
        if type(value) not in (int, float) or not column.minimum <= value <= column.maximum:
            raise Wrong(f"{column.name} va de {column.minimum} a {column.maximum}")
        if column.is_whole and value % 1:
            raise Wrong(f"{column.name} es un entero")
    return patient


async def scores(patients):
    rows = pd.DataFrame(patients)
    return await anyio.to_thread.run_sync(model.predict, MODEL, rows)


async def health(_request):
    return JSONResponse({"status": "ok"})


async def predict(request: Request):
    return JSONResponse({"progression": (await scores([read(await request.json())]))[0]})


async def predict_batch(request: Request):
    body = await request.json()
    group = body.get("patients") if isinstance(body, dict) else None
    if not isinstance(group, list) or not 0 < len(group) <= 1000:
        raise Wrong("de 1 a 1.000 pacientes")
    return JSONResponse({"progressions": await scores([read(one) for one in group])})


async def refuse(_request, error):
    return JSONResponse({"detail": str(error)}, 422)


app = Starlette(
    routes=[
        Route("/health", health),
        Route("/predict", predict, methods=["POST"]),
        Route("/predict-batch", predict_batch, methods=["POST"]),
    ],
    exception_handlers={Wrong: refuse, json.JSONDecodeError: refuse},
)
