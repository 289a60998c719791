"""Los pedidos a la API de Airflow, contra un servidor que contesta lo que se le dice."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from amq2.orchestrator.rest import AnswerError, Rest
from amq2.serving import serve


@contextmanager
def answering(*statuses: int) -> Iterator[tuple[Rest, list[int]]]:
    """Una API que contesta esos estados, uno por pedido, y los que le quedan por contestar."""
    left = list(statuses)

    async def answer(request: Request) -> JSONResponse:
        status = left.pop(0)
        return JSONResponse({"detail": "la base está ocupada", "id": 7}, status)

    app = Starlette(routes=[Route("/api/v2/backfills", answer, methods=["POST"])])
    with serve(app) as server:
        yield Rest(server.url), left


def test_what_was_undone_because_the_database_was_busy_is_asked_again() -> None:
    with answering(503, 503, 200) as (rest, left):
        assert rest.insist("POST", "backfills", json={})["id"] == 7
        assert left == []


def test_another_error_is_not_asked_again() -> None:
    with answering(409, 200) as (rest, left):
        with pytest.raises(AnswerError, match="Airflow contestó 409: la base está ocupada"):
            rest.insist("POST", "backfills", json={})
        assert left == [200]
