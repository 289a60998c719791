"""Accesibilidad de las aplicaciones: la pantalla de Gradio y la documentación de la API.

La del sitio está en test_site; que la pantalla se usa con el teclado, en test_app_browser.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pydantic import SecretStr
from sklearn.pipeline import Pipeline

from amq2.api import Settings, create_app
from amq2.app import LocalScorer, create_screen, launch_options
from amq2.model import train
from amq2.screens import running
from amq2.serving import serve
from tests.app_screen import OF_GRADIO
from tests.axe import grave_faults, only
from tests.browser import watched_page

pytestmark = [pytest.mark.filterwarnings(ignored) for ignored in OF_GRADIO]

# Faltas de las páginas que hacen Gradio y Swagger UI, que desde acá no se pueden reparar.
ENTRY = {"document-title": "la página de ingreso de Gradio no tiene título hasta que se entra"}
SCREEN = {
    "aria-prohibited-attr": "un gr.File vacío es un div con aria-label, que Gradio no deja cambiar"
}
SWAGGER = {
    "color-contrast": "los colores de los métodos y los grises son de la hoja de Swagger UI",
    "html-has-lang": "FastAPI escribe la página sin lang, y Swagger UI está en inglés",
    "nested-interactive": "Swagger UI pone botones adentro de la cabecera de una operación",
}


@pytest.fixture(scope="module")
def model() -> Pipeline:
    return train()


def test_the_screen_of_the_bank(browser: Browser, model: Pipeline) -> None:
    options = launch_options({"ana": "luna-77"})
    with (
        running(create_screen(LocalScorer(model)), **options) as url,
        watched_page(browser, locale="es-AR") as watched,
    ):
        page = watched.page
        page.goto(url)
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


def test_the_documentation_of_the_api(browser: Browser, model: Pipeline, tmp_path: Path) -> None:
    settings = Settings(
        api_key=SecretStr("clave-de-prueba"), database_url=f"sqlite:///{tmp_path / 'a.db'}"
    )
    with serve(create_app(settings, model)) as server, watched_page(browser) as watched:
        page = watched.page
        page.goto(f"{server.url}/docs")
        expect(page.locator(".opblock").first).to_be_visible()
        only(grave_faults(page), SWAGGER)
