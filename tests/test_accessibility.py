"""Accesibilidad de las aplicaciones: la pantalla de Gradio y la documentación de la API.

La del sitio está en test_site; que la pantalla se usa con el teclado, en test_app_browser.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from amq2.api import Settings, create_app
from amq2.app import LocalScorer, create_screen, mount
from amq2.model import train
from amq2.serving import serve
from tests.axe import grave_faults, only
from tests.browser import watched_page

# Faltas de las páginas que hacen Gradio y Swagger UI, que desde acá no se pueden reparar.
ENTRY: dict[str, str] = {}
SCREEN: dict[str, str] = {}
SWAGGER: dict[str, str] = {}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database: Path = tmp_path_factory.mktemp("api") / "a.db"
    settings = Settings(api_key=SecretStr("clave-de-prueba"), database_url=f"sqlite:///{database}")
    model = train()
    app = mount(
        create_app(settings, model), create_screen(LocalScorer(model)), "/app", {"ana": "luna-77"}
    )
    with serve(app) as server:
        yield server.url


def test_the_screen_of_the_bank(service: str, browser: Browser) -> None:
    with watched_page(browser, locale="es-AR") as watched:
        page = watched.page
        page.goto(f"{service}/app/")
        expect(page.get_by_label("usuario")).to_be_visible()
        only(grave_faults(page), ENTRY)
        page.get_by_label("usuario").fill("ana")
        page.get_by_label("contraseña").fill("luna-77")
        page.get_by_role("button", name="Iniciar sesión").click()
        page.get_by_role("button", name="Calcular", exact=True).click()
        expect(page.get_by_text("de probabilidad de no pagar")).to_be_visible()
        faults = grave_faults(page)
        page.get_by_role("tab", name="Por qué").click()
        page.get_by_role("button", name="Explicar").click()
        expect(page.locator("#aportes img")).to_be_visible()
        faults |= grave_faults(page)
        page.get_by_role("tab", name="Una cartera").click()
        faults |= grave_faults(page)
        only(faults, SCREEN)


def test_the_documentation_of_the_api(service: str, browser: Browser) -> None:
    with watched_page(browser) as watched:
        page = watched.page
        page.goto(f"{service}/docs")
        expect(page.locator(".opblock").first).to_be_visible()
        only(grave_faults(page), SWAGGER)
