"""Lo que comparten las pruebas: qué le pide una prueba al sistema, y el navegador."""

import asyncio
import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, sync_playwright

from amq2.isolation.level import ALLOW_UNSAFE, why_not
from tests.app_screen import collect_leftovers
from tests.browser import LaunchOptions

NOT_RUN = "NOT RUN"
"""Con esto empieza el motivo de toda prueba salteada; tests/prove.py no acepta otro."""

CHROMIUM_PROGRAMS = ("chromium", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",
)


if why_not() and (sys.platform != "linux" or os.environ.get("CI_REQUIRE_ALL") != "1"):
    # Acá sólo se corrigen nuestras respuestas: en una máquina sin namespaces va sin encierro.
    os.environ[ALLOW_UNSAFE] = "1"


def not_run(part: str, how: str) -> NoReturn:
    """Saltea la prueba porque a la máquina le falta algo.

    Args:
        part: lo que falta.
        how: el comando que lo trae.
    """
    pytest.skip(f"{NOT_RUN}: {part}: {how}")


def require_program(program: str, how: str) -> str:
    """La ruta de un programa del sistema; si no está, la prueba queda como NOT RUN.

    Args:
        program: su nombre en el PATH.
        how: el comando que lo instala.
    """
    return shutil.which(program) or not_run(program, how)


@pytest.fixture(scope="module", autouse=True)
def _leftovers() -> Iterator[None]:
    """Lo que otra biblioteca no cierra se cierra al final de cada archivo, no en medio de otro."""
    yield
    close_forgotten_loop()
    if "gradio_client" in sys.modules:
        collect_leftovers()


def close_forgotten_loop() -> None:
    """nbclient deja un event loop abierto en el hilo de las pruebas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # si no hay ninguno, Python crea uno
        try:
            loop = asyncio.get_event_loop()
        except RuntimeError:
            return
    if not loop.is_running():
        loop.close()
        asyncio.set_event_loop(None)


@pytest.fixture(scope="session")
def requires() -> Callable[[str, str], str]:
    """`requires("bwrap", how="sudo apt install bubblewrap")`: véase `require_program`."""
    return require_program


@pytest.fixture(scope="session")
def chromium() -> LaunchOptions:
    """Con qué abrir Chromium: `playwright.chromium.launch(**chromium)`."""
    args = [*CHROMIUM_ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    for program in CHROMIUM_PROGRAMS:
        path = shutil.which(program)
        # El de snap no ve las carpetas temporales de los demás programas.
        if path and not Path(path).resolve().is_relative_to("/snap"):
            return {"executable_path": path, "args": args}
    with sync_playwright() as playwright:
        if Path(playwright.chromium.executable_path).exists():
            return {"args": args}
    not_run("chromium", "sudo apt install chromium, o .venv/bin/playwright install chromium")


@pytest.fixture(scope="module")
def browser(chromium: LaunchOptions) -> Iterator[Browser]:
    """Un Chromium encendido para las pruebas de un archivo.

    Playwright deja un event loop andando en el hilo de las pruebas: si durara toda la sesión,
    fallaría `asyncio.run` en los demás archivos.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium)
        yield browser
        browser.close()
