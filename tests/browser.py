"""Un Chromium que abre las páginas del curso y anota todo lo que les sale mal.

`watched_page` sirve para cualquier página local; `running_lab` y `Notebook`, para JupyterLab.
"""

import os
import secrets
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypedDict
from urllib.parse import urlsplit

import nbformat
import requests
from nbformat import NotebookNode
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, Route, WebSocket

ROOT = Path(__file__).parents[1]
SCREENS = ROOT / "build" / "screens"
LOCAL_HOSTS = ("127.0.0.1", "localhost")
CLOSED_BY_GRADIO = ("/gradio_api/queue/data", "/gradio_api/upload_progress", "/login")
"""Lo que la página de Gradio corta sola: avisos que ya llegaron, y el ingreso que ya pasó."""

SECONDS_TO_START = 60
SECONDS_TO_RUN = 900
SCREEN_HEIGHT = 3000


class LaunchOptions(TypedDict, total=False):
    """Lo que recibe `playwright.chromium.launch`."""

    executable_path: str
    args: list[str]


@dataclass
class WatchedPage:
    """Una página y los problemas que tuvo: pedidos fallidos o hacia afuera, errores de consola."""

    page: Page
    problems: list[str] = field(default_factory=list)
    is_leaving: bool = False

    def note(self, problem: str) -> None:
        """Anota un problema."""
        if not self.is_leaving:
            self.problems.append(problem)

    def leave(self) -> None:
        """Sale de la página: lo que se corta por salir, como un guardado, no es un problema."""
        self.is_leaving = True
        self.page.goto("about:blank")

    def go(self, url: str) -> None:
        """Sale de la página y entra en otra."""
        self.leave()
        self.is_leaving = False
        self.page.goto(url)

    def wait_for(self, problem: str, seconds: float = 10) -> None:
        """Espera a que se anote un problema que contenga ese texto.

        Raises:
            AssertionError: si no llega; trae los que sí hubo.
        """
        deadline = time.monotonic() + seconds
        while not any(problem in noted for noted in self.problems):
            assert time.monotonic() < deadline, f"no se anotó «{problem}»: {self.problems}"
            self.page.wait_for_timeout(50)

    def screenshot(self, name: str) -> Path:
        """Guarda la página en build/screens/ para que alguien la mire."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        path = SCREENS / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path


@contextmanager
def watched_page(
    browser: Browser, *, width: int = 1280, height: int = 900, locale: str | None = None
) -> Iterator[WatchedPage]:
    """Una página nueva, sin salida a internet y con todo lo que falla anotado en `problems`."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
    watched = WatchedPage(context.new_page())
    context.route("**/*", lambda route: _only_local(route, watched))
    context.on("console", lambda message: _on_console(message, watched))
    context.on("weberror", lambda error: watched.note(f"excepción: {error.error.message}"))
    context.on("requestfailed", lambda request: _on_request_failed(request, watched))
    context.on("response", lambda response: _on_response(response, watched))
    watched.page.on("websocket", lambda websocket: _on_websocket(websocket, watched))
    try:
        yield watched
        watched.leave()
    finally:
        context.close()


def _only_local(route: Route, watched: WatchedPage) -> None:
    if _check_local(route.request.url, watched):
        route.continue_()
    else:
        route.abort("blockedbyclient")


def _on_websocket(websocket: WebSocket, watched: WatchedPage) -> None:
    _check_local(websocket.url, watched)


def _check_local(url: str, watched: WatchedPage) -> bool:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "ws", "wss") or parts.hostname in LOCAL_HOSTS:
        return True
    watched.note(f"pedido hacia afuera: {url}")
    return False


def _on_console(message: ConsoleMessage, watched: WatchedPage) -> None:
    if message.type == "error":
        watched.note(f"consola: {message.text} ({message.location.get('url', '')})")


