"""`served`: preguntarle a la API de una respuesta sin que un error ajeno corte la prueba."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Send

from amq2.ask import check_problem, served
from amq2.checks import CheckFailed


def answering(response: Response) -> FastAPI:
    app = FastAPI()
    app.add_api_route("/", lambda: response, methods=["GET", "POST"], response_class=Response)
    return app


def problem(body: object, status: int = 404) -> Response:
    return JSONResponse(body, status, media_type="application/problem+json")


def test_an_answer_has_its_status_headers_and_object() -> None:
    with served(answering, JSONResponse({"id": 3}, 201, {"Location": "/x/3"})) as api:
        answer = api.ask("POST", "/", json={})
    assert (answer.status, answer.headers["location"], answer.json) == (201, "/x/3", {"id": 3})
    assert answer.said == 'lo que contestó: {"id":3}'


@pytest.mark.parametrize("response", [PlainTextResponse("hola"), JSONResponse([1, 2])])
def test_what_is_not_an_object_is_an_empty_one(response: Response) -> None:
    with served(answering, response) as api:
        assert api.ask("GET", "/").json == {}


def test_an_empty_body_is_told() -> None:
    with served(answering, Response(status_code=204)) as api:
        assert api.ask("GET", "/").said == "lo que contestó: un cuerpo vacío"


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (problem({"title": "No", "status": 404, "detail": "No está."}), ""),
        (JSONResponse({"title": "No", "status": 200, "detail": "x"}), "content-type"),
        (problem({"status": 404, "detail": "No está."}), "title"),
        (problem({"title": "No", "status": 404, "detail": ["x"]}), "detail"),
        (problem({"title": "No", "status": 500, "detail": "x"}), "status"),
    ],
)
def test_it_says_why_an_error_is_not_a_problem(response: Response, reason: str) -> None:
    with served(answering, response) as api:
        found = api.ask("GET", "/").why_not_a_problem()
    assert (reason in found) if reason else found == ""


def test_a_connection_that_breaks_is_a_message() -> None:
    async def cuts(scope: dict[str, object], receive: Receive, send: Send) -> None:
        start = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-length", b"9")],
        }
        await send(start)

    with served(lambda: cuts) as api, pytest.raises(CheckFailed, match="Ante GET /nada, tu API"):
        api.ask("GET", "/nada")


def test_a_500_says_what_failed_inside_and_where() -> None:
    def bank() -> FastAPI:
        app = FastAPI()
        app.get("/")(lambda: dict[str, str]()["nada"])
        return app

    with served(bank) as api:
        said = api.ask("GET", "/").said
        line = bank.__code__.co_firstlineno + 2
        assert f"adentro falló con KeyError: 'nada' (línea {line} de tu celda)" in said
        assert "adentro" not in api.ask("GET", "/otra").said


@pytest.mark.parametrize(("app", "found"), [(None, "no devolvió nada"), (3, "devolvió un int")])
def test_what_is_not_an_application_is_a_message(app: object, found: str) -> None:
    def bank() -> object:
        return app

    with pytest.raises(CheckFailed, match=f"bank {found}, .*\n.*return app"), served(bank):
        pass


def test_a_lifespan_that_fails_is_a_message() -> None:
    @asynccontextmanager
    async def forgets_the_yield(app: FastAPI) -> AsyncIterator[None]:
        if app is None:
            yield

    def bank() -> FastAPI:
        return FastAPI(lifespan=forgets_the_yield)

    with pytest.raises(CheckFailed, match=r"bank no arranca.*\n.*yield"), served(bank):
        pass


def test_a_check_says_which_answer_is_not_a_problem_and_why() -> None:
    with served(answering, JSONResponse({}, 404)) as api:
        answer = api.ask("GET", "/")
    with pytest.raises(CheckFailed, match="El 404 de / no es un problem details: su content-type"):
        check_problem(answer, "El 404 de /")
    with served(answering, problem({"title": "No", "status": 404, "detail": "No."})) as api:
        check_problem(api.ask("GET", "/"), "El 404 de /")
