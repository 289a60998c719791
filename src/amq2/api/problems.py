"""Todo error sale igual: problem details (RFC 9457), en castellano y con qué hacer."""

import json
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from amq2.api.messages import translate
from amq2.api.schemas import ProblemDetails

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "1"
"""Segundos que se le piden a un cliente antes de reintentar."""

TITLES = {
    400: ("Pedido mal formado", "El cuerpo no es JSON válido en UTF-8."),
    401: ("Falta la clave", "Mandá tu clave en el encabezado X-API-Key."),
    404: ("No encontrado", "No hay nada en esa dirección. En /docs están las que hay."),
    405: ("Método no permitido", "Usá uno de los métodos que dice el encabezado Allow."),
    412: ("Cambió desde que lo leíste", "Leelo otra vez y repetí el cambio con su ETag nuevo."),
    413: ("Cuerpo demasiado grande", "Partí el pedido en varios más chicos."),
    415: ("Formato no aceptado", "Mandá el cuerpo en JSON, con Content-Type: application/json."),
    422: ("Datos que no sirven", "Corregí los campos que dice errors."),
    500: ("Falla del servicio", "No es culpa de tu pedido. Avisanos con el X-Request-ID."),
    503: ("No disponible por ahora", "La base de datos no contesta: reintentá en un rato."),
}


class Problem(HTTPException):
    """Un error previsto; `detail` y `headers` son optativos, y `extra` va al cuerpo."""

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        headers: dict[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(status, detail, headers)
        title, advice = TITLES.get(status, ("Error", "El servicio no pudo con tu pedido."))
        self.body = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail or advice,
            **extra,
        }

    def response(self) -> Response:
        """La respuesta HTTP. Un carácter suelto que no es Unicode se cambia por `?`."""
        content = json.dumps(self.body, ensure_ascii=False).encode("utf-8", "replace")
        return Response(content, self.status_code, self.headers, MEDIA_TYPE)


def unavailable() -> Problem:
    """El 503 de cuando la base no contesta: es pasajero, y conviene reintentar."""
    return Problem(503, headers={"Retry-After": RETRY_AFTER})


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Lo que va en `responses=` para que el documento OpenAPI nombre esos errores."""
    return {
        status: {"model": ProblemDetails, "description": TITLES[status][0]} for status in statuses
    }


async def on_http_error(request: Request, error: Exception) -> Response:
    """Los errores que levantamos, y los de FastAPI y Starlette, con su texto traducido."""
    if isinstance(error, Problem):
        return error.response()
    assert isinstance(error, StarletteHTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed_methods(request))
    return Problem(error.status_code, headers=headers).response()


def allowed_methods(request: Request) -> list[str]:
    """Los métodos de una dirección: Starlette sólo nombra los de la primera ruta que encuentra."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    matching = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in matching for method in route.methods or ()})


async def on_invalid(request: Request, error: Exception) -> Response:
    """Lo que no pasa la validación: 400 si no es JSON, 415 si no dice serlo, y si no 422."""
    assert isinstance(error, RequestValidationError)
    errors = list(error.errors())
    if errors[0]["type"] == "json_invalid":
        return Problem(400).response()
    if isinstance(error.body, bytes):  # FastAPI sólo interpreta el cuerpo si dice ser JSON
        return Problem(415, headers={"Accept": "application/json"}).response()
    return Problem(422, errors=translate(errors)).response()


async def on_database_down(request: Request, error: Exception) -> Response:
    """La base está ocupada o no contesta: no es una falla nuestra ni del pedido."""
    return unavailable().response()


def install(app: FastAPI) -> None:
    """Hace que todos los errores de la aplicación salgan de acá."""
    app.add_exception_handler(StarletteHTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    for down in (OperationalError, InterfaceError, PoolTimeoutError, TimeoutError):
        app.add_exception_handler(down, on_database_down)
