"""`ask`: preguntarle a la API de una respuesta sin que un error ajeno corte la prueba."""

import socket

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from amq2.ask import ask, check_problem
from amq2.checks import CheckFailed
from amq2.serving import serve


def answering(response: Response) -> FastAPI:
    app = FastAPI()
    app.add_api_route("/", lambda: response, methods=["GET", "POST"], response_class=Response)
    return app


def problem(body: object, status: int = 404) -> Response:
    return JSONResponse(body, status, media_type="application/problem+json")


def test_an_answer_has_its_status_headers_and_object() -> None:
    with serve(answering(JSONResponse({"id": 3}, 201, {"Location": "/x/3"}))) as server:
        answer = ask("POST", server.url, json={})
    assert (answer.status, answer.headers["location"], answer.json) == (201, "/x/3", {"id": 3})
    assert answer.said == 'lo que contestó: {"id":3}'


@pytest.mark.parametrize("response", [PlainTextResponse("hola"), JSONResponse([1, 2])])
def test_what_is_not_an_object_is_an_empty_one(response: Response) -> None:
    with serve(answering(response)) as server:
        assert ask("GET", server.url).json == {}


def test_an_empty_body_is_told() -> None:
    with serve(answering(Response(status_code=204))) as server:
        assert ask("GET", server.url).said == "lo que contestó: un cuerpo vacío"


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
    with serve(answering(response)) as server:
        found = ask("GET", server.url).why_not_a_problem()
    assert (reason in found) if reason else found == ""


def test_a_connection_that_breaks_is_a_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with pytest.raises(CheckFailed, match="Ante GET /nada, tu API cortó la conexión"):
        ask("GET", f"http://127.0.0.1:{port}/nada")


def test_a_check_says_which_answer_is_not_a_problem_and_why() -> None:
    with serve(answering(JSONResponse({}, 404))) as server:
        answer = ask("GET", server.url)
    with pytest.raises(CheckFailed, match="El 404 de / no es un problem details: su content-type"):
        check_problem(answer, "El 404 de /")
    with serve(answering(problem({"title": "No", "status": 404, "detail": "No."}))) as server:
        check_problem(ask("GET", server.url), "El 404 de /")
