"""Las pantallas en un navegador de verdad, en castellano y sin internet."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import gradio as gr
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from amq2.app import LocalScorer, create_screen, launch_options
from amq2.credit import FEATURES, applicants
from amq2.screens import running
from tests.app_screen import OF_GRADIO, collect_leftovers
from tests.browser import LaunchOptions, WatchedPage, watched_page
from tests.conftest import not_run

USER, PASSWORD = "ana", "una-clave-de-prueba"
pytestmark = [pytest.mark.filterwarnings(ignored) for ignored in OF_GRADIO]
LOCALES = Path("/usr/lib/chromium/locales")
"""Las traducciones del Chromium de Debian, que van en otro paquete."""
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 568}


@pytest.fixture(scope="module")
def browser(chromium: LaunchOptions) -> Iterator[Browser]:
    """Un Chromium en castellano: el idioma decide, por ejemplo, la coma de los decimales."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium, env={**os.environ, "LANGUAGE": "es"})
        yield browser
        browser.close()
    collect_leftovers()


@pytest.fixture(scope="module")
def app_url() -> Iterator[str]:
    with running(create_screen(LocalScorer()), **launch_options({USER: PASSWORD})) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, app_url: str) -> Iterator[WatchedPage]:
    """Alguien que ya entró a la aplicación de referencia, en una ventana de escritorio."""
    with watched_page(browser, locale="es-AR") as watched:
        enter(watched.page, app_url)
        yield watched
    assert not watched.problems


