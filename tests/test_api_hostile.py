"""Entradas hostiles: nada de lo que mande un cliente rompe el servicio, y todo se contesta."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from fastapi import FastAPI, HTTPException

from amq2.credit import FEATURES
from amq2.serving import serve
from tests.api_server import APPLICANT, KEY, PERSON, Api, problem, running_api
from tests.api_sockets import exchange

CONFIG = Path(__file__).with_name("schemathesis.toml")
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running_api(tmp_path_factory.mktemp("hostile")) as api:
        yield api
        assert not [record for record in api.records() if record["levelname"] == "ERROR"]


def run_schemathesis(url: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Prueba todo el documento OpenAPI con todas las comprobaciones.

    Args:
        url: la dirección del servicio.
        folder: dónde deja lo que escribe.
        options: otras opciones de `st run`.
    """
    program = shutil.which("st", path=str(Path(sys.executable).parent))
    assert program
    return subprocess.run(
        [
            *(program, f"--config-file={CONFIG}", "--no-color", "run", f"{url}/openapi.json"),
            *("--checks=all", f"--header=X-API-Key: {KEY}", "--generation-database=none"),
            *("--continue-on-failure", "--no-shrink", "--request-timeout=10", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_schemathesis_finds_nothing(api: Api, tmp_path: Path) -> None:
    done = run_schemathesis(api.url, tmp_path, "--max-examples=25", "--seed=2026")
    assert done.returncode == 0, done.stdout[-6000:]
    assert "Tested: 11" in done.stdout


def test_schemathesis_would_find_a_fault(tmp_path: Path) -> None:
    """La prueba de la prueba: una excepción que se escapa, y un estado sin documentar."""
    app = FastAPI()

    @app.get("/half/{number}")
    def half(number: int) -> float:
        if number < 0:
            raise HTTPException(418)
        return number / (1 - number % 2)

    with serve(app) as server:
        done = run_schemathesis(
            server.url, tmp_path, "--max-examples=30", "--seed=1", "--phases=fuzzing"
        )
    assert done.returncode == 1
    assert "[500] Internal Server Error" in done.stdout
    assert "[418]" in done.stdout


NUMBERS = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e308": "1e308",
    "-1e308": "-1e308",
    "1e309, que no entra en un float": "1e309",
    "1e-400, que es cero": "1e-400",
    "un entero de 400 cifras": "9" * 400,
    "un entero de 5000 cifras": "9" * 5000,
    "2^53 + 1": str(2**53 + 1),
    "2^63": str(2**63),
    "2^64": str(2**64),
    "un texto": '"30"',
    "un texto vacío": '""',
    "true": "true",
    "null": "null",
    "una lista": "[30]",
    "un objeto": '{"age": 30}',
    "hexadecimal": "0x1E",
    "con cero adelante": "030",
    "con coma": "30,5",
    "sin parte entera": ".5",
    "-0": "-0",
    "cifras árabes": "٣٠",
}


@pytest.mark.parametrize("text", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("feature", ["age", "debt_ratio"])
def test_a_number_that_is_not_one_is_refused(api: Api, feature: str, text: str) -> None:
    body = json.dumps({**APPLICANT, feature: "AQUÍ"}, ensure_ascii=False).replace('"AQUÍ"', text)
    for path, content in (
        ("/v1/predictions", body),
        ("/v1/predictions/batch", f'{{"applicants": [{body}]}}'),
        ("/v1/applicants", body.replace("{", '{"name": "Ana", ', 1)),
    ):
        response = api.ask("POST", path, data=content.encode(), headers=JSON)
        if feature == "debt_ratio" and text in ("1e-400", "-0"):
            assert response.ok
        else:
            problem(response, 400 if response.status_code == 400 else 422)


NAMES = {
    "NUL": "\\u0000",
    "NUL en el medio": "Ana\\u0000Pérez",
    "un salto de línea": "Ana\\nPérez",
    "un salto de línea al final": "Ana\\n",
    "un sustituto suelto": "\\ud800",
    "un sustituto bajo suelto": "Ana \\udfff",
    "dos sustitutos al revés": "\\udc00\\ud800",
    "DEL": "\\u007f",
    "101 caracteres": "x" * 101,
    "cien mil caracteres": "x" * 100_000,
    "nada": "",
}


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_text_that_a_database_could_refuse_is_refused_before(
    api: Api, method: str, text: str
) -> None:
    path = api.ask("POST", "/v1/applicants", json=PERSON).headers["Location"]
    body = json.dumps({**PERSON, "name": "AQUÍ"}, ensure_ascii=False).replace("AQUÍ", text)
    target = "/v1/applicants" if method == "POST" else path
    response = api.ask(method, target, data=body.encode(), headers=JSON)
    errors = problem(response, 422)["errors"]
    assert [error["field"] for error in errors] == ["name"]
    assert api.ask("GET", path).json()["name"] == PERSON["name"]


BODIES: dict[str, bytes] = {
    "UTF-8 inválido": b'{"age": "\xff\xfe"}',
    "Latin-1": '{"añejo": 1}'.encode("latin-1"),
    "UTF-8 cortado": '{"name": "ñ'.encode()[:-1],
    "un NUL": b"\x00",
    "sólo la marca de orden": b"\xef\xbb\xbf",
    "gzip sin decirlo": b"\x1f\x8b\x08\x00",
    "diez mil listas anidadas": b"[" * 10_000 + b"]" * 10_000,
    "cien mil listas sin cerrar": b"[" * 100_000,
    "cien mil objetos anidados": b'{"a":' * 80_000,
    "objetos anidados en un campo": b'{"age":' * 5_000 + b"1" + b"}" * 5_000,
    "una coma de más": b'{"age": 30,}',
    "comillas simples": b"{'age': 30}",
    "dos documentos": b"{} {}",
    "un número": b"1",
    "null": b"null",
    "una lista": b"[]",
    "un texto": b'"hola"',
    "vacío": b"",
    "treinta mil campos que sobran": json.dumps({f"x{n}": 1 for n in range(30_000)}).encode(),
    "un campo con nombre enorme": json.dumps({"x" * 400_000: 1}).encode(),
    "un campo con un sustituto suelto": b'{"\\ud800": 1}',
    "un campo con marcas de formato": b'{"{0}%s${jndi:ldap://x}": 1}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", ["/v1/predictions", "/v1/predictions/batch", "/v1/applicants"])
def test_a_body_that_makes_no_sense_is_refused(api: Api, path: str, body: bytes) -> None:
    response = api.ask("POST", path, data=body, headers=JSON)
    answer = problem(response, 400 if response.status_code == 400 else 422)
    assert len(response.content) < 10_000  # no repite lo que le mandaron
    assert len(answer.get("errors", [])) <= 20
    assert response.elapsed.total_seconds() < 3


def test_the_last_of_two_fields_with_the_same_name_counts(api: Api) -> None:
    body = json.dumps(APPLICANT).replace("{", '{"age": "nada", ', 1)
    assert api.ask("POST", "/v1/predictions", data=body, headers=JSON).ok
    body = json.dumps(APPLICANT).replace("}", ', "age": "nada"}')
    problem(api.ask("POST", "/v1/predictions", data=body, headers=JSON), 422)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_any_unicode_json_is_understood(api: Api, encoding: str) -> None:
    body = json.dumps({**PERSON, "name": "Ñandú 🏦"}, ensure_ascii=False).encode(encoding)
    response = api.ask("POST", "/v1/applicants", data=body, headers=JSON)
    assert response.json()["name"] == "Ñandú 🏦"


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application",
        "/",
        "a/b/c; ;;=",
        "application/json2",
    ],
)
def test_a_body_that_does_not_say_to_be_json_is_refused(api: Api, kind: str) -> None:
    body = json.dumps(APPLICANT).encode()
    problem(api.ask("POST", "/v1/predictions", data=body, headers={"Content-Type": kind}), 415)


@pytest.mark.parametrize("feature", [*FEATURES, "name"])
@pytest.mark.parametrize("value", [None, [], {}, True, "1; DROP TABLE applicants"], ids=str)
def test_a_wrong_type_is_refused_in_every_field(api: Api, feature: str, value: Any) -> None:  # noqa: ANN401
    if feature == "name" and isinstance(value, str):
        assert api.ask("POST", "/v1/applicants", json={**PERSON, "name": value}).ok
        return
    for method, path in (("POST", "/v1/applicants"), ("PATCH", "/v1/applicants/1")):
        body = {**PERSON, feature: value} if method == "POST" else {feature: value}
        errors = problem(api.ask(method, path, json=body), 422)["errors"]
        assert [error["field"] for error in errors] == [feature]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/applicants/1%20OR%201=1",
        "/v1/applicants/1;DROP%20TABLE%20applicants",
        "/v1/applicants/-1",
        "/v1/applicants/1e3",
        "/v1/applicants/0x10",
        "/v1/applicants/%00",
        "/v1/applicants/%ff%fe",
        "/v1/applicants/2147483648",
        "/v1/applicants/" + "9" * 5000,
        "/v1/applicants?limit=%00",
        "/v1/applicants?limit=1e1",
        "/v1/applicants?limit=" + "9" * 5000,
        "/v1/applicants?after=9223372036854775808",
        "/v1/applicants?after=%27%20OR%20%271%27=%271",
        "/static-offline-docs/..%2f..%2f__init__.py",
        "/static-offline-docs/%00",
        "/static-offline-docs/" + "x" * 5000,
        "//v1/applicants",
        "/V1/applicants",
        "/v1/applicants/1/",
        "/v1/%61pplicants/../../etc/passwd",
    ],
)
def test_a_strange_address_is_a_404_or_a_422(api: Api, path: str) -> None:
    prepared = requests.Request("GET", api.url, headers={"X-API-Key": KEY}).prepare()
    prepared.url = api.url + path  # sin que requests lo corrija
    with requests.Session() as session:
        response = session.send(prepared, timeout=10)
    problem(response, 422 if response.status_code == 422 else 404)


