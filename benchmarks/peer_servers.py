"""Otras maneras de servir el mismo modelo, como las muestran sus guías: `make bench PEERS=1`.

Viven en un entorno propio, build/peers, que se arma la primera vez con benchmarks/peers.txt. Todas
llaman al modelo con una tabla de una fila, como el paso 2, y tienen un solo proceso que lo carga.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import psutil

from amq2.settings import HOST
from benchmarks.servers import LOG_TAIL, StartError

LOCK = Path(__file__).with_name("peers.txt")
CODE = Path(__file__).with_name("peers")
VENV = Path(__file__).parents[1] / "build" / "peers"
START_SECONDS = 180.0

QUIET = {"DO_NOT_TRACK": "true", "BENTOML_DO_NOT_TRACK": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
"""Que ninguna le cuente a nadie que se la usó."""

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Peer:
    """Cómo se enciende, y cómo se le pregunta.

    Attributes:
        command: lo que se ejecuta; `{port}` es el puerto.
        path: la ruta del endpoint.
        body: qué se le manda por un solicitante.
        read: la probabilidad, de lo que contesta.
        before: lo que se ejecuta una vez antes.
    """

    command: str
    path: str = "/predict"
    body: Callable[[Body], Any] = lambda applicant: applicant
    read: Callable[[Any], float] = lambda answer: float(answer["probability"])
    before: str = ""


GUNICORN = f"gunicorn --bind={HOST}:{{port}} --workers=1 --threads=16 --no-control-socket "
BENTO = f"bentoml serve --host={HOST} --port={{port}} bento_app:"
PEERS = {
    "Flask + gunicorn": Peer(GUNICORN + "flask_app:app"),
    "Django + gunicorn": Peer(GUNICORN + "django_app:app"),
    "MLflow models serve": Peer(
        f"mlflow models serve --host={HOST} --port={{port}} --env-manager=local --model-uri=saved",
        "/invocations",
        lambda applicant: {"dataframe_records": [applicant]},
        lambda answer: float(answer["predictions"][0][1]),
        before="python -m mlflow_model saved",
    ),
    "BentoML": Peer(BENTO + "Plain", body=lambda one: {"applicant": one}, read=float),
    "BentoML, con lotes": Peer(
        BENTO + "Batched",
        body=lambda one: {"applicants": [one]},
        read=lambda answer: float(answer[0]),
    ),
    "LitServe": Peer("python -m lit_app {port} Plain"),
    "LitServe, con lotes": Peer("python -m lit_app {port} Batched"),
}


def make_environment() -> None:
    """Arma el entorno de los demás, si no está o si cambió su candado."""
    stamp = VENV / "listo"
    if stamp.exists() and stamp.read_text("utf-8") == LOCK.read_text("utf-8"):
        return
    print("Armo el entorno de los demás servidores (unos minutos, la primera vez)", flush=True)
    uv = [sys.executable, "-m", "uv"]
    subprocess.run(
        [*uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], check=True
    )
    install = ["pip", "install", "--quiet", "--compile-bytecode", "--require-hashes"]
    python = VENV / "bin" / "python"
    subprocess.run([*uv, *install, "--python", python, "-r", LOCK], check=True)
    stamp.write_text(LOCK.read_text("utf-8"), encoding="utf-8")


@contextmanager
def serve_peer(name: str, model: Any, folder: Path) -> Iterator[str]:  # noqa: ANN401
    """Sirve el modelo a la manera de otro; da la dirección del endpoint.

    Args:
        name: cuál, de `PEERS`.
        model: el modelo.
        folder: una carpeta propia, donde quedan su registro y sus archivos.

    Raises:
        StartError: si no arranca.
    """
    peer = PEERS[name]
    folder.mkdir(parents=True)
    joblib.dump(model, folder / "model.joblib")
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    path = os.pathsep.join([str(VENV / "bin"), os.environ["PATH"]])
    own = {"HOME": str(folder), "MODEL": str(folder / "model.joblib"), "PYTHONPATH": str(CODE)}
    options: dict[str, Any] = {"cwd": folder, "env": {**os.environ, **QUIET, **own, "PATH": path}}
    with (folder / "server.log").open("wb") as log:
        options |= {"stdout": log, "stderr": log}
        if peer.before:
            subprocess.run(peer.before.split(), check=True, **options)
        command = peer.command.format(port=port).split()
        process = subprocess.Popen(command, start_new_session=True, **options)
    try:
        _wait(name, process, port, folder / "server.log")
        yield f"http://{HOST}:{port}{peer.path}"
    finally:
        # Son varios procesos, y los de BentoML ni siquiera comparten grupo.
        for one in [*psutil.Process(process.pid).children(recursive=True), process]:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()


def _wait(name: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Vuelve cuando el puerto acepta conexiones."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
            return
        time.sleep(0.05)
    raise StartError(f"«{name}» no arrancó: {log.read_text('utf-8')[-LOG_TAIL:]}")
