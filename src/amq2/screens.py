"""Encender una pantalla de Gradio desde una celda: `with running(screen) as url`.

`visiting(screen)` además hace entrar a alguien, que la usa sin navegador (`amq2.visitor`).
"""

import logging
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from textwrap import shorten
from typing import Any

import gradio as gr
from matplotlib_inline.backend_inline import set_matplotlib_formats

from amq2.proxied import proxied_path
from amq2.serving import listen
from amq2.settings import HOST
from amq2.visitor import VisitError, Visitor

LENGTH_OF_A_CAUSE = 400


@contextmanager
def running(screen: gr.Blocks, **options: Any) -> Iterator[str]:  # noqa: ANN401 - los de `launch`
    """Publica la pantalla en un puerto libre de esta máquina mientras dura el bloque `with`.

    Args:
        screen: una Interface o unos Blocks.
        options: lo que se le agrega a `launch`, por ejemplo `auth`.

    Returns:
        La dirección, sin barra final. Al salir, siempre se apaga.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with listen() as listener:  # si lo buscara Gradio, dos a la vez elegirían el mismo
        port = listener.getsockname()[1]
    options = {"server_port": port, "root_path": proxied_path(port) or None, **options}
    with warnings.catch_warnings(), redirect_stdout(StringIO()):
        warnings.simplefilter("ignore")  # avisos de Gradio sobre sus propias dependencias
        screen.launch(
            server_name=HOST, prevent_thread_lock=True, inline=False, quiet=True, **options
        )
    if "ipykernel" in sys.modules:
        # Mientras corre, Gradio cambia cómo dibuja matplotlib: así las figuras se siguen viendo.
        set_matplotlib_formats("png")
    try:
        yield str(screen.local_url).rstrip("/")
    finally:
        screen.close(verbose=False)


@contextmanager
def visiting(screen: object, auth: tuple[str, str] | None = None) -> Iterator[Visitor]:
    """Enciende una pantalla, entra alguien, y al final se apaga.

    Las trazas que escribe Gradio no se ven: de la última sale el motivo que da `Visitor.shown`.

    Raises:
        VisitError: si `screen` no es una pantalla de Gradio.
    """
    if not isinstance(screen, gr.Blocks):
        found = type(screen).__name__
        raise VisitError(f"Hace falta una Interface o unos Blocks de Gradio; llegó {found}.")
    with (
        redirect_stderr(Traces()) as traces,
        running(screen) as url,
        closing(Visitor(url, auth, traces.last)) as visitor,
    ):
        yield visitor


class Traces(StringIO):
    """Las trazas que escribe Gradio cuando falla la función de un botón."""

    def last(self) -> str:
        """La última, en un renglón: la excepción y dónde; vacío si no hubo ninguna."""
        trace = self.getvalue().rpartition("Traceback")[2]
        # La excepción empieza en el primer renglón sin sangría después del último `File …`.
        after = trace.rpartition('\n  File "')[2].partition("\n")[2]
        found = re.search(r"^\S.*", after, re.MULTILINE | re.DOTALL)
        if not found:
            return ""
        frames = re.findall(r'File "(.*?)", line (\d+)', trace)
        lines = [f"{line} de {place}" for file, line in frames if (place := _place(file))]
        where = f" (línea {lines[-1]})" if lines else ""
        return shorten(found[0], LENGTH_OF_A_CAUSE, placeholder=" …") + where


def _place(file: str) -> str:
    """Dónde está un renglón de quien escribió la pantalla; de una biblioteca, nada."""
    if "ipykernel" in file:
        return "tu celda"
    return Path(file).name if Path(file).parent == Path.cwd() else ""
