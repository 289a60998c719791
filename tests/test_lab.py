"""El curso abierto en JupyterLab, en un navegador de verdad y sin internet."""

import re
import shutil
from collections.abc import Iterator

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Browser, expect

from tests.browser import (
    ROOT,
    Lab,
    Notebook,
    WatchedPage,
    errors,
    not_run,
    running_lab,
    watched_page,
)

STUDENT_UNIT = "02-http"
"""La unidad que se abre como la recibe un estudiante."""

UNIT_WITH_SCREENS = "04-gradio"
"""La unidad que muestra pantallas adentro del notebook, que sólo un navegador puede dibujar.

Que corren las celdas de todas las unidades ya lo prueba nbval; las páginas de una API adentro de un
notebook, test_hub; y las de Airflow, test_airflow_standalone.
"""

SWITCHED_OFF = re.compile(
    "ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE)|Unable to preload CSS"
    "|Failed to fetch dynamically imported module"
)

DIAGRAM = (
    "```mermaid\nsequenceDiagram\n    Sucursal->>API: POST /predict\n    API-->>Sucursal: 200\n```"
)
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
TAGGED = {"tags": ["raises-exception"]}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("course")
    if (ROOT / "inicio.md").exists():
        shutil.copy(ROOT / "inicio.md", root)
    for folder in ("notebooks", "solutions"):
        shutil.copytree(ROOT / folder, root / folder)
    with running_lab(root, tmp_path_factory.mktemp("private")) as lab:
        yield lab


def lasting(watched: WatchedPage) -> list[str]:
    """Los problemas, sin los de un recuadro que la última celda apagó mientras se dibujaba."""
    return [problem for problem in watched.problems if not SWITCHED_OFF.search(problem)]


def test_the_start_page_opens_rendered_and_in_spanish(lab: Lab, browser: Browser) -> None:
    with watched_page(browser) as watched:
        page = watched.page
        page.goto(lab.start_page)
        expect(page.locator(".jp-RenderedMarkdown h1").first).to_be_visible(timeout=60_000)
        for menu in ("Archivo", "Editar", "Ver", "Ejecutar", "Configuración", "Ayuda"):
            expect(page.get_by_role("menuitem", name=menu, exact=True)).to_be_visible()
        watched.screenshot("inicio")
    assert not watched.problems


def test_a_master_runs_from_the_menu_without_errors(lab: Lab, browser: Browser) -> None:
    path = f"solutions/{UNIT_WITH_SCREENS}/{UNIT_WITH_SCREENS}.ipynb"
    with watched_page(browser) as watched, Notebook(lab, watched, path) as notebook:
        saved = notebook.run_all()
        notebook.screenshots(f"{UNIT_WITH_SCREENS}-master")
    assert not errors(saved, tagged=False)
    assert not not_run(saved)
    assert not lasting(watched)


def test_an_untouched_notebook_runs_to_the_end_and_fails_only_in_its_tests(
    lab: Lab, browser: Browser
) -> None:
    path = f"notebooks/{STUDENT_UNIT}/{STUDENT_UNIT}.ipynb"
    with watched_page(browser) as watched, Notebook(lab, watched, path) as notebook:
        saved = notebook.run_all()
        notebook.screenshots(f"{STUDENT_UNIT}-student")
    assert not errors(saved, tagged=False)
    assert errors(saved, tagged=True)
    assert not not_run(saved)
    assert not lasting(watched)


@pytest.fixture(scope="module")
def toy_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("toy-course")
    with running_lab(root, tmp_path_factory.mktemp("toy-private")) as lab:
        yield lab


def test_the_validate_button_shows_what_make_check_says(lab: Lab, browser: Browser) -> None:
    path = f"notebooks/{STUDENT_UNIT}/{STUDENT_UNIT}.ipynb"
    with watched_page(browser) as watched, Notebook(lab, watched, path) as notebook:
        notebook.page.get_by_text("Validate", exact=True).first.click()
        dialog = notebook.page.locator("#validation-message")
        expect(dialog).to_contain_text("Puntos hasta ahora: 0 de 12 a la vista.", timeout=60_000)
        expect(dialog.get_by_text("The following cell failed:")).to_be_hidden()
        watched.screenshot("validate")
    assert not watched.problems


def write_toy(lab: Lab, name: str, *cells: nbformat.NotebookNode) -> str:
    notebook = new_notebook(metadata=KERNEL, cells=[new_markdown_cell(DIAGRAM), *cells])
    nbformat.write(notebook, lab.root / name)
    return name


def test_a_long_notebook_is_run_whole_and_its_diagram_is_drawn(
    toy_lab: Lab, browser: Browser
) -> None:
    cells = [new_code_cell(f"print({number})") for number in range(60)]
    path = write_toy(toy_lab, "largo.ipynb", *cells)
    with watched_page(browser) as watched, Notebook(toy_lab, watched, path) as notebook:
        expect(notebook.page.locator(".jp-RenderedMermaid img")).to_be_visible()
        saved = notebook.run_all()
        assert len(notebook.screenshots("juguete")) > 1
    assert not not_run(saved)
    assert not errors(saved, tagged=False)
    assert not watched.problems


def test_a_failed_cell_is_reported_and_leaves_the_next_ones_not_run(
    toy_lab: Lab, browser: Browser
) -> None:
    cells = [
        new_code_cell("raise KeyError('prevista')", metadata=TAGGED),
        new_code_cell("raise ValueError('imprevista')"),
        new_code_cell("nunca = True"),
    ]
    path = write_toy(toy_lab, "con-error.ipynb", *cells)
    with watched_page(browser) as watched, Notebook(toy_lab, watched, path) as notebook:
        saved = notebook.run_all()
    assert errors(saved, tagged=True) == ["[1] KeyError: 'prevista'"]
    assert errors(saved, tagged=False) == ["[2] ValueError: imprevista"]
    assert not_run(saved) == ["nunca = True"]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("%%html\n<img src='http://example.com/a.png'>", "pedido hacia afuera: http://example.com"),
        ("%%javascript\nnew WebSocket('ws://example.com/b')", "pedido hacia afuera: ws://example"),
        ("%%html\n<img src='/api/no-existe.png'>", "respuesta 404: GET"),
        ("%%html\n<img src='http://127.0.0.1:9/c.png'>", "pedido fallido: GET http://127.0.0.1:9/"),
        ("%%javascript\nconsole.error('perdido')", "consola: perdido"),
        ("%%javascript\nsetTimeout(() => { throw new Error('suelto') })", "excepción: suelto"),
    ],
)
def test_what_fails_in_the_page_is_noted(
    toy_lab: Lab, browser: Browser, source: str, problem: str
) -> None:
    path = write_toy(toy_lab, "con-problemas.ipynb", new_code_cell(source))
    with watched_page(browser) as watched, Notebook(toy_lab, watched, path) as notebook:
        notebook.run_all()
        watched.wait_for(problem)
