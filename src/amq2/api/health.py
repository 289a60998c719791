"""Lo que miran los que vigilan: si vive, si puede atender, y las métricas."""

import asyncio

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from amq2.fastapi_problems import documented

router = APIRouter(tags=["Vigilancia"])


@router.get("/health", summary="¿Está vivo?")
async def health() -> dict[str, str]:
    """Si esto no contesta, hay que reiniciarlo. No mira la base: eso no la arregla."""
    return {"status": "vivo"}


@router.get("/ready", responses=documented(503), summary="¿Puede atender?")
async def ready(request: Request) -> dict[str, str]:
    """503 si la base no contesta: quien reparte los pedidos se los manda a otro."""
    await asyncio.to_thread(request.app.state.database.check)
    return {"status": "listo"}


@router.get("/metrics", response_class=PlainTextResponse, summary="Métricas para Prometheus")
async def metrics(request: Request) -> Response:
    """En el formato de texto de Prometheus."""
    content = generate_latest(request.app.state.metrics.registry)
    return Response(content, headers={"Content-Type": CONTENT_TYPE_LATEST})


@router.get("/", include_in_schema=False)
async def start() -> RedirectResponse:
    """Lo que hay está en la documentación."""
    return RedirectResponse("/docs")
