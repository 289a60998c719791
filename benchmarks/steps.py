"""Lo que se compara: el endpoint ingenuo de la unidad 03, cada cambio, y el servicio de referencia.

Los pasos 1 a 5 son los de la unidad, con sus nombres: una FastAPI sin nada más, en la que cambia
sólo la llamada al modelo. Los demás son `amq2.api` entero, con todas sus capas: clave, problemas,
identificadores, métricas, registros y topes.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel, SecretStr

import amq2.api.app
from amq2.api import Settings, create_app
from amq2.credit import FEATURES
from amq2.predictor import Predictor, without_names

PATH = "/v1/predictions"
KEY = "una-clave-para-medir"
CONSTANT = 0.5

Model = Any  # scikit-learn no trae tipos
row_of = attrgetter(*FEATURES)


class Applicant(BaseModel):
    """Lo que se pide, como en la unidad."""

    age: int
    income: int
    debt_ratio: float
    months_in_arrears: int
    months_employed: int
    previous_loans: int
    amount: int


def _bare(endpoint: Callable[..., Any]) -> FastAPI:
    app = FastAPI()
    app.post(PATH)(endpoint)
    return app


def naive(model: Model) -> FastAPI:
    """Como sale la primera vez: dos llamadas, y una tabla para cada una."""

    def predict(applicant: Applicant) -> dict[str, float]:
        default = model.predict(pd.DataFrame([applicant.model_dump()]))[0]
        probability = model.predict_proba(pd.DataFrame([applicant.model_dump()]))[0, 1]
        return {"default": int(default), "probability": float(probability)}

    return _bare(predict)


def one_call(model: Model) -> FastAPI:
    """La clase sale de la probabilidad: no hace falta preguntarla."""

    def predict(applicant: Applicant) -> dict[str, float]:
        rows = pd.DataFrame([applicant.model_dump()])
        return {"probability": float(model.predict_proba(rows)[0, 1])}

    return _bare(predict)


def with_array(model: Model) -> FastAPI:
    """Un arreglo en lugar de una tabla."""
    bare = without_names(model)

    def predict(applicant: Applicant) -> dict[str, float]:
        return {"probability": float(bare.predict_proba([row_of(applicant)])[0, 1])}

    return _bare(predict)


def in_the_loop(model: Model) -> FastAPI:
    """`async def`: sin cambiar de hilo."""
    bare = without_names(model)

    async def predict(applicant: Applicant) -> dict[str, float]:
        return {"probability": float(bare.predict_proba([row_of(applicant)])[0, 1])}

    return _bare(predict)


def together(model: Model) -> FastAPI:
    """Los pedidos que llegan juntos viajan en una llamada."""
    predictor = Predictor(model)

    async def predict(applicant: Applicant) -> dict[str, float]:
        return {"probability": await predictor.predict(row_of(applicant))}

    return _bare(predict)


def service(model: Model) -> FastAPI:
    """El servicio de referencia. Su base es un archivo en la carpeta de trabajo."""
    database = f"sqlite:///{Path.cwd() / 'applicants.db'}"
    return create_app(Settings(api_key=SecretStr(KEY), database_url=database), model)


def service_with_onnx(model: Model) -> FastAPI:
    """El mismo servicio; al modelo lo ejecuta onnxruntime, que sólo se instala para medir."""
    from benchmarks.onnx_model import OnnxModel

    return service(OnnxModel(model))


class ConstantPredictor(Predictor):
    """Contesta siempre lo mismo sin llamar al modelo: lo que queda es lo que cuesta lo demás."""

    async def predict(self, row: Sequence[float]) -> float:
        return CONSTANT


def service_without_model(model: Model) -> FastAPI:
    """El techo: el mismo servicio, con una constante en lugar de la llamada al modelo."""
    app = service(model)
    start = app.router.lifespan_context

    @asynccontextmanager
    async def with_constant(app: FastAPI) -> AsyncIterator[None]:
        with patch.object(amq2.api.app, "Predictor", ConstantPredictor):
            async with start(app):
                yield

    app.router.lifespan_context = with_constant
    return app


CHANGES: dict[str, Callable[[Model], FastAPI]] = {
    "1. ingenua": naive,
    "2. una llamada": one_call,
    "3. sin tabla": with_array,
    "4. async def": in_the_loop,
    "5. juntar pedidos": together,
}
"""Los pasos de la unidad 03 -> cómo se arman con un modelo."""

SERVICES: dict[str, Callable[[Model], FastAPI]] = {
    "6. servicio": service,
    "7. servicio, ONNX": service_with_onnx,
    "8. servicio, constante": service_without_model,
}
"""El servicio de referencia -> cómo se arma con un modelo."""
