"""El curso en JupyterLab debajo de un prefijo, como en un hub: sus servidores, en un navegador."""

import re
from collections.abc import Iterator

import nbformat
import pytest
import requests
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Page, expect

from amq2.orchestrator.home import address as airflow_address
from amq2.proxied import behind_proxy, embed, prefix, public_url
from amq2.serving import serve
from amq2.settings import PREFIX_VARIABLES
from tests.browser import Lab, Notebook, WatchedPage, errors, running_lab, watched_page

HUB = "/user/ana/"
PATHS = ("/self", "/inner/")
SECONDS_TO_SHOW = 60_000
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

# Como en las unidades 03, 04 y 05.
CELLS = (
    """
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
import gradio as gr
from amq2.api import Settings, create_app
from amq2.app import LocalScorer, create_screen, mount
from amq2.model import train
from amq2.orchestrator.standalone import running_airflow
from amq2.proxied import embed, public_url
from amq2.screens import running, visiting
from amq2.serving import serve
lesson = ExitStack()
""",
    """
folder = Path(lesson.enter_context(TemporaryDirectory()))
settings = Settings(api_key="clave-de-prueba", database_url=f"sqlite:///{folder / 'a.db'}")
service = create_app(settings, train())
mount(service, create_screen(LocalScorer()), "/app", {"ana": "luna-77"})
server = lesson.enter_context(serve(service))
embed(f"{server.url}/docs", "La API", height=700)
""",
    'print("app:", public_url(f"{server.url}/app/"))',
    """
weather = gr.Interface(lambda name: f"Hola {name}", "text", "text", submit_btn="Enviar")
with visiting(gr.Interface(str.upper, "text", "text", submit_btn="Enviar")) as visitor:
    visitor.fill("self", "hola")
    visitor.press("Enviar")
    print("visita:", visitor.read("output"))
embed(lesson.enter_context(running(weather)), "El saludo", height=500)
""",
    """
(folder / "numbers.py").write_text('''
from airflow.sdk import dag, task

@dag(schedule=None)
def numbers():
    @task
    def total():
        return 1 + 1
    total()

numbers()
''')
airflow = lesson.enter_context(running_airflow(folder))
airflow.wait_for_dag("numbers")
airflow.unpause("numbers")
print("corrida:", airflow.wait("numbers", airflow.trigger("numbers")).results["total"])
print("airflow:", public_url(airflow.url))
""",
    'embed(f"{airflow.url}/amq2/?year=2026", "Feriados", height=600)',
)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("hub")
    notebook = new_notebook(metadata=KERNEL, cells=[new_code_cell(cell) for cell in CELLS])
    nbformat.write(notebook, root / "servidores.ipynb")
    with running_lab(root, tmp_path_factory.mktemp("private"), HUB) as lab:
        yield lab


def test_the_servers_of_a_notebook_are_used_through_the_hub(hub: Lab, browser: Browser) -> None:
    with watched_page(browser, height=3000, locale="es-AR") as watched:
        host = hub.url.removeprefix("http://").partition("/")[0]
        # Lo que agrega el proxy de un hub.
        forwarded = {"X-Forwarded-Host": host, "X-Forwarded-Proto": "http"}
        watched.page.context.set_extra_http_headers(forwarded)
        page = watched.page
        with Notebook(hub, watched, "servidores.ipynb") as notebook:
            saved = notebook.run_all()
            assert not errors(saved, tagged=False)
            printed = "".join(
                output.text
                for cell in saved.cells
                for output in cell.outputs
                if output.output_type == "stream"
            )
            assert "visita: HOLA" in printed
            assert "corrida: 2" in printed
            use_the_api(page)
            use_the_greeting(page)
            expect(
                page.frame_locator("[title=Feriados]").get_by_text("Navidad").last
            ).to_be_visible()
            watched.screenshot("hub-notebook")
            origin = f"http://{host}"
            use_the_bank_screen(watched, origin + address(printed, "app"))
            watched.screenshot("hub-gradio")
            use_airflow(watched, origin + address(printed, "airflow"))
            watched.screenshot("hub-airflow")
            assert not watched.problems


