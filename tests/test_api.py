"""El servicio de referencia: endpoints, errores, clave, identificadores, registros y métricas."""

import ast
import re
import signal
import socket
import subprocess
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from playwright.sync_api import Browser
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from amq2.api import Settings, create_app
from amq2.api.__main__ import main
from amq2.api.schemas import Applicant, Changes, NewApplicant
from amq2.credit import COLUMNS, FEATURES, applicants
from amq2.model import MODEL_VERSION, ModelError, predict_default, save, train
from amq2.serving import ServerStartError, serve
from amq2.validation import MESSAGES
from tests.api_server import (
    APPLICANT,
    KEY,
    PERSON,
    PROBLEM,
    Api,
    clean_environment,
    free_port,
    problem,
    running_api,
    wait_until,
)
from tests.browser import watched_page

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "amq2" / "api"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running_api(tmp_path_factory.mktemp("api")) as api:
        yield api


# El código


def code_lines(path: Path) -> int:
    """Los renglones con código: ni comentarios, ni docstrings, ni vacíos."""
    source = path.read_text(encoding="utf-8")
    lines: set[int] = set()
    ignored = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type not in ignored and token.type != tokenize.ENDMARKER:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for child in node.body:
                is_text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
                if is_text and isinstance(child.value.value, str):  # type: ignore[attr-defined]
                    lines -= set(range(child.lineno, (child.end_lineno or 0) + 1))
    return len(lines)


def test_the_service_fits_in_450_lines_of_code_and_its_modules_in_150() -> None:
    modules = sorted(PACKAGE.glob("*.py"))
    assert sum(map(code_lines, modules)) < 450
    long = [path.name for path in modules if len(path.read_text("utf-8").splitlines()) > 150]
    assert not long


def test_the_schemas_have_the_columns_of_the_model_in_order_and_their_limits() -> None:
    assert tuple(Applicant.model_fields) == FEATURES
    assert set(NewApplicant.model_fields) == set(Changes.model_fields) == {"name", *FEATURES}
    for schema in (Applicant.model_json_schema(), Changes.model_json_schema()):
        for column in COLUMNS:
            field = schema["properties"][column.name]
            assert (field["minimum"], field["maximum"]) == (column.minimum, column.maximum)
            assert column.meaning.capitalize() in field["description"]


# Puntajes


def test_one_applicant_gets_the_score_of_the_model(api: Api) -> None:
    rows = applicants(30)
    expected = predict_default(train(), rows)
    for row, score in zip(rows[list(FEATURES)].to_dict("records"), expected, strict=True):
        response = api.ask("POST", "/v1/predictions", json=row)
        assert response.status_code == 200
        assert response.json() == {"probability": score, "model_version": MODEL_VERSION}


def test_a_batch_gets_the_same_scores_in_order(api: Api) -> None:
    rows = applicants(1000)
    body = {"applicants": rows[list(FEATURES)].to_dict("records")}
    answer = api.ask("POST", "/v1/predictions/batch", json=body).json()
    assert answer["model_version"] == MODEL_VERSION
    np.testing.assert_array_equal(answer["probabilities"], predict_default(train(), rows))


@pytest.mark.parametrize(("count", "message"), [(0, "al menos 1"), (1001, "como mucho, 1000")])
def test_a_batch_has_a_limit(api: Api, count: int, message: str) -> None:
    body = {"applicants": [APPLICANT] * count}
    errors = problem(api.ask("POST", "/v1/predictions/batch", json=body), 422)["errors"]
    assert [error["field"] for error in errors] == ["applicants"]
    assert message in errors[0]["message"]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_each_column_accepts_its_limits_and_nothing_beyond(api: Api, column: Any) -> None:  # noqa: ANN401
    for value in (column.minimum, column.maximum):
        assert api.ask("POST", "/v1/predictions", json={**APPLICANT, column.name: value}).ok
    for value, message in (
        (np.nextafter(column.minimum, -np.inf), f"tiene que ser {column.minimum:.12g} o más"),
        (np.nextafter(column.maximum, np.inf), f"tiene que ser {column.maximum:.12g} o menos"),
    ):
        response = api.ask("POST", "/v1/predictions", json={**APPLICANT, column.name: value})
        errors = problem(response, 422)["errors"]
        assert errors == [{"field": column.name, "message": message}]


