"""La clave: quien no la manda no pasa."""

import secrets

from fastapi import Request
from fastapi.security import APIKeyHeader

from amq2.problems import Problem


class RequireKey(APIKeyHeader):
    """Dependencia que exige la clave; por ser una APIKeyHeader, aparece en /docs como candado."""

    async def __call__(self, request: Request) -> str:
        """Devuelve la clave, o levanta 401.

        `compare_digest` tarda lo mismo acierte o no: el tiempo de respuesta no delata la clave.
        """
        key = request.headers.get("x-api-key", "")
        if not secrets.compare_digest(key.encode(), request.app.state.key):
            detail = "Mandá una clave válida en el encabezado X-API-Key."
            raise Problem(401, detail, headers={"WWW-Authenticate": "APIKey"})
        return key


require_key = RequireKey(name="X-API-Key", description="La clave que muestra make api al arrancar.")
