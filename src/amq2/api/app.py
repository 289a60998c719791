"""La aplicación: junta las partes, carga el modelo una vez y lo prueba antes de atender."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from sqlalchemy.exc import DBAPIError

from amq2 import model as credit_model
from amq2.api import applicants, errors, health, predictions
from amq2.api.database import Database
from amq2.api.observe import Metrics, Observe, logger
from amq2.api.settings import Settings
from amq2.credit import COLUMNS
from amq2.fastapi_problems import document_media_type
from amq2.lean_models import lean
from amq2.predictor import Predictor


def create_app(settings: Settings | None = None, model: Any = None) -> FastAPI:  # noqa: ANN401
    """Arma el servicio.

    Args:
        settings: la configuración; si no se da, la de las variables de entorno.
        model: algo con `predict_proba`; si no se da, el que diga la configuración.
    """
    settings = settings or Settings()  # type: ignore[call-arg] # vienen del entorno
    app = FastAPIOffline(  # como FastAPI, con los archivos de Swagger UI servidos desde acá
        redoc_url=None,
        title="Puntajes de crédito",
        description="La probabilidad de que un solicitante no pague. Los datos son sintéticos.",
        version="1.0.0",
        lifespan=lambda app: _lifespan(app, settings, model),
        redirect_slashes=False,
        exception_handlers=errors.HANDLERS,
        swagger_ui_parameters={"validatorUrl": "none"},
    )
    path, state = settings.model_path, app.state
    version = credit_model.read_metadata(path).model_version if path else credit_model.MODEL_VERSION
    state.model_version, state.version_header = version, (b"x-model-version", version.encode())
    state.key = settings.api_key.get_secret_value().encode()
    state.metrics = Metrics()
    state.database = Database(settings.database_url, settings.database_seconds)
    for part in (predictions, applicants, health):  # primero lo que más se pide
        app.include_router(part.router)
    app.add_middleware(Observe, state.metrics, settings.max_body_bytes)
    document_media_type(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI, settings: Settings, model: Any) -> AsyncIterator[None]:  # noqa: ANN401
    """Antes de atender: el modelo, cargado y probado, y la base. Después: lo que quedó abierto."""
    app.state.predictor = Predictor(lean(load_model(settings) if model is None else model))
    check(app.state.predictor)
    try:
        await asyncio.to_thread(app.state.database.check)
    except DBAPIError as error:  # los puntajes no la necesitan: se atiende igual, y /ready avisa
        logger.warning("la base no contesta: %s", error.orig)
    yield
    app.state.predictor.close()
    app.state.database.close()


def load_model(settings: Settings) -> Any:  # noqa: ANN401
    """El modelo guardado que dice la configuración o, si no dice nada, el del curso."""
    return credit_model.load(settings.model_path) if settings.model_path else credit_model.train()


def check(predictor: Predictor) -> None:
    """Pide los puntajes de los dos extremos de cada columna: un modelo roto se descubre ahora.

    Raises:
        ModelError: si no son probabilidades.
    """
    rows = np.array([[c.minimum for c in COLUMNS], [c.maximum for c in COLUMNS]], dtype=np.float64)
    scores = predictor.predict_many(rows)
    if scores.shape != (2,) or not ((scores >= 0) & (scores <= 1)).all():
        raise credit_model.ModelError(f"El modelo no da probabilidades sino {scores}: revisalo.")
