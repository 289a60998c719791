"""La clave: quien no la manda no pasa."""

import secrets
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import APIKeyHeader

from amq2.api.problems import Problem

_header = APIKeyHeader(
    name="X-API-Key", auto_error=False, description="La clave que muestra make api al arrancar."
)


async def require_key(request: Request, key: Annotated[str | None, Security(_header)]) -> None:
    """Levanta 401 sin una clave válida.

    `compare_digest` tarda lo mismo acierte o no: el tiempo de respuesta no delata la clave.
    """
    expected: bytes = request.app.state.key
    if key is None or not secrets.compare_digest(key.encode(), expected):
        raise Problem(401, headers={"WWW-Authenticate": "APIKey"})
