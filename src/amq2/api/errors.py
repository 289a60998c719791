"""Los errores que son de este servicio; los demás, en `amq2.fastapi_problems`."""

from typing import Any

from fastapi import Request
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.responses import Response

from amq2 import fastapi_problems
from amq2.predictor import BusyError
from amq2.problems import Problem, render

RETRY_AFTER = "1"
"""Segundos que se le piden a un cliente antes de reintentar."""


async def on_unavailable(request: Request, error: Exception) -> Response:
    """La base no contesta, o hay demasiados esperando: es pasajero, y conviene reintentar."""
    return render(Problem(503, headers={"Retry-After": RETRY_AFTER}))


_PASSING = (OperationalError, InterfaceError, TimeoutError, BusyError)
HANDLERS: dict[Any, Any] = fastapi_problems.HANDLERS | dict.fromkeys(_PASSING, on_unavailable)
