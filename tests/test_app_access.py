"""Quién entra a la aplicación de referencia, y cómo se la publica: montada, y con make app."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
import requests
from pydantic import SecretStr

from amq2.api import Settings, create_app
from amq2.app import LocalScorer, create_screen, launch_options, mount
from amq2.app.__main__ import main
from amq2.credit import FEATURES, applicants
from amq2.model import MODEL_VERSION
from amq2.screens import running
from amq2.serving import serve
from amq2.visitor import VisitError, Visitor
from tests.api_server import APPLICANT, KEY, free_port, wait_until
from tests.app_screen import OF_GRADIO, app_environment, collect_leftovers, running_app

ROOT = Path(__file__).parents[1]
USERS = {"ana": "clave-de-ana", "beto": "clave:de:beto"}
ANA = ("ana", USERS["ana"])

pytestmark = [pytest.mark.filterwarnings(ignored) for ignored in OF_GRADIO]


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    yield
    collect_leftovers()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(create_screen(LocalScorer()), **launch_options(USERS)) as url:
        yield url


# Quién entra


@pytest.mark.parametrize("who", USERS)
def test_each_user_gets_in_with_its_password(url: str, who: str) -> None:
    with closing(Visitor(url, (who, USERS[who]))) as visitor:
        visitor.press("Calcular")
        assert not visitor.messages


@pytest.mark.parametrize(
    "auth",
    [None, ("ana", "otra"), ("ana", ""), ("beto", USERS["ana"]), ("nadie", ""), ("áé", "ñ")],
)
def test_nobody_else_gets_in(url: str, auth: tuple[str, str] | None) -> None:
    with pytest.raises(VisitError, match="No se pudo entrar"):
        Visitor(url, auth)


def test_without_getting_in_nothing_can_be_asked(url: str) -> None:
    for path in ("config", "gradio_api/info"):
        assert requests.get(f"{url}/{path}", timeout=5).status_code == 401
    asked = requests.post(f"{url}/gradio_api/call/puntaje", json={"data": [1] * 7}, timeout=5)
    uploaded = requests.post(f"{url}/gradio_api/upload", files={"files": b"x"}, timeout=5)
    assert {asked.status_code, uploaded.status_code} == {401}


def test_gradio_tells_its_maker_nothing(url: str) -> None:
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    session = requests.Session()
    session.post(f"{url}/login", data=dict(zip(("username", "password"), ANA, strict=True)))
    assert session.get(f"{url}/config", timeout=5).json()["analytics_enabled"] is False


# Montada en la API


@pytest.fixture(scope="module")
def mounted() -> Iterator[str]:
    service = create_app(Settings(api_key=SecretStr(KEY), max_body_bytes=5_000_000))
    with serve(mount(service, create_screen(LocalScorer()), users=USERS)) as server:
        yield server.url


@pytest.mark.parametrize("path", ["/app", "/app/"])
def test_the_mounted_screen_works(mounted: str, tmp_path: Path, path: str) -> None:
    csv = tmp_path / "cartera.csv"
    applicants(20_000)[list(FEATURES)].to_csv(csv)
    with closing(Visitor(mounted + path, ANA)) as visitor:
        for button in ("Calcular", "Explicar"):
            visitor.press(button)
        visitor.fill("Tu archivo", csv)
        visitor.press("Calcular la cartera", 30)
        assert not visitor.messages
        assert len(pd.read_csv(visitor.read("Tu archivo, con puntajes"))) == 20_000


def test_the_address_without_a_slash_leads_to_the_mounted_screen(mounted: str) -> None:
    answer = requests.get(f"{mounted}/app", timeout=5)
    assert (answer.status_code, answer.url) == (200, f"{mounted}/app/")


def test_the_mounted_screen_also_asks_who_one_is(mounted: str) -> None:
    with pytest.raises(VisitError, match="No se pudo entrar"):
        Visitor(f"{mounted}/app/")


def test_the_api_still_works_beside_the_screen(mounted: str) -> None:
    headers = {"X-API-Key": KEY}
    [expected] = LocalScorer().scores(pd.DataFrame([APPLICANT]))
    address = f"{mounted}/v1/predictions"
    answer = requests.post(address, json=APPLICANT, headers=headers, timeout=5)
    assert answer.json() == {"probability": expected, "model_version": MODEL_VERSION}
    assert requests.post(address, json=APPLICANT, timeout=5).status_code == 401
    assert requests.get(f"{mounted}/ready", headers=headers, timeout=5).ok
    paths = requests.get(f"{mounted}/openapi.json", timeout=5).json()["paths"]
    assert not [path for path in paths if path.startswith("/app")]


# make app


def test_make_app_makes_up_a_password_and_ctrl_c_leaves_no_process() -> None:
    port = free_port()
    with subprocess.Popen(
        ["make", "--no-print-directory", "app", f"APP_PORT={port}"],
        cwd=ROOT,
        env=app_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as make:
        assert make.stdout is not None
        assert make.stdout.readline().startswith("Preparo la aplicación")
        found = re.fullmatch(
            r"Usuario de esta corrida: (\w+)\. Clave: (\S{12})\n", make.stdout.readline()
        )
        assert found
        address = f"http://127.0.0.1:{port}/"
        assert make.stdout.readline() == f"La aplicación está en {address}\n"
        with closing(Visitor(address, (found[1], found[2]))) as visitor:
            visitor.press("Calcular")
            assert not visitor.messages
        # Ctrl-C en una terminal le llega a todo el grupo de procesos.
        os.killpg(make.pid, signal.SIGINT)
        assert make.wait(20) in (0, 2, -signal.SIGINT)
        farewell = make.stdout.read()
        assert "Se apaga la aplicación." in farewell
        assert not re.search("Traceback|Keyboard", farewell)
    command = ["ps", "-o", "stat=,args=", "-g", str(make.pid)]
    left = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert "amq2.app" not in left
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)


def test_the_screen_of_make_app_can_ask_the_api(mounted: str) -> None:
    with (
        running_app(API_URL=mounted, API_KEY=KEY) as app,
        closing(Visitor(app.url, app.auth)) as visitor,
    ):
        visitor.press("Calcular")
        assert not visitor.messages


def test_the_files_that_are_given_back_are_left_only_where_gradio_cleans(tmp_path: Path) -> None:
    path, folder = tmp_path / "cartera.csv", tmp_path / "temporales"
    folder.mkdir()
    applicants(3)[list(FEATURES)].to_csv(path)
    gradio = str(tmp_path / "gradio")
    with (
        running_app(TMPDIR=str(folder), GRADIO_TEMP_DIR=gradio) as app,
        closing(Visitor(app.url, app.auth)) as visitor,
    ):
        before = set(folder.rglob("*"))
        for _ in range(3):
            visitor.fill("Tu archivo", path)
            visitor.press("Calcular la cartera")
            assert len(pd.read_csv(visitor.read("Tu archivo, con puntajes"))) == 3
        assert wait_until(lambda: set(folder.rglob("*")) == before)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"APP_PORT": "http"}, "El puerto http no se puede usar. Probá con: make app APP_PORT="),
        ({"APP_PORT": "65536"}, "El puerto 65536 no se puede usar. Probá con: make app APP_PORT="),
        ({"APP_USERS": "ana"}, "APP_USERS no se entiende: va como APP_USERS='ana:una-clave,beto:"),
        ({"APP_USERS": "ana:,beto:x"}, "APP_USERS no se entiende"),
        ({"API_URL": "http://127.0.0.1:9", "APP_USERS": "a:b"}, "Con API_URL hace falta API_KEY"),
    ],
)
def test_a_wrong_setting_is_one_line(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], message: str
) -> None:
    for name, value in app_environment(**{"APP_PORT": str(free_port()), **settings}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as caught:
        main()
    [line] = str(caught.value.code).splitlines()
    assert line.startswith(message)


def test_a_taken_port_is_one_line_with_a_port_that_works(url: str) -> None:
    taken = url.rpartition(":")[2]
    command = [sys.executable, "-m", "amq2.app"]
    settings = app_environment(APP_PORT=taken)
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    found = re.fullmatch(rf"El puerto {taken} .* make app APP_PORT=(\d+)\n", done.stderr)
    assert found
    assert found[1] != taken
