"""Problem details (RFC 9457) en cualquier aplicación de FastAPI: los errores y su documentación.

`HANDLERS` se pasa como `exception_handlers`; `documented`, como `responses` de cada endpoint.
"""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.responses import Response
from starlette.routing import Match, Route

from amq2.problems import EXCEPTION_HANDLERS, TITLES, Problem, render
from amq2.validation import translate


class FieldProblem(BaseModel):
    """Un campo que no sirve, y por qué."""

    field: str
    message: str


class ProblemDetails(BaseModel):
    """Un error, como lo pide la RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Lo que va en `responses=` para que el documento OpenAPI nombre esos errores."""
    return {code: {"model": ProblemDetails, "description": TITLES[code]} for code in statuses}


def document_media_type(app: FastAPI) -> None:
    """FastAPI documenta los errores como application/json: acá se corrige."""
    for operations in app.openapi()["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    response["content"] = {
                        "application/problem+json": response["content"].pop("application/json")
                    }


async def on_wrong_method(request: Request, error: Exception) -> Response:
    """405 con todos los métodos de esa dirección: Starlette nombra los de una sola ruta."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    matching = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    allowed = ", ".join(sorted({method for route in matching for method in route.methods or ()}))
    return render(Problem(405, f"Acá se puede usar: {allowed}.", headers={"Allow": allowed}))


async def on_invalid(request: Request, error: Exception) -> Response:
    """Lo que no pasa la validación: 400 si no es JSON, 415 si no dice serlo, y si no 422."""
    assert isinstance(error, RequestValidationError)
    errors = list(error.errors())
    if errors[0]["type"] == "json_invalid":
        return render(Problem(400))
    if isinstance(error.body, bytes):  # FastAPI sólo interpreta el cuerpo si dice ser JSON
        detail = "Mandá el cuerpo en JSON, con Content-Type: application/json."
        return render(Problem(415, detail, headers={"Accept": "application/json"}))
    return render(Problem(422, "Corregí los campos que dice errors.", errors=translate(errors)))


HANDLERS: dict[Any, Any] = EXCEPTION_HANDLERS | {
    405: on_wrong_method,
    RequestValidationError: on_invalid,
}