def _on_request_failed(request: Request, watched: WatchedPage) -> None:
    parts = urlsplit(request.url)
    if request.failure == "net::ERR_ABORTED" and parts.path.endswith(CLOSED_BY_GRADIO):
        return
    if parts.hostname in LOCAL_HOSTS:
        watched.note(f"pedido fallido: {request.method} {request.url}: {request.failure}")


def _on_response(response: Response, watched: WatchedPage) -> None:
    if response.status >= 400:
        watched.note(f"respuesta {response.status}: {response.request.method} {response.url}")


@dataclass(frozen=True)
class Lab:
    """Un JupyterLab encendido sobre la carpeta `root`."""

    root: Path
    url: str
    token: str

    @property
    def start_page(self) -> str:
        """La dirección que abre `make lab`."""
        return f"{self.url}/?token={self.token}"

    def shut_down_kernels(self) -> None:
        """Apaga los kernels que quedaron abiertos."""
        headers = {"Authorization": f"token {self.token}"}
        for session in requests.get(f"{self.url}/api/sessions", headers=headers, timeout=30).json():
            requests.delete(
                f"{self.url}/api/sessions/{session['id']}", headers=headers, timeout=30
            ).raise_for_status()


@contextmanager
def running_lab(root: Path, private: Path, base_url: str = "/") -> Iterator[Lab]:
    """Enciende JupyterLab con la misma línea de comandos que `make lab`, y lo apaga al salir.

    Args:
        root: la carpeta que se ve en el navegador de archivos.
        private: una carpeta vacía, para no leer ni tocar la configuración del usuario.
        base_url: debajo de qué dirección atiende; en un hub, `/user/ana/`.

    Raises:
        RuntimeError: si no arranca; trae el final de su registro.
    """
    port, token = _free_port(), secrets.token_hex(8)
    lab = Lab(root, f"http://127.0.0.1:{port}{base_url.rstrip('/')}", token)
    options = [
        "--no-browser",
        f"--ServerApp.base_url={base_url}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        f"--IdentityProvider.token={token}",
        # Con la aplicación a la vista se puede preguntar cuándo terminó de ejecutar.
        "--LabApp.expose_app_in_browser=True",
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]
    log = private / "lab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _make_lab_command(options),
            shell=True,
            cwd=ROOT,
            env=_private_environment(private),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_ready(lab, process, log)
            yield lab
        finally:
            _stop(process)


def _make_lab_command(options: Sequence[str]) -> str:
    listing = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "lab", f"LAB_ARGS={shlex.join(options)}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return listing.stdout.splitlines()[-1]