HEAD = f"Host: x\r\nX-API-Key: {KEY}\r\n".encode()
RAW: dict[str, tuple[bytes, int]] = {
    "no es HTTP": (b"hola\r\n\r\n", 400),
    "TLS en un puerto sin TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 64, 400),
    "HTTP/9.9": (b"GET /health HTTP/9.9\r\n" + HEAD + b"\r\n", 400),
    "un método inventado": (b"INVENTADO /health HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
    "bytes sueltos en la dirección": (b"GET /\xff\xfe HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
    "dos largos": (
        b"POST /v1/predictions HTTP/1.1\r\n"
        + HEAD
        + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        400,
    ),
    "largo y trozos": (
        b"POST /v1/predictions HTTP/1.1\r\n"
        + HEAD
        + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "un largo negativo": (
        b"POST /v1/predictions HTTP/1.1\r\n" + HEAD + b"Content-Length: -1\r\n\r\n",
        400,
    ),
    "un largo de mil cifras": (
        b"POST /v1/predictions HTTP/1.1\r\n"
        + HEAD
        + b"Content-Length: "
        + b"9" * 1000
        + b"\r\n\r\n",
        400,
    ),
    "un largo enorme": (
        b"POST /v1/predictions HTTP/1.1\r\n"
        + HEAD
        + b"Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{",
        413,
    ),
    "trozos que no lo son": (
        b"POST /v1/predictions HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        400,
    ),
    "un encabezado sin fin": (b"GET /health HTTP/1.1\r\nX-Big: " + b"x" * 200_000, 431),
    "diez mil encabezados": (b"GET /health HTTP/1.1\r\n" + b"a: b\r\n" * 10_000, 431),
    "una dirección sin fin": (b"GET /" + b"x" * 200_000, 431),
    "un WebSocket, que no hay": (
        b"GET /v1/applicants HTTP/1.1\r\n"
        + b"Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n",
        401,
    ),
    "HTTP/1.0": (b"GET /nada HTTP/1.0\r\n\r\n", 404),
    "CONNECT": (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "TRACE": (b"TRACE /health HTTP/1.1\r\nHost: x\r\n\r\n", 405),
}


@pytest.mark.parametrize(("message", "status"), RAW.values(), ids=RAW)
def test_what_is_hardly_http_gets_a_problem_too(api: Api, message: bytes, status: int) -> None:
    answer = exchange(api.port, message)
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.body)["status"] == status
    assert requests.get(f"{api.url}/health", timeout=5).ok
