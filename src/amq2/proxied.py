"""Llegar desde el navegador a un servidor que enciende una celda: `embed(server.url, "Mi API")`.

En tu máquina, la dirección es http://127.0.0.1:PUERTO. En JupyterHub, en Binder o en Codespaces el
navegador está en otra, y sólo alcanza a JupyterLab, que le pasa los pedidos al servidor por una
dirección suya (jupyter-server-proxy):

    PREFIJO/proxy/PUERTO/…           el servidor recibe lo que sigue al puerto: la API, Gradio
    PREFIJO/proxy/absolute/PUERTO/…  el servidor recibe la dirección entera: Airflow

El prefijo es la dirección de JupyterLab adentro de su máquina: en un hub, `/user/ana/`.
"""

import json
import os
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from jupyter_core.paths import jupyter_runtime_dir

from amq2.settings import HOST, PREFIX_VARIABLES

if TYPE_CHECKING:
    from IPython.display import IFrame

App = Callable[..., Any]
"""Una aplicación ASGI."""

Headers = Sequence[tuple[bytes, bytes]]
"""Los headers de un pedido, como los da ASGI."""


def prefix() -> str | None:
    """El prefijo de JupyterLab, con barras en las puntas; None si no hace falta pasar por él.

    Lo dice una variable de entorno (JUPYTERHUB_SERVICE_PREFIX la pone el hub) o, en un kernel, el
    archivo donde el servidor de Jupyter que lo encendió anota su `base_url`.
    """
    for name in PREFIX_VARIABLES:
        if given := os.environ.get(name):
            return f"/{given.strip('/')}/".replace("//", "/")
    server = Path(jupyter_runtime_dir()) / f"jpserver-{os.environ.get('JPY_PARENT_PID')}.json"
    try:
        base = str(json.loads(server.read_text(encoding="utf-8"))["base_url"])
    except (OSError, ValueError, KeyError):
        return None
    return base if base != "/" else None


def proxied_path(port: int) -> str:
    """Desde dónde ve el navegador al servidor de ese puerto; vacío si lo ve directamente."""
    before = prefix()
    return f"{before}proxy/{port}" if before else ""


def absolute_path(port: int) -> str:
    """Como `proxied_path`, para un servidor que espera esa misma dirección en cada pedido."""
    before = prefix()
    return f"{before}proxy/absolute/{port}" if before else ""


def public_url(url: str) -> str:
    """La dirección que abre el navegador para llegar a la de un servidor de esta máquina.

    >>> public_url("http://127.0.0.1:8000/docs")      # en tu máquina
    'http://127.0.0.1:8000/docs'

    Con un prefijo, `/user/ana/proxy/8000/docs`: va después del nombre del hub.
    """
    parts = urlsplit(url)
    if parts.hostname != HOST or parts.port is None or prefix() is None:
        return url
    absolute, proxied = absolute_path(parts.port), proxied_path(parts.port)
    path = parts.path if parts.path.startswith(absolute) else proxied + parts.path
    # Sin la barra, la página buscaría sus archivos un nivel más arriba.
    path = f"{path}/" if path in (absolute, proxied) else path
    return urlunsplit(("", "", path, parts.query, parts.fragment))


def embed(url: str, title: str, height: int = 480) -> "IFrame":
    """La página de un servidor de esta máquina, adentro de la notebook.

    Args:
        url: su dirección local.
        title: qué es; lo lee en voz alta un lector de pantalla.
        height: el alto, en píxeles.
    """
    from IPython.display import IFrame  # sólo en una notebook: los servidores no lo necesitan

    return IFrame(public_url(url), "100%", height, extras=[f'title="{escape(title)}"'])


def behind_proxy(app: App) -> App:
    """`app`, avisada de su dirección pública si se llega a ella a través de JupyterLab."""
    return BehindProxy(app) if prefix() else app


class BehindProxy:
    """Una aplicación ASGI que arma sus enlaces con la dirección que ve el navegador.

    A los pedidos que trae jupyter-server-proxy les repone el prefijo, como pide ASGI: en
    `root_path`, y adelante de `path`. Los demás, que llegan directamente, pasan sin cambios.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        """Atiende un pedido."""
        if scope["type"] != "lifespan" and _came_by_the_proxy(scope):
            root = proxied_path(scope["server"][1])
            scope = {
                **scope,
                "root_path": root,
                "path": root + scope["path"],
                "raw_path": root.encode() + (scope.get("raw_path") or scope["path"].encode()),
                "headers": _with_public_host(scope["headers"]),
            }
        await self.app(scope, receive, send)


def _with_public_host(headers: Headers) -> Headers:
    """Los headers, con el nombre que ve el navegador en `host`, adonde todos lo buscan.

    Si quedara en `x-forwarded-host`, Gradio armaría sus enlaces con él y sin el prefijo.
    """
    public = [value for name, value in headers if name == b"x-forwarded-host"]
    if not public:
        return headers
    kept = [pair for pair in headers if pair[0] not in (b"host", b"x-forwarded-host")]
    return [*kept, (b"host", public[0].partition(b",")[0].strip())]


def _came_by_the_proxy(scope: Any) -> bool:  # noqa: ANN401
    return any(name == b"x-forwarded-prefix" for name, _ in scope["headers"])
