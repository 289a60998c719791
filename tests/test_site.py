"""El sitio de `make site`: sin respuestas, sin internet, con buscador y accesible."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from amq2.instructor.bundle import bundle_files
from amq2.instructor.course import CourseError, master, released, units
from amq2.instructor.site.pages import FIGURES, diagrams, unit_page
from amq2.notebook.cells import DEMO, grade_id_of, has_tag, is_of_exercise
from tests.axe import grave_faults, only
from tests.browser import ROOT, LaunchOptions, WatchedPage, watched_page

SHORT = 20
"""Un renglón más corto, como `return total`, puede estar también en un ejemplo."""

WITH_COLOURS = "00-inicio"
"""Los colores del código son los mismos en todas: se miran en la unidad más corta."""

WITHOUT_COLOURS = """() => document.querySelectorAll(".highlight pre").forEach(
    code => { code.textContent = code.textContent; })"""

PHONE = 390


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, chromium: LaunchOptions) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    subprocess.run([sys.executable, "-m", "amq2.instructor.site", folder], check=True)
    return folder


@pytest.fixture
def visit(browser: Browser) -> Iterator[WatchedPage]:
    with watched_page(browser, locale="es-AR") as watched:
        yield watched


def page_of(site: Path, unit: str) -> Path:
    return site / "notebooks" / unit / f"{unit}.html"


def lines(path: Path) -> set[str]:
    cells = nbformat.read(path, as_version=4).cells
    return {line.strip() for cell in cells for line in cell.source.splitlines()}


@pytest.fixture(scope="module")
def public_code() -> set[str]:
    """Los renglones de src/ y dags/ que también tiene el estudiante: alguna celda los muestra."""
    files = (ROOT / path for path in bundle_files() if path.suffix == ".py")
    return {line.strip() for file in files for line in file.read_text("utf-8").splitlines()}


@pytest.mark.parametrize("unit", units())
def test_a_page_has_the_unit_and_nothing_that_students_do_not_get(
    site: Path, public_code: set[str], unit: str
) -> None:
    page = BeautifulSoup(page_of(site, unit).read_text(encoding="utf-8"), "html.parser")
    text = page.get_text()
    for section in page.select("details"):
        assert section.get_text(strip=True)
    # Respuestas, pruebas ocultas y notas para docentes.
    given = lines(released(unit)) | public_code
    secret = {line for line in lines(master(unit)) - given if len(line) >= SHORT}
    assert secret
    assert not secret & {line.strip() for line in text.splitlines()}
    assert "Nota para docentes" not in text
    public = [
        cell.source
        for cell in nbformat.read(released(unit), as_version=4).cells
        if cell.cell_type == "code" and cell.source.strip()
    ]
    shown = " ".join(text.split())
    assert not [source for source in public if " ".join(source.split()) not in shown]


@pytest.mark.parametrize("unit", units())
def test_only_what_is_not_of_an_exercise_shows_an_output(unit: str) -> None:
    cells = [cell for cell in unit_page(unit).cells if cell.cell_type == "code"]
    of_exercises = [cell for cell in cells if is_of_exercise(grade_id_of(cell) or "")]
    assert of_exercises
    assert not [cell.source for cell in of_exercises if cell.outputs]
    demos = [cell for cell in cells if has_tag(cell, DEMO)]
    assert sum(bool(cell.outputs) for cell in demos) > len(demos) / 2


@pytest.mark.parametrize("unit", units())
def test_a_page_is_read_offline_and_its_figures_say_what_they_show(
    site: Path, visit: WatchedPage, unit: str
) -> None:
    page = visit.page
    page.goto(page_of(site, unit).as_uri())
    images = page.locator("article img")
    notebook = unit_page(unit)
    kinds = [
        kind
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        for kind in FIGURES
        if kind in output.get("data", {})
    ]
    assert images.count() == len(kinds) + len(diagrams(notebook))
    for image in images.all():
        assert len(image.get_attribute("alt") or "") > SHORT
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    if unit != WITH_COLOURS:
        page.evaluate(WITHOUT_COLOURS)
    only(grave_faults(page), {})
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert not visit.problems


def test_the_first_page_leads_to_every_unit_and_to_the_glossary(
    site: Path, visit: WatchedPage
) -> None:
    page = visit.page
    page.goto((site / "index.html").as_uri())
    visit.screenshot("sitio-inicio")
    only(grave_faults(page), {})
    targets = [link.evaluate("link => link.href") for link in page.locator("article a").all()]
    for target in (*(page_of(site, unit) for unit in units()), site / "glosario.html"):
        assert target.as_uri() in targets
    page.goto((site / "glosario.html").as_uri())
    only(grave_faults(page), {})
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.goto((site / "index.html").as_uri())
    visit.screenshot("sitio-inicio-telefono")
    assert not visit.problems


def test_the_search_finds_a_word_in_its_unit_without_a_server(
    site: Path, visit: WatchedPage
) -> None:
    page = visit.page
    page.goto((site / "index.html").as_uri())
    page.get_by_role("button", name="Búsqueda").first.click()
    page.keyboard.type("idempotencia")
    page.keyboard.press("Enter")
    found = page.locator("#search-results li a")
    expect(found.first).to_be_visible()
    visit.screenshot("sitio-busqueda")
    only(grave_faults(page), {})
    found.filter(has_text="HTTP").first.click()
    expect(page.locator("article h1")).to_contain_text("HTTP")
    assert not visit.problems


def test_the_keyboard_skips_to_the_text_and_reaches_the_search(
    site: Path, visit: WatchedPage
) -> None:
    page = visit.page
    page.goto(page_of(site, "02-http").as_uri())
    page.keyboard.press("Tab")
    assert focused(page, "href") == "#main-content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")
    page.reload()
    for _ in range(10):
        page.keyboard.press("Tab")
        if "search-button" in focused(page, "class"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox").first).to_be_focused()
    assert not visit.problems


def focused(page: Page, attribute: str) -> str:
    script = "name => document.activeElement.getAttribute(name) || ''"
    return str(page.evaluate(script, attribute))


def copy_unit(root: Path, unit: str, **changes: object) -> None:
    """Una unidad en otra carpeta; `changes` cambia los metadatos de sus figuras."""
    for path in (master(unit), released(unit)):
        target = root / path.parent.parent.name / unit / path.name
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
    for path in (master(unit, root), released(unit, root)):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if "alt" in cell["metadata"]:
                cell["metadata"] |= changes
        path.write_text(json.dumps(notebook), encoding="utf-8")


def test_a_diagram_without_its_text_is_one_line_that_says_where(tmp_path: Path) -> None:
    copy_unit(tmp_path, "00-inicio")
    path = released("00-inicio", tmp_path)
    path.write_text(path.read_text("utf-8").replace("accDescr", "%% sin"), encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        unit_page("00-inicio", tmp_path)
    assert str(caught.value) == (
        "00-inicio: la celda número 3 tiene un diagrama sin accTitle y accDescr: agregalos."
    )


def test_a_figure_without_its_text_is_one_line_that_says_where(tmp_path: Path) -> None:
    copy_unit(tmp_path, "02-http", alt="")
    with pytest.raises(CourseError) as caught:
        unit_page("02-http", tmp_path)
    assert str(caught.value) == (
        "02-http: la celda número 12 muestra una figura sin texto alternativo: agregale «alt»."
    )
