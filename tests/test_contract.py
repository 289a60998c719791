"""`conformance`: un servicio contra un documento OpenAPI escrito antes que su código."""

from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from amq2.contract import conformance
from amq2.serving import serve

CONTRACT: dict[str, Any] = yaml.safe_load("""
openapi: 3.1.0
paths:
  /double:
    post:
      requestBody:
        content:
          application/json:
            examples: {dos: {value: {x: 2}}}
      responses:
        "200":
          content:
            application/json: {schema: {$ref: "#/components/schemas/Double"}}
        "204": {}
components:
  schemas:
    Double: {type: object, required: [value], properties: {value: {type: number}}}
""")


def problem_of(response: Response) -> str:
    app = FastAPI()
    app.add_api_route("/double", lambda: response, methods=["POST"], response_class=Response)
    with serve(app) as server:
        (row,) = conformance(server.url, CONTRACT).to_dict("records")
    assert (row["operación"], row["ejemplo"]) == ("POST /double", "dos")
    assert row["estado"] == response.status_code
    return str(row["problema"])


def test_what_the_contract_says_has_no_problem() -> None:
    assert problem_of(JSONResponse({"value": 4})) == ""
    assert problem_of(Response(status_code=204)) == ""


def test_a_status_that_is_not_there() -> None:
    assert problem_of(JSONResponse({}, 500)) == "ese estado no está en el contrato"


def test_a_body_that_does_not_follow_its_schema() -> None:
    assert problem_of(JSONResponse({"value": "cuatro"})) == "'cuatro' is not of type 'number'"
    assert problem_of(JSONResponse({})) == "'value' is a required property"


def test_another_content_type() -> None:
    assert problem_of(PlainTextResponse("4")) == "contestó text/plain y no application/json"


def test_a_body_that_is_not_json() -> None:
    assert problem_of(PlainTextResponse("4 y medio", media_type="application/json"))


def test_a_contract_without_examples_proves_nothing() -> None:
    with pytest.raises(ValueError, match="no trae ejemplos"):
        conformance("http://127.0.0.1:1", {"paths": {"/double": {"get": {"responses": {}}}}})
