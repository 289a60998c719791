"""Los servidores que se miden, cada uno en su proceso, con un solo worker de uvicorn.

Los procesos nacen de uno que ya importó todo (`forkserver`): arrancan enseguida. Cada uno vigila un
caño que lo une a quien lo creó: si se cierra, termina. Nada queda corriendo.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvicorn

from amq2.api.__main__ import LOGS, OPTIONS
from amq2.serving import listen
from amq2.settings import HOST
from benchmarks.steps import CHANGES, SERVICES

START_SECONDS = 60.0
STOP_SECONDS = 5.0
LOG_TAIL = 2_000  # caracteres del registro que se muestran si no arranca


class StartError(Exception):
    """Un servidor no arrancó. Su texto trae el final de su registro."""


@contextmanager
def serve_step(step: str, model: Any, folder: Path) -> Iterator[str]:  # noqa: ANN401
    """Sirve un paso de `benchmarks.steps` con un modelo; da su dirección base.

    Args:
        step: el nombre del paso.
        model: el modelo.
        folder: una carpeta propia, donde quedan su registro y su base.

    Raises:
        StartError: si no arranca.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "benchmarks.onnx_model"])
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(step, model, folder, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield f"http://{HOST}:{_port(ours, step, folder)}"
    finally:
        ours.close()
        process.join(STOP_SECONDS)
        process.kill()


def _port(ours: Connection, step: str, folder: Path) -> int:
    try:
        if ours.poll(START_SECONDS):
            return int(ours.recv())
    except EOFError:  # se murió: dice por qué en su registro
        pass
    log = _log(folder)
    reason = log.read_text("utf-8")[-LOG_TAIL:] if log.exists() else "no llegó a empezar"
    raise StartError(f"«{step}» no arrancó: {reason}")


def _log(folder: Path) -> Path:
    return folder / "server.log"


class _Server(uvicorn.Server):
    """Dice en qué puerto atiende cuando ya atiende."""

    def __init__(self, config: uvicorn.Config, theirs: Connection, port: int) -> None:
        super().__init__(config)
        self._theirs, self._port = theirs, port

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._theirs.send(self._port)


def _serve(step: str, model: Any, folder: Path, theirs: Connection) -> None:  # noqa: ANN401
    """Un servidor: atiende hasta que se cierre el caño."""
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    with _log(folder).open("w") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    if step in SERVICES:
        app, options = SERVICES[step](model), {**OPTIONS, "log_config": LOGS}
        gc.collect()
        gc.freeze()  # como `make api`
    else:
        app, options = CHANGES[step](model), {"access_log": False, "log_level": "warning"}
    listener = listen()
    server = _Server(uvicorn.Config(app, **options), theirs, listener.getsockname()[1])

    def follow() -> None:
        with contextlib.suppress(EOFError, OSError):
            theirs.recv()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=follow, daemon=True).start()
    server.run(sockets=[listener])
