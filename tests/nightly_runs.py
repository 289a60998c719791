"""Noches de prueba: un banco en una carpeta, sus corridas en este proceso y lo que publican."""

import functools
import json
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import patch

from amq2.nightly.branches import close_day
from amq2.nightly.notices import notices
from amq2.nightly.places import published_file
from amq2.orchestrator.connections import connections
from amq2.orchestrator.data import FOLDER_VARIABLE
from amq2.orchestrator.runs import Run
from tests.api_faults import Checks, Outcome
from tests.course_dags import course_dag, run_dag

DAY = date(2026, 3, 2)
ROWS, BAD, PER_PARTITION = 400, 4, 200
"""Una noche chica: dos particiones, y una fila mala de cada clase."""

OLD_ROWS = 50
"""Cuántas filas tiene la partición vieja, la que no hay que perder."""


@contextmanager
def bank(folder: Path, **variables: str) -> Iterator[None]:
    """Las dos bases y la carpeta de la noche, adentro de `folder`, mientras dura el bloque."""
    data = folder / "datos"
    data.mkdir(parents=True, exist_ok=True)
    wanted = {FOLDER_VARIABLE: str(data), **connections(folder), **variables}
    with patch.dict("os.environ", wanted):
        yield


def night(day: date = DAY, **conf: object) -> Run:
    """Corre la noche de un día en este proceso."""
    wanted = {"day": str(day), "partition_rows": PER_PARTITION, **conf}
    return run_dag(course_dag("nightly_scoring"), conf=wanted)


def content(day: date = DAY) -> bytes | None:
    """Lo publicado de un día, byte por byte; None si no hay."""
    path = published_file(day)
    return path.read_bytes() if path.exists() else None


@functools.cache
def clean(day: date = DAY, rows: int = ROWS, bad: int = BAD) -> bytes:
    """Lo que publica una corrida limpia de ese día."""
    with tempfile.TemporaryDirectory(prefix="amq2-") as folder, bank(Path(folder)):
        close_day(day, rows, n_bad=bad)
        assert night(day).state == "success"
        found = content(day)
        assert found is not None
        return found


@contextmanager
def published_before(folder: Path, **variables: str) -> Iterator[bytes]:
    """Un banco que ya publicó el día, con menos filas; después llegó el cierre de siempre."""
    clean()
    with bank(folder, **variables):
        close_day(DAY, OLD_ROWS)
        assert night().state == "success"
        old = content()
        assert old is not None
        close_day(DAY, ROWS, n_bad=BAD)
        yield old


@contextmanager
def task_options(task_id: str, **options: object) -> Iterator[Any]:
    """Una tarea de la noche con otras opciones, mientras dura el bloque."""
    task = course_dag("nightly_scoring").task_dict[task_id]
    with ExitStack() as stack:
        for name, value in options.items():
            stack.enter_context(patch.object(task, name, value))
        yield task


@dataclass(frozen=True)
class Channel:
    """El canal de avisos de una oficina: su dirección y lo que le llegó."""

    url: str
    texts: list[str]


@contextmanager
def channel(status: int = 200) -> Iterator[Channel]:
    """Un servidor HTTP de verdad que recibe los avisos y contesta con ese estado."""
    texts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            texts.append(json.loads(body)["text"])
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: ANN401
            """Sin registro."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Channel(f"http://127.0.0.1:{server.server_address[1]}", texts)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def old_stands(
    fault: str, run: Run, old: bytes, task: str, why: str, sent: Sequence[str] | None = None
) -> Outcome:
    """Comprueba que la corrida falló en esa tarea, que se avisó por qué y que quedó lo de antes.

    Args:
        fault: qué se hizo.
        run: la corrida.
        old: lo que tiene que seguir publicado.
        task: la tarea que tiene que fallar.
        why: lo que tiene que decir el aviso.
        sent: lo que llegó al canal; si no se da, se miran los avisos del archivo.
    """
    check = Checks()
    said = [notice["text"] for notice in notices()] if sent is None else sent
    text = next((text for text in said if why in text), "")
    check(run.state == "failed", f"la corrida terminó en {run.state}")
    check(run.states[task] == "failed", f"{task} terminó en {run.states[task]}")
    check(why in text, f"los avisos fueron {said} y el error, {run.errors.get(task)}")
    check("\n" not in text, "el aviso no es un renglón")
    check(content() == old, "cambió lo publicado")
    happened = f"falla {task}, {run.tries[task]} intento(s): {text.partition('. ')[2]}"
    return Outcome(fault, happened, check.problems, "lo de antes")


def same_as_clean(fault: str, run: Run, happened: str, day: date = DAY) -> Outcome:
    """Comprueba que la corrida terminó bien y publicó lo mismo que una limpia."""
    check = Checks()
    check(run.state == "success", f"la corrida terminó en {run.state}: {run.errors}")
    check(content(day) == clean(day), "lo publicado no es lo de una corrida limpia")
    return Outcome(fault, happened, check.problems, "lo mismo que una corrida limpia")