def _private_environment(private: Path) -> dict[str, str]:
    folders = {
        "HOME": "home",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    paths = {name: private / folder for name, folder in folders.items()}
    for path in paths.values():
        path.mkdir()
    return {**os.environ, **{name: str(path) for name, path in paths.items()}}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_ready(lab: Lab, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    headers = {"Authorization": f"token {lab.token}"}
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{lab.url}/api/status", headers=headers, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab no arrancó:\n{log.read_text(encoding='utf-8')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass(frozen=True)
class Notebook:
    """Un notebook abierto en JupyterLab."""

    lab: Lab
    watched: WatchedPage
    path: str

    @property
    def page(self) -> Page:
        """La página de Playwright."""
        return self.watched.page

    def __enter__(self) -> Self:
        """Lo abre solo, sin las pestañas de antes, y espera a que su kernel esté listo."""
        self.page.goto(f"{self.lab.url}/lab/tree/{self.path}?token={self.lab.token}&reset")
        self.page.wait_for_function(_IS_READY, arg=self.path, timeout=SECONDS_TO_START * 1000)
        return self

    def __exit__(self, *exception: object) -> None:
        """Cierra la página y apaga su kernel."""
        self.watched.leave()
        self.lab.shut_down_kernels()

    def run_all(self) -> NotebookNode:
        """Borra las salidas, ejecuta todo desde el menú, guarda y devuelve lo guardado."""
        self.page.evaluate(_WATCH_THE_RUN)
        choose(self.page, "Ejecutar", "Ejecutar todas las celdas")
        self.page.wait_for_function(_HAS_ENDED, timeout=SECONDS_TO_RUN * 1000)
        self.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
        return nbformat.read(self.lab.root / self.path, as_version=4)

    def screenshots(self, name: str) -> list[Path]:
        """Guarda el notebook entero, de arriba a abajo, en tantas imágenes como haga falta."""
        self.page.set_viewport_size({"width": 1280, "height": SCREEN_HEIGHT})
        self.page.evaluate(_DRAW_ALL_CELLS)
        self.page.wait_for_function(_ARE_ALL_DRAWN)
        screens = self.page.evaluate(_COUNT_SCREENS)
        paths = []
        for number in range(screens):
            self.page.evaluate(_SCROLL_TO_SCREEN, number)
            paths.append(self.watched.screenshot(f"{name}-{number + 1}"))
        return paths


def choose(page: Page, menu: str, entry: str) -> None:
    """Elige una entrada de un menú de JupyterLab por sus nombres en pantalla."""
    page.get_by_role("menubar").get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menu").get_by_role("menuitem", name=entry, exact=True).click()


def errors(notebook: NotebookNode, *, tagged: bool) -> list[str]:
    """Los errores de las celdas que tienen la etiqueta `raises-exception`, o de las que no."""
    return [
        f"[{cell.execution_count}] {output.ename}: {output.evalue}"
        for cell in notebook.cells
        if cell.cell_type == "code"
        and tagged == ("raises-exception" in cell.metadata.get("tags", []))
        for output in cell.outputs
        if output.output_type == "error"
    ]


def not_run(notebook: NotebookNode) -> list[str]:
    """El código de las celdas que quedaron sin ejecutar."""
    cells: list[Any] = notebook.cells
    return [
        cell.source
        for cell in cells
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None
    ]


_IS_READY = """path => {
    const widget = window.jupyterapp?.shell.currentWidget;
    return widget?.context?.path === path && widget.context.isReady
        && widget.sessionContext?.session?.kernel?.status === 'idle';
}"""

# El comando termina con el primer error, aunque sea uno previsto y la corrida siga: por eso se
# cuentan también los pedidos al kernel que todavía no tienen respuesta.
_WATCH_THE_RUN = """async () => {
    await jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
    const run = window.courseRun = { isSent: false, pending: new Set() };
    jupyterapp.commands.commandExecuted.connect((_, command) => {
        if (command.id === 'notebook:run-all-cells') {
            command.result.then(() => { run.isSent = true; });
        }
    });
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    kernel.anyMessage.connect((_, { msg }) => {
        if (msg.header.msg_type === 'execute_request') run.pending.add(msg.header.msg_id);
        if (msg.header.msg_type === 'execute_reply') run.pending.delete(msg.parent_header.msg_id);
    });
}"""

_HAS_ENDED = """() => courseRun.isSent && courseRun.pending.size === 0
    && jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"""

# JupyterLab sólo dibuja las celdas que se ven: para las imágenes hacen falta todas.
_DRAW_ALL_CELLS = """() => {
    const content = jupyterapp.shell.currentWidget.content;
    content.notebookConfig = { ...content.notebookConfig, windowingMode: 'none' };
}"""

_ARE_ALL_DRAWN = """() => jupyterapp.shell.currentWidget.content.widgets.every(
    cell => cell.isAttached && !cell.isPlaceholder())"""

_COUNT_SCREENS = """() => {
    const content = jupyterapp.shell.currentWidget.content;
    const panel = content.outerNode;
    const end = content.widgets.at(-1).node.getBoundingClientRect().bottom;
    const top = panel.getBoundingClientRect().top - panel.scrollTop;
    return Math.ceil((end - top) / panel.clientHeight);
}"""

_SCROLL_TO_SCREEN = """number => {
    const panel = jupyterapp.shell.currentWidget.content.outerNode;
    panel.scrollTop = number * panel.clientHeight;
    return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