def test_an_error_in_a_batch_says_which_applicant(api: Api) -> None:
    body = {"applicants": [APPLICANT, {**APPLICANT, "age": "treinta"}]}
    errors = problem(api.ask("POST", "/v1/predictions/batch", json=body), 422)["errors"]
    assert errors == [{"field": "applicants.1.age", "message": "tiene que ser un número"}]


# Solicitantes


def test_an_applicant_is_created_read_replaced_changed_and_deleted(api: Api) -> None:
    created = api.ask("POST", "/v1/applicants", json=PERSON)
    assert created.status_code == 201
    path = created.headers["Location"]
    person = created.json()
    assert person == {**PERSON, "id": int(path.rsplit("/", 1)[1]), "version": 1}
    assert api.ask("GET", path).json() == person

    other = {**PERSON, "name": "Beto", "age": 50.0}
    replaced = api.ask("PUT", path, json=other)
    assert replaced.json() == {**other, "id": person["id"], "version": 2}
    assert replaced.headers["ETag"] == '"2"'

    changed = api.ask("PATCH", path, json={"amount": 500_000})
    assert changed.json() == {**other, "amount": 500_000, "id": person["id"], "version": 3}

    deleted = api.ask("DELETE", path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    for method, body in (("GET", None), ("PUT", PERSON), ("PATCH", {}), ("DELETE", None)):
        detail = problem(api.ask(method, path, json=body), 404)["detail"]
        assert detail == f"No hay un solicitante {person['id']}."


def test_a_patch_takes_merge_patch_and_refuses_to_empty_a_field(api: Api) -> None:
    path = api.ask("POST", "/v1/applicants", json=PERSON).headers["Location"]
    headers = {"Content-Type": "application/merge-patch+json"}
    assert api.ask("PATCH", path, data='{"name": "Eva"}', headers=headers).json()["name"] == "Eva"
    errors = problem(api.ask("PATCH", path, json={"name": None, "age": None}), 422)["errors"]
    assert [error["field"] for error in errors] == ["name", "age"]


def test_a_change_on_an_old_version_is_refused(api: Api) -> None:
    created = api.ask("POST", "/v1/applicants", json=PERSON)
    path, old = created.headers["Location"], {"If-Match": created.headers["ETag"]}
    current = {"If-Match": api.ask("PATCH", path, json={"age": 30}, headers=old).headers["ETag"]}
    for method, body in (("PUT", PERSON), ("PATCH", {"age": 31}), ("DELETE", None)):
        problem(api.ask(method, path, json=body, headers=old), 412)
    assert api.ask("GET", path).json()["age"] == 30
    assert api.ask("PATCH", path, json={"age": 31}, headers={"If-Match": "*"}).ok
    problem(api.ask("DELETE", path, headers=current), 412)
    for strange in ("cualquiera", '"0"', '"9999999999999"', "", 'W/"3"'):
        problem(api.ask("DELETE", path, headers={"If-Match": strange}), 412)


# Errores


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/nada", 404, "No encontrado"),
        ("GET", "/static-offline-docs/nada.js", 404, "No encontrado"),
        ("GET", "/v1/applicants/", 404, "No encontrado"),
        ("GET", "/v1/predictions", 405, "Método no permitido"),
        ("POST", "/static-offline-docs/favicon.png", 405, "Método no permitido"),
        ("PATCH", "/v1/applicants", 405, "Método no permitido"),
        ("GET", "/v1/applicants/0", 422, "Datos que no sirven"),
        ("GET", "/v1/applicants/ana", 422, "Datos que no sirven"),
        ("GET", "/v1/applicants/99999999999999999999", 422, "Datos que no sirven"),
        ("GET", "/v1/applicants?limit=101", 422, "Datos que no sirven"),
        ("GET", "/v1/applicants?after=-1", 422, "Datos que no sirven"),
    ],
)
def test_every_error_is_a_problem_in_spanish(
    api: Api, method: str, path: str, status: int, title: str
) -> None:
    response = api.ask(method, path)
    assert problem(response, status)["title"] == title
    assert response.headers["X-Request-ID"]
    assert response.headers["X-Model-Version"] == MODEL_VERSION


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/applicants", "GET, POST"),
        ("/v1/applicants/1", "DELETE, GET, PATCH, PUT"),
        ("/v1/predictions", "POST"),
        ("/health", "GET"),
    ],
)
def test_a_wrong_method_gets_all_the_right_ones(api: Api, path: str, allowed: str) -> None:
    assert api.ask("OPTIONS", path).headers["Allow"] == allowed


