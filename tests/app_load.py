"""Muchas personas a la vez sobre la aplicación de referencia: `make stress` lo muestra."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from gradio_client import Client, handle_file

from amq2.credit import FEATURES, applicants
from tests.api_faults import Outcome
from tests.app_screen import running_app

ROWS = 10_000
MAX_GROWTH = 150
"""MiB que puede crecer el proceso entre la primera pasada, que carga bibliotecas, y la última."""


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
    with running_app() as app:
        clients = [
            Client(app.url, auth=app.auth, verbose=False, analytics_enabled=False)
            for _ in range(people)
        ]
        for kind in waits:  # la primera vez carga lo que falta
            _ask(clients[0], kind, values, portfolio)
        before, deadline = app.memory(), time.monotonic() + seconds
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
        after = app.memory()
        for client in clients:
            client.close()
    if after - before > MAX_GROWTH:
        problems.append(f"la memoria creció {after - before} MiB")
    parts = [_line(kind, found) for kind, found in waits.items()]
    parts.append(f"memoria: {before} MiB antes, {after} después")
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