def enter(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label("usuario").fill(USER)
    page.get_by_label("contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sesión").click()
    expect(page.get_by_role("button", name="Calcular", exact=True)).to_be_visible()


def toast(page: Page, text: str) -> None:
    """Espera un cartel de error con ese texto."""
    expect(page.get_by_text(text)).to_be_visible()


def greet(name: str, is_morning: bool, temperature: float) -> tuple[str, float]:
    salutation = "Good morning" if is_morning else "Good evening"
    text = f"{salutation} {name}. It is {temperature} degrees today"
    return text, round((temperature - 32) * 5 / 9, 2)


def test_the_deck_example_in_an_argentine_browser(browser: Browser, tmp_path: Path) -> None:
    if LOCALES.is_dir() and not (LOCALES / "es.pak").exists():
        not_run("el castellano de Chromium", "sudo apt install chromium-l10n")
    screen = gr.Interface(
        greet,
        ["text", "checkbox", gr.Slider(0, 100)],
        ["text", "number"],
        submit_btn="Enviar",
        clear_btn="Limpiar",
        flagging_mode="manual",
        flagging_options=[("Avisar", "")],
        flagging_dir=str(tmp_path),
        flagging_callback=gr.CSVLogger(verbose=False),
    )
    with running(screen) as url, watched_page(browser, locale="es-AR") as watched:
        page = watched.page
        page.goto(url)
        page.get_by_label("name", exact=True).fill("Alex")
        page.get_by_label("is_morning").check()
        page.get_by_role("spinbutton", name="temperature").fill("71")
        page.get_by_role("button", name="Enviar").click()
        greeting = page.get_by_label("output 0")
        expect(greeting).to_have_value("Good morning Alex. It is 71 degrees today")
        expect(page.get_by_label("output 1")).to_have_value("21.67")
        wait_for(page, lambda: "21,67" in shown_texts(page), "no se lee 21,67")
        watched.screenshot("gradio-deck")
        page.get_by_role("button", name="Avisar").click()
        expect(page.get_by_role("button", name="Avisar")).to_be_enabled()
        flags = tmp_path / "dataset1.csv"
        wait_for(page, flags.exists, f"no apareció {flags.name}")
        [flagged] = pd.read_csv(flags).to_dict("records")
        assert (flagged["name"], flagged["temperature"], flagged["output 1"]) == ("Alex", 71, 21.67)
        page.get_by_role("button", name="Limpiar").click()
        expect(greeting).to_have_value("")
    assert not watched.problems


def shown_texts(page: Page) -> list[str]:
    """Lo que se lee en la página; `value` es siempre 21.67, y lo que se ve lo elige Chromium."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [str(node["name"].get("value")) for node in nodes if "name" in node]


def wait_for(page: Page, condition: Callable[[], bool], problem: str) -> None:
    """Espera hasta que se cumpla, con la página en marcha."""
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(problem)


def test_one_applicant(visit: WatchedPage) -> None:
    page = visit.page
    page.get_by_role("button", name="Calcular", exact=True).click()
    expect(page.get_by_text("de probabilidad de no pagar")).to_be_visible()
    visit.screenshot("app-solicitante")
    page.get_by_label("Edad (años)").fill("5")
    page.get_by_role("button", name="Calcular", exact=True).click()
    toast(page, "Revisá estos datos: edad: va de 21 a 75.")
    expect(page.get_by_text("de probabilidad de no pagar")).to_be_hidden()
    visit.screenshot("app-solicitante-mal")


def test_an_example_fills_the_form(visit: WatchedPage) -> None:
    someone = applicants(2).iloc[1]
    visit.page.get_by_role("row").filter(has_text=f"{someone['income']:.0f}").click()
    for label, column in (("Edad (años)", "age"), ("Monto que pide (ARS)", "amount")):
        expect(visit.page.get_by_label(label)).to_have_value(f"{someone[column]:.0f}")


def test_why(visit: WatchedPage) -> None:
    page = visit.page
    page.get_by_label("Meses con atraso").fill("6")
    page.get_by_role("tab", name="Por qué").click()
    page.get_by_role("button", name="Explicar").click()
    expect(page.locator("#aportes img")).to_be_visible()
    expect(page.get_by_text("Lo que más pesa: meses con atraso")).to_be_visible()
    visit.screenshot("app-por-que")
    page.get_by_role("tab", name="Un solicitante").click()
    page.get_by_label("Meses con atraso").fill("600")
    page.get_by_role("tab", name="Por qué").click()
    page.get_by_role("button", name="Explicar").click()
    toast(page, "meses con atraso en los últimos 24: va de 0 a 24")
    expect(page.locator("#aportes img")).to_be_hidden()
    visit.screenshot("app-por-que-mal")


def test_a_portfolio(visit: WatchedPage, tmp_path: Path) -> None:
    page = visit.page
    file = tmp_path / "cartera.csv"
    people = applicants(3_000)[list(FEATURES)].astype(float)
    people.iloc[10, 0] = 5
    people.to_csv(file)
    page.get_by_role("tab", name="Una cartera").click()
    page.get_by_role("button", name="Calcular la cartera").click()
    toast(page, "Falta el archivo")
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Calcular la cartera").click()
    expect(page.get_by_text("Calculados: 2999. Sin calcular: 1")).to_be_visible(timeout=20_000)
    expect(page.locator("#distribucion img")).to_be_visible()
    visit.screenshot("app-cartera")
    with page.expect_download() as download:
        page.get_by_role("link", name="cartera-con-puntajes.csv").or_(
            page.locator("a[download*='con-puntajes']")
        ).first.click()
    scored = pd.read_csv(download.value.path())
    assert len(scored) == len(people)
    assert scored["probabilidad"].notna().sum() == len(people) - 1
    assert scored["motivo"].iloc[10] == "edad: va de 21 a 75"


def test_a_file_that_is_not_a_csv(visit: WatchedPage, tmp_path: Path) -> None:
    page = visit.page
    file = tmp_path / "cartera.xlsx"
    file.write_bytes(b"PK\x03\x04")
    page.get_by_role("tab", name="Una cartera").click()
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Calcular la cartera").click()
    toast(page, "Eso no es un CSV")
    visit.screenshot("app-cartera-mal")


def test_everything_can_be_done_with_the_keyboard(browser: Browser, app_url: str) -> None:
    with watched_page(browser, locale="es-AR") as watched:
        page = watched.page
        page.goto(app_url)
        tab_to(page, "usuario")
        page.keyboard.type(USER)
        tab_to(page, "contraseña")
        page.keyboard.type(PASSWORD)
        tab_to(page, "Iniciar sesión")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Calcular", exact=True)).to_be_visible()
        tab_to(page, "Edad (años)")
        page.keyboard.type("40")
        tab_to(page, "Calcular")
        page.keyboard.press("Enter")
        expect(page.get_by_text("de probabilidad de no pagar")).to_be_visible()
    assert not watched.problems


def tab_to(page: Page, name: str) -> None:
    """Aprieta Tab hasta llegar a lo que tiene ese nombre."""
    focused = "() => { const e = document.activeElement; return e.getAttribute('aria-label')"
    focused += " || e.labels?.[0]?.innerText || e.innerText; }"
    for _ in range(40):
        page.keyboard.press("Tab")
        if str(page.evaluate(focused)).strip() == name:
            return
    raise AssertionError(f"con Tab no se llega a «{name}»")


@pytest.mark.parametrize("phone", [PHONE, SMALL_PHONE], ids=["390", "320"])
def test_it_fits_in_a_phone(browser: Browser, app_url: str, phone: dict[str, int]) -> None:
    with watched_page(browser, **phone, locale="es-AR") as watched:
        page = watched.page
        enter(page, app_url)
        page.get_by_role("button", name="Calcular", exact=True).click()
        expect(page.get_by_text("de probabilidad de no pagar")).to_be_visible()
        for tab, button in {"Por qué": "Explicar", "Una cartera": "Calcular la cartera"}.items():
            assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"]
            open_tab(page, tab)
            expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"]
        watched.screenshot(f"app-telefono-{phone['width']}")
    assert not watched.problems


def open_tab(page: Page, name: str) -> None:
    """Abre una pestaña, a la vista o en los «…» si con esa letra no entra en el ancho."""
    tab = page.get_by_role("tab", name=name)
    if tab.is_visible():
        tab.click()
    else:
        page.get_by_label("More tabs").click()
        page.locator(".overflow-dropdown").get_by_role("button", name=name).click()
