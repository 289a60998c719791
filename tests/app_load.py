"""Muchas personas a la vez sobre la aplicación de referencia: `make stress` lo muestra."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
from gradio_client import Client, handle_file

from amq2.credit import FEATURES, applicants
from amq2.serving import listen
from tests.api_faults import Outcome

USER, PASSWORD = "ana", "una-clave-de-prueba"
ROWS = 10_000
SECONDS_TO_START = 60
MAX_GROWTH_MB = 150
"""Lo que puede crecer el proceso entre la primera pasada, que carga bibliotecas, y la última."""


@contextmanager
def running_app(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """`make app` en su proceso; da su dirección y el proceso.

    Raises:
        RuntimeError: si no arranca; trae lo que escribió.
    """
    with listen() as free:
        port = int(free.getsockname()[1])
    own = {"APP_PORT": str(port), "APP_USERS": f"{USER}:{PASSWORD}", "API_URL": ""}
    with (folder / "app.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "amq2.app"],
            cwd=folder,
            env={**os.environ, **own},
            stdout=log,
            stderr=log,
        )
        try:
            _wait(folder / "app.log", process)
            yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
        finally:
            process.kill()
            process.wait()


def _wait(log: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while "La aplicación está en" not in log.read_text("utf-8"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"no arrancó:\n{log.read_text('utf-8')[-2000:]}")
        time.sleep(0.1)


def crowd(folder: Path, people: int, seconds: float) -> Outcome:
    """La mitad pide puntajes de a uno, y la otra mitad sube carteras, todas a la vez.

    Args:
        folder: una carpeta vacía.
        people: cuántas personas.
        seconds: durante cuánto tiempo.
    """
    portfolio = folder / "cartera.csv"
    applicants(ROWS)[list(FEATURES)].to_csv(portfolio)
    values = applicants(1)[list(FEATURES)].iloc[0].tolist()
    waits: dict[str, list[float]] = {"puntaje": [], "cartera": []}
    problems: list[str] = []
    with running_app(folder) as (url, process):
        clients = [
            Client(url, auth=(USER, PASSWORD), verbose=False, analytics_enabled=False)
            for _ in range(people)
        ]
        for kind in waits:  # la primera vez carga lo que falta
            _ask(clients[0], kind, values, portfolio)
        before, deadline = process.memory_info().rss, time.monotonic() + seconds
        together = threading.Barrier(people)

        def use(number: int) -> None:
            kind = "cartera" if number % 2 else "puntaje"
            together.wait()
            while time.monotonic() < deadline:
                start = time.perf_counter()
                try:
                    _ask(clients[number], kind, values, portfolio)
                except Exception as error:  # noqa: BLE001 - se cuentan todos
                    problems.append(f"{kind}: {error!r}")
                waits[kind].append(time.perf_counter() - start)

        with ThreadPoolExecutor(people) as pool:
            list(pool.map(use, range(people)))
        after = process.memory_info().rss
    growth = (after - before) / 1e6
    if growth > MAX_GROWTH_MB:
        problems.append(f"la memoria creció {growth:.0f} MB")
    parts = [_line(kind, found) for kind, found in waits.items()]
    parts.append(f"memoria: {before / 1e6:.0f} MB antes, {after / 1e6:.0f} después")
    name = f"{people} personas {seconds:g} s en la aplicación, la mitad con {ROWS} filas"
    return Outcome(name, "; ".join(parts), problems)


def _ask(client: Client, kind: str, values: list[float], portfolio: Path) -> None:
    if kind == "puntaje":
        answer = client.predict(*values, api_name="/puntaje")
        assert "probabilidad de no pagar" in answer, answer
    else:
        summary, *_ = client.predict(handle_file(portfolio), api_name="/cartera")
        assert f"**{ROWS}**" in summary, summary


def _line(kind: str, waits: list[float]) -> str:
    if not waits:
        return f"{kind}: ninguno"
    p50, p95, p99 = np.percentile(waits, [50, 95, 99])
    return f"{kind}: {len(waits)}, p50 {p50:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s"
