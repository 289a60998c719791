"""Lo que miran los que vigilan: si vive, si puede atender, y las métricas."""

import asyncio
import logging

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import DBAPIError
from starlette.responses import PlainTextResponse, Response

from amq2.api.problems import documented, unavailable
from amq2.api.schemas import Health

logger = logging.getLogger("amq2.api")
router = APIRouter(tags=["Vigilancia"])


@router.get("/health", summary="¿Está vivo?")
async def health() -> Health:
    """Si esto no contesta, hay que reiniciarlo. No mira la base: eso no la arregla."""
    return Health(status="vivo")


@router.get("/ready", responses=documented(503), summary="¿Puede atender?")
async def ready(request: Request) -> Health:
    """503 si la base no contesta: quien reparte los pedidos se los manda a otro."""
    try:
        await asyncio.to_thread(request.app.state.database.check)
    except (DBAPIError, TimeoutError) as error:
        logger.warning("la base no contesta: %s", str(error).splitlines()[0])
        raise unavailable() from error
    return Health(status="listo")


@router.get("/metrics", response_class=PlainTextResponse, summary="Métricas para Prometheus")
async def metrics(request: Request) -> Response:
    """En el formato de texto de Prometheus."""
    content = generate_latest(request.app.state.metrics.registry)
    return Response(content, headers={"Content-Type": CONTENT_TYPE_LATEST})