def test_a_body_that_is_not_json_is_told_apart(api: Api) -> None:
    json_type = {"Content-Type": "application/json"}
    for body in (b"{", b"", b"nada"):
        response = api.ask("POST", "/v1/predictions", data=body, headers=json_type)
        problem(response, 400 if body else 422)
    as_form = api.ask("POST", "/v1/predictions", data={"age": 30})
    assert problem(as_form, 415)["title"] == "Formato no aceptado"
    assert as_form.headers["Accept"] == "application/json"


def test_a_body_too_big_is_refused_even_if_its_size_was_not_announced(api: Api) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 50_000

    headers = {"Content-Type": "application/json"}
    for body in (b" " * 500_001, chunks()):
        response = api.ask("POST", "/v1/predictions", data=body, headers=headers)
        assert problem(response, 413)["title"] == "Cuerpo demasiado grande"


def test_a_crash_is_a_500_that_tells_nothing_and_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        n_features_in_ = len(FEATURES)

        def predict_proba(self, rows: Any) -> Any:  # noqa: ANN401
            if APPLICANT["income"] in rows:
                raise ZeroDivisionError("un secreto de adentro")
            return np.full((len(rows), 2), 0.5)

    settings = Settings(api_key=SecretStr(KEY), database_url=f"sqlite:///{tmp_path / 'x.db'}")
    with serve(create_app(settings, Broken())) as server:
        response = requests.post(
            f"{server.url}/v1/predictions", json=APPLICANT, headers={"X-API-Key": KEY}, timeout=5
        )
        assert problem(response, 500)["title"] == "Falla del servidor"
        assert "secreto" not in response.text
        assert response.headers["X-Request-ID"]
        assert server.last_error is None
        metrics = requests.get(f"{server.url}/metrics", timeout=5).text
    assert 'status="500"} 1.0' in metrics
    [record] = [record for record in caplog.records if record.message == "falla"]
    assert record.exc_info
    assert record.request_id == response.headers["X-Request-ID"]  # type: ignore[attr-defined]


def test_every_validation_message_is_in_spanish(api: Api) -> None:
    bodies: list[Any] = [
        [],
        {"applicants": 1},
        {"applicants": [1]},
        {"applicants": []},
        {"applicants": [{**APPLICANT, "age": True, "income": None, "amount": [], "otro": 1}]},
    ]
    for body in bodies:
        answer = problem(api.ask("POST", "/v1/predictions/batch", json=body), 422)
        assert not [error for error in answer["errors"] if error["message"] == "no sirve"]
    for name in (1, "", "x" * 101, "a\tb"):
        answer = problem(api.ask("POST", "/v1/applicants", json={**PERSON, "name": name}), 422)
        assert [error["field"] for error in answer["errors"]] == ["name"]
        assert answer["errors"][0]["message"] != "no sirve"
    assert all(re.match(r"falta|sobra|tiene", message) for message in MESSAGES.values())


# La clave


@pytest.mark.parametrize("key", [None, "", "otra", KEY[:-1], KEY + "x", KEY.upper(), "ñandú"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/predictions"),
        ("POST", "/v1/predictions/batch"),
        ("GET", "/v1/applicants"),
        ("DELETE", "/v1/applicants/1"),
    ],
)
def test_without_the_key_nothing_is_done(api: Api, method: str, path: str, key: str | None) -> None:
    headers = {} if key is None else {"X-API-Key": key.encode()}
    response = requests.request(method, api.url + path, headers=headers, json=1, timeout=5)
    assert problem(response, 401)["title"] == "Falta identificarse"
    assert response.headers["WWW-Authenticate"] == "APIKey"


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/docs", "/openapi.json"])
def test_what_watches_the_service_needs_no_key(api: Api, path: str) -> None:
    assert requests.get(api.url + path, timeout=5).status_code == 200


def test_the_key_is_never_shown(api: Api) -> None:
    api.ask("POST", "/v1/predictions", json=APPLICANT)
    assert KEY not in api.log.read_text("utf-8")
    assert KEY not in repr(Settings(api_key=SecretStr(KEY)))
    assert KEY not in requests.get(f"{api.url}/openapi.json", timeout=5).text


# Identificadores, registros y métricas


@pytest.mark.parametrize("mine", ["pedido-1", "a" * 64, "4bf92f35.x_Y"])
def test_a_request_keeps_its_id(api: Api, mine: str) -> None:
    response = api.ask("GET", "/health", headers={"X-Request-ID": mine})
    assert response.headers["X-Request-ID"] == mine
    assert wait_until(lambda: any(record.get("request_id") == mine for record in api.records()))


