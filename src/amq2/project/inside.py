"""Del otro lado: lo que hace el proceso que enciende tu API o tu pantalla."""

import logging
import sys
from contextlib import redirect_stderr
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest.mock import patch

import gradio as gr
import uvicorn

from amq2.project.loading import describe, load, own_modules
from amq2.project.messages import failed
from amq2.screens import Traces, running
from amq2.serving import Server, ServerStartError

LOOK_AT_START = (
    "qué hace al importarse: encender un servidor, o esperar, va abajo de "
    '`if __name__ == "__main__":`'
)


def _defined(name: str, variable: str, what: str) -> object:
    """Lo que un archivo define con un nombre, si al importarlo no enciende nada."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise failed(f"{name} enciende un servidor cuando se lo importa.", LOOK_AT_START)

    with patch.object(uvicorn, "run", refuse), patch.object(gr.Blocks, "launch", refuse):
        found = getattr(load(name, Path.cwd()), variable, None)
    if found is None:
        raise failed(f"{name} no define `{variable}`.", f"que {what} se llame así, afuera del main")
    return found


def serve_api(pipe: Connection) -> None:
    """Importa `api.py`, lo sirve, manda su dirección y contesta por qué falló lo último."""
    folder = Path.cwd()
    with own_modules(folder):
        app: Any = _defined("api.py", "app", "la aplicación, de FastAPI, Flask u otra,")
        try:
            server = Server(app)
            server.start(timeout=8)
        except TypeError as error:
            raise failed(f"`app` no se puede servir: {error}", "qué es `app`") from None
        except ServerStartError as error:
            why = describe(error.__cause__, folder) if error.__cause__ else str(error)
            raise failed(f"api.py no arrancó: {why}", "qué hace antes de atender") from None
        # Flask no deja salir la excepción: la escribe.
        logging.getLogger("amq2.serving").addHandler(logging.StreamHandler(sys.stderr))
        pipe.send((True, server.url))
        while pipe.recv():
            pipe.send((True, describe(server.last_error, folder) if server.last_error else ""))


def serve_screen(pipe: Connection) -> None:
    """Lo mismo con la pantalla de `app.py`."""
    folder = Path.cwd()
    with own_modules(folder):
        screen = _defined("app.py", "screen", "la pantalla, de Interface o de Blocks,")
        if not isinstance(screen, gr.Blocks):
            raise failed(
                f"`screen` es un {type(screen).__name__} y no una pantalla de Gradio.",
                "que sea la Interface o los Blocks, sin launch",
            )
        with redirect_stderr(Traces()) as traces, running(screen) as url:
            pipe.send((True, url))
            while pipe.recv():
                pipe.send((True, traces.last()))
