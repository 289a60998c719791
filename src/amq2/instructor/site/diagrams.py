"""Los diagramas de Mermaid, dibujados una vez: en el sitio son imágenes, que no piden nada.

Mermaid es JavaScript. Se usa el que ya trae Gradio, en un Chromium que sólo ve esta máquina.
"""

import os
import shutil
from collections.abc import Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

from playwright.sync_api import Error, sync_playwright

from amq2.instructor.course import CourseError
from amq2.settings import HOST

CHROMIUM = ("chromium", "google-chrome", "google-chrome-stable")

_DRAW = """async ([script, texts]) => {
    const mermaid = (await import(script)).default;
    mermaid.initialize({ startOnLoad: false, htmlLabels: false, flowchart: { htmlLabels: false } });
    const drawings = [];
    for (const [number, text] of texts.entries()) {
        drawings.push((await mermaid.render(`diagrama-${number}`, text)).svg);
    }
    return drawings;
}"""


def draw(texts: Sequence[str]) -> list[str]:
    """Los SVG de unos diagramas, en el mismo orden.

    Raises:
        CourseError: si falta Chromium o el Mermaid de Gradio, o si un diagrama no se entiende.
    """
    script = _script()
    handler = partial(_Quiet, directory=str(script.parent))
    with ThreadingHTTPServer((HOST, 0), handler) as server, sync_playwright() as playwright:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://{HOST}:{server.server_address[1]}/"
        program = next(filter(None, map(shutil.which, CHROMIUM)), None)
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        try:
            browser = playwright.chromium.launch(executable_path=program, args=arguments)
            page = browser.new_page()
            page.goto(f"{url}vacia.html")
            drawings: list[str] = page.evaluate(_DRAW, [url + script.name, list(texts)])
            browser.close()
        except Error as error:
            reason = error.message.splitlines()[0]
            problem = f"No se pudieron dibujar los diagramas: {reason}"
            raise CourseError(f"{problem} (si falta: sudo apt install chromium)") from None
        finally:
            server.shutdown()
    return drawings


def _script() -> Path:
    gradio = find_spec("gradio")
    assert gradio is not None
    assert gradio.origin is not None
    assets = Path(gradio.origin).parent / "templates" / "frontend" / "assets"
    found = sorted(assets.glob("mermaid.core-*.js"))
    if not found:
        raise CourseError(f"Esta versión de Gradio no trae Mermaid en {assets}.")
    return found[0]


class _Quiet(SimpleHTTPRequestHandler):
    """Sirve una carpeta, y una página vacía, sin escribir cada pedido."""

    def do_GET(self) -> None:
        """Contesta un archivo o, para vacia.html, nada."""
        if self.path != "/vacia.html":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Diagramas</title>")

    def log_message(self, format: str, *args: object) -> None:
        """Nada."""