@pytest.mark.parametrize("mine", ["", "a" * 65, "con espacio", "ñ".encode(), '"}{', "a;b"])
def test_an_id_that_could_confuse_a_log_is_replaced(api: Api, mine: str | bytes) -> None:
    response = api.ask("GET", "/health", headers={"X-Request-ID": mine})
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-ID"])


def test_each_request_is_one_line_of_json_without_personal_data(api: Api) -> None:
    response = api.ask("POST", "/v1/applicants?x=%0A%22", json={**PERSON, "name": "Zulema"})
    mine = response.headers["X-Request-ID"]
    assert wait_until(lambda: mine in api.log.read_text("utf-8"))
    [record] = [record for record in api.records() if record.get("request_id") == mine]
    assert record.pop("ms") > 0
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "levelname": "INFO",
        "name": "amq2.api",
        "message": "pedido",
        "request_id": mine,
        "method": "POST",
        "path": "/v1/applicants",
        "status": 201,
    }
    assert "Zulema" not in api.log.read_text("utf-8")


def samples(api: Api) -> dict[tuple[str, tuple[str, ...]], float]:
    text = requests.get(f"{api.url}/metrics", timeout=5).text
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_metrics_count_what_happened(api: Api) -> None:
    before = samples(api)
    api.ask("POST", "/v1/predictions", json=APPLICANT)
    api.ask("POST", "/v1/predictions/batch", json={"applicants": [APPLICANT] * 7})
    api.ask("GET", "/v1/applicants/2000000000")
    api.ask("GET", "/v1/applicants/2000000001")
    after = samples(api)

    def grew(name: str, *labels: str) -> float:
        return after[name, labels] - before.get((name, labels), 0)

    assert grew("predictions_total") == 8
    assert grew("http_requests_total", "POST", "/v1/predictions", "200") == 1
    assert grew("http_requests_total", "GET", "/v1/applicants/{id}", "404") == 2
    assert grew("http_request_duration_seconds_count", "/v1/applicants/{id}") == 2


def test_hostile_addresses_and_methods_do_not_make_new_series(api: Api) -> None:
    api.ask("PROPFIND", "/nada")
    api.ask("PROPFIND", "/nada", headers={"X-Request-ID": "x"})
    before = len(samples(api))
    for number in range(30):
        api.ask("PROPFIND", f"/nada/{number}")
        api.ask("REPORT", f"/{number}")
    assert len(samples(api)) == before


def test_the_content_type_of_the_metrics_is_the_one_prometheus_asks(api: Api) -> None:
    kind = requests.get(f"{api.url}/metrics", timeout=5).headers["content-type"]
    assert kind.startswith("text/plain; version=")


# El documento y Swagger UI


def test_the_document_names_the_errors_as_problems(api: Api) -> None:
    document = requests.get(f"{api.url}/openapi.json", timeout=5).json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            errors = {s: r for s, r in operation["responses"].items() if s >= "400"}
            if path.startswith("/v1/"):
                assert {"401", "422"} <= set(errors)
                assert operation["security"] == [{"RequireKey": []}]
            for response in errors.values():
                [media_type] = response["content"]
                assert media_type == PROBLEM


def test_swagger_ui_tries_a_prediction_without_going_outside(api: Api, browser: Browser) -> None:
    with watched_page(browser) as watched:
        page = watched.page
        page.goto(f"{api.url}/docs")
        page.get_by_role("button", name="Authorize").first.click()
        page.get_by_label("auth-input").or_(page.locator(".auth-container input")).first.fill(KEY)
        page.locator(".auth-btn-wrapper").get_by_role("button", name="Apply").or_(
            page.locator(".auth-btn-wrapper button.authorize")
        ).first.click()
        page.locator(".auth-btn-wrapper .btn-done").click()
        operation = page.locator("#operations-Puntajes-predict_v1_predictions_post")
        operation.click()
        operation.get_by_role("button", name="Try it out").click()
        operation.get_by_role("textbox").fill(str(APPLICANT).replace("'", '"'))
        operation.get_by_role("button", name="Execute").click()
        operation.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
        assert "probability" in operation.locator(".live-responses-table").inner_text()
        watched.screenshot("api-docs")
    assert not watched.problems


# Arranque