@pytest.fixture
def no_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PREFIX_VARIABLES, "JPY_PARENT_PID"):
        monkeypatch.delenv(name, raising=False)


def test_in_the_own_machine_the_address_is_the_one_of_the_server(no_prefix: None) -> None:
    url = "http://127.0.0.1:8000/docs?a=1#b"
    assert prefix() is None
    assert public_url(url) == url
    assert behind_proxy(list) is list


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [
        ("JUPYTERHUB_SERVICE_PREFIX", "/user/ana/", "/user/ana/proxy/8000/docs?a=1#b"),
        ("COURSE_PREFIX", "/", "/proxy/8000/docs?a=1#b"),
    ],
)
def test_with_a_prefix_the_address_goes_through_jupyterlab(
    no_prefix: None, monkeypatch: pytest.MonkeyPatch, name: str, value: str, path: str
) -> None:
    monkeypatch.setenv(name, value)
    assert public_url("http://127.0.0.1:8000/docs?a=1#b") == path
    assert public_url("https://example.com:8000/docs") == "https://example.com:8000/docs"
    assert f'src="{path}"' in embed("http://127.0.0.1:8000/docs?a=1#b", "La API")._repr_html_()
    # La dirección de Airflow ya lleva el prefijo.
    assert public_url(airflow_address(8080)) == f"{value}proxy/absolute/8080/"


def test_a_server_links_to_itself_as_each_one_sees_it(
    no_prefix: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", HUB)
    app = FastAPI()

    @app.get("/self")
    def own_address(request: Request) -> str:
        return str(request.url_for("own_address"))

    app.mount("/inner", PlainTextResponse("adentro"))
    with serve(app) as server:
        hub = {"X-Forwarded-Prefix": "/lo/que/sea", "X-Forwarded-Host": "hub.example, otro"}
        direct, proxied = (
            [requests.get(server.url + path, headers=headers, timeout=5).text for path in PATHS]
            for headers in ({}, hub)
        )
    assert direct == [f'"{server.url}/self"', "adentro"]
    assert proxied == [f'"http://hub.example{HUB}proxy/{server.port}/self"', "adentro"]


def address(printed: str, name: str) -> str:
    found = re.search(rf"^{name}: ({HUB}proxy/\S+)$", printed, re.M)
    assert found, printed
    return found[1]


def use_the_api(page: Page) -> None:
    frame = page.frame_locator("[title='La API']")
    operation = frame.locator(".opblock").filter(has_text="/health")
    operation.first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response .response-col_status")).to_have_text(
        re.compile("200")
    )
    expect(operation.locator(".request-url")).to_contain_text(f"{HUB}proxy/")


def use_the_greeting(page: Page) -> None:
    frame = page.frame_locator("[title='El saludo']")
    frame.get_by_label("name").fill("Ana")
    frame.get_by_role("button", name="Enviar").click()
    expect(frame.get_by_label("output")).to_have_value("Hola Ana")


def use_the_bank_screen(watched: WatchedPage, url: str) -> None:
    watched.go(url)
    page = watched.page
    page.get_by_label("usuario").fill("ana")
    page.get_by_label("contraseña").fill("luna-77")
    page.get_by_role("button", name="Iniciar sesión").click()
    page.get_by_role("button", name="Calcular", exact=True).click()
    expect(page.get_by_text("de probabilidad de no pagar")).to_be_visible()


def use_airflow(watched: WatchedPage, url: str) -> None:
    page = watched.page
    page.set_default_timeout(SECONDS_TO_SHOW)
    watched.go(f"{url}dags")
    page.get_by_role("link", name="numbers").first.click()
    expect(page.get_by_text("total", exact=True).first).to_be_visible(timeout=SECONDS_TO_SHOW)
    page.get_by_text("Feriados").first.click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Navidad").last).to_be_visible(timeout=SECONDS_TO_SHOW)
    assert page.url.startswith(url)
