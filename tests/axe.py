"""Accesibilidad: lo que axe-core encuentra en una página abierta en Chromium."""

from collections.abc import Mapping

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")
"""Las faltas que dejan a alguien afuera; axe llama a las demás `moderate` y `minor`."""


# Sin `preload`, que pide otra vez las hojas de estilo: en un archivo abierto no se puede.
OPTIONS = {"preload": False, "resultTypes": ["violations"]}


def grave_faults(page: Page) -> dict[str, list[str]]:
    """Las faltas graves de una página: la regla de axe, y en qué elementos."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return {
        fault["id"]: [node["html"][:200] for node in fault["nodes"]]
        for fault in found
        if fault["impact"] in GRAVE
    }


def only(faults: Mapping[str, list[str]], known: Mapping[str, str]) -> None:
    """Que las faltas graves sean las conocidas: ni una más, ni una menos.

    Args:
        faults: las que se encontraron.
        known: la regla de cada una que no podemos reparar, y por qué.
    """
    new = {rule: nodes for rule, nodes in faults.items() if rule not in known}
    assert not new, f"faltas nuevas: {new}"
    gone = set(known) - set(faults)
    assert not gone, f"ya no están, y hay que sacarlas de la lista: {gone}"