def test_a_saved_model_is_served_with_its_version(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    save(train(applicants(500)), path)
    sheet = path.with_suffix(".json")
    sheet.write_text(sheet.read_text("utf-8").replace('"1.0.0"', '"2.3.4"', 1), "utf-8")
    expected = predict_default(train(applicants(500)), applicants(1))[0]
    with running_api(tmp_path, MODEL_PATH=str(path)) as api:
        response = api.ask("POST", "/v1/predictions", json=APPLICANT)
    assert response.json() == {"probability": expected, "model_version": "2.3.4"}
    assert response.headers["X-Model-Version"] == "2.3.4"


@pytest.mark.parametrize(
    "result", [np.full((2, 2), 1.5), np.full((2, 2), np.nan), np.full((3, 2), 0.5)]
)
def test_a_model_that_gives_no_probabilities_does_not_start(result: Any) -> None:  # noqa: ANN401
    class Wrong:
        n_features_in_ = len(FEATURES)

        def predict_proba(self, rows: Any) -> Any:  # noqa: ANN401
            return result

    with (
        pytest.raises(ServerStartError) as caught,
        serve(create_app(Settings(api_key=SecretStr(KEY)), Wrong())),
    ):
        pytest.fail("no tenía que arrancar")
    assert isinstance(caught.value.__cause__, ModelError)


def refusal(monkeypatch: pytest.MonkeyPatch, folder: Path, **environment: str) -> str:
    """Con qué se niega a arrancar `make api`, que es un renglón y nada más."""
    monkeypatch.chdir(folder)
    for name in ("API_PORT", "DATABASE_URL", "MODEL_PATH"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as caught:
        main()
    assert isinstance(caught.value.code, str)
    assert len(caught.value.code.splitlines()) == 1
    return caught.value.code


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"API_KEY": "corta"}, "Estas variables no sirven: API_KEY."),
        ({"MAX_BODY_BYTES": "mucho"}, "Estas variables no sirven: MAX_BODY_BYTES."),
        ({"API_PORT": "http"}, "El puerto http no se puede usar. Probá con: make api API_PORT="),
        ({"API_PORT": "65536"}, "El puerto 65536 no se puede usar. Probá con: make api API_PORT="),
        ({"DATABASE_URL": "cualquiera"}, "DATABASE_URL no sirve"),
        ({"DATABASE_URL": "nada://x/y"}, "DATABASE_URL no sirve"),
        ({"DATABASE_URL": "oracle://x/y"}, "DATABASE_URL no sirve"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL no sirve"),
        ({"MODEL_PATH": "nada.skops"}, "No está nada.skops"),
    ],
)
def test_a_wrong_setting_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], message: str
) -> None:
    assert message in refusal(monkeypatch, tmp_path, **{"API_KEY": KEY, **environment})


def test_a_taken_port_is_one_line_with_a_command_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        line = refusal(monkeypatch, tmp_path, API_KEY="", API_PORT=port)
    assert not capsys.readouterr().out, "una clave que no va a servir"
    assert line.startswith(f"El puerto {port} no se puede usar. Probá con: make api API_PORT=")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", int(line.rpartition("=")[2])))


def test_make_api_makes_up_a_key_and_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    port = free_port()
    address, database = f"http://127.0.0.1:{port}", tmp_path / "api.db"
    command = [
        "make",
        "--no-print-directory",
        "api",
        f"API_PORT={port}",
        f"DATABASE_URL=sqlite:///{database}",
    ]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as make:
        assert make.stdout is not None
        assert "Preparo la API" in make.stdout.readline()
        key = make.stdout.readline().split()[-1]
        assert make.stdout.readline().startswith(f"La API está en {address}/docs: apretá Authorize")
        headers = {"X-API-Key": key}
        assert wait_until(lambda: _status(f"{address}/v1/applicants", headers) == 200)
        # Ctrl-C en una terminal le llega a todo el grupo de procesos.
        subprocess.run(["kill", "-INT", "--", f"-{make.pid}"], check=True)
        assert make.wait(20) in (0, 2, -signal.SIGINT)
    command = ["ps", "-o", "stat=,args=", "-g", str(make.pid)]
    left = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert "amq2.api" not in left
    assert _status(f"{address}/health", {}) == 0
    assert database.exists()


def _status(url: str, headers: dict[str, str]) -> int:
    try:
        return requests.get(url, headers=headers, timeout=5).status_code
    except requests.ConnectionError:
        return 0
