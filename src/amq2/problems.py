"""Los errores de un servicio: problem details (RFC 9457), en castellano y con qué hacer.

Todo error sale como `application/problem+json` con `title`, `status` y `detail`. El `title` depende
sólo del estado; el `detail` explica este caso. La RFC permite traducirlos (sección 4.2.1).
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

TITLES = {
    400: "Pedido mal formado",
    401: "Falta identificarse",
    403: "Sin permiso",
    404: "No encontrado",
    405: "Método no permitido",
    406: "Formato no disponible",
    408: "El pedido no terminó de llegar",
    409: "Conflicto con lo que ya existe",
    412: "Cambió desde que lo leíste",
    413: "Cuerpo demasiado grande",
    415: "Formato no aceptado",
    422: "Datos que no sirven",
    429: "Demasiados pedidos",
    431: "Encabezados demasiado grandes",
    500: "Falla del servidor",
    503: "Servicio no disponible",
}

DETAILS = {
    400: "No se entiende el cuerpo del pedido: revisá que tenga el formato que dice tener.",
    404: "Esa dirección no existe. Pedí GET / para ver las que hay.",
    429: "Pediste demasiado seguido. Esperá lo que dice Retry-After y probá de nuevo.",
    500: "El servidor falló al atender el pedido; no es culpa de lo que mandaste.",
    503: "El servidor no puede atender ahora. Probá de nuevo en un rato.",
}


class Problem(HTTPException):
    """Un error que se contesta como problem details.

    status   estado HTTP, de 400 a 599.
    detail   qué pasó y qué hacer; si falta, una explicación general del estado.
    headers  encabezados que lleva la respuesta.
    extra    miembros propios del caso, como `errors` (RFC 9457, sección 3.2).
    """

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(status, detail or DETAILS.get(status, title_of(status)), headers)
        self.extra = extra


def title_of(status: int) -> str:
    """El título de un estado, en castellano si lo tenemos."""
    if status in TITLES:
        return TITLES[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def render(problem: Problem) -> Response:
    """La respuesta HTTP de un problema."""
    body = {
        "type": "about:blank",
        "title": title_of(problem.status_code),
        "status": problem.status_code,
        "detail": problem.detail,
        **problem.extra,
    }
    return Response(
        json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        status_code=problem.status_code,
        headers=problem.headers,
        media_type="application/problem+json",
    )


async def on_http_error(request: Request, error: Exception) -> Response:
    """Contesta los errores previstos: los nuestros, y los que levanta Starlette."""
    if isinstance(error, Problem):
        return render(error)
    assert isinstance(error, HTTPException)
    detail = DETAILS.get(error.status_code, f"El servidor dice: {error.detail}")
    return render(Problem(error.status_code, detail, headers=error.headers))


async def on_crash(request: Request, error: Exception) -> Response:
    """Contesta las excepciones que nadie esperaba, sin contar nada de adentro."""
    return render(Problem(500))


EXCEPTION_HANDLERS: dict[Any, Any] = {HTTPException: on_http_error, Exception: on_crash}
