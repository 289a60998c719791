"""Las fallas de la noche del banco que se pueden hacer en este proceso.

Cada función rompe algo, corre la noche y cuenta qué pasó y qué quedó publicado: lo mismo que
publica una corrida limpia, o lo que había. Las que matan procesos, en `tests/nightly_kills.py`.
"""

import contextlib
import os
import resource
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from unittest.mock import patch

import psycopg

from amq2.nightly import publication, scoring, warehouse
from amq2.nightly.branches import applications_of, close_day
from amq2.nightly.places import closing_file, published_folder
from amq2.orchestrator.clearing import rerun_failed
from amq2.orchestrator.connections import OPERATIONAL, WAREHOUSE
from amq2.orchestrator.data import replace_file
from amq2.orchestrator.runs import Run
from tests.api_faults import Outcome
from tests.api_server import wait_until
from tests.course_dags import HOME, course_dag
from tests.nightly_runs import (
    BAD,
    DAY,
    ROWS,
    bank,
    channel,
    clean,
    content,
    night,
    old_stands,
    published_before,
    same_as_clean,
    task_options,
)
from tests.postgres import Postgres, find_programs, running_postgres

KIBIBYTE = 1024
TWICE = "el warehouse no tiene el día una vez"


def run_twice(folder: Path) -> Outcome:
    """El mismo día, dos veces."""
    with published_before(folder):
        first, second = night(), night()
        outcome = same_as_clean("el mismo día, dos veces", second, "la segunda no cambia nada")
        outcome = _and(outcome, first.state == "success", "la primera no terminó bien")
        return _and(outcome, _in_warehouse() == ROWS, TWICE)


def late(folder: Path) -> Outcome:
    """El cierre llega cuando la noche ya lo está esperando."""
    with published_before(folder), task_options("wait_for_closing", poke_interval=0.1):
        path = closing_file(DAY)
        text = path.read_text("utf-8")
        path.unlink()
        seen: list[bool] = []

        def deliver() -> None:
            seen.append(wait_until(_is_waiting))
            replace_file(path, text)

        delivery = threading.Thread(target=deliver)
        delivery.start()
        run = night()
        delivery.join()
        outcome = same_as_clean("el cierre llega tarde", run, "la noche lo espera y sigue")
        return _and(outcome, seen == [True], "no lo esperó")


def never(folder: Path) -> Outcome:
    """El cierre no llega."""
    with (
        published_before(folder) as old,
        task_options("wait_for_closing", timeout=0.1, poke_interval=0.1),
    ):
        closing_file(DAY).unlink()
        return old_stands("el cierre no llega", night(), old, "wait_for_closing", "No llegó ")


def broken_closing(folder: Path, name: str) -> Outcome:
    """El cierre llega roto (`BROKEN`): se avisa sin reintentar, y con uno bueno se sigue."""
    change, why = BROKEN[name]
    with published_before(folder) as old:
        good = closing_file(DAY).read_text("utf-8")
        replace_file(closing_file(DAY), change(good))
        run = night()
        outcome = old_stands(f"el cierre, {name}", run, old, "check_closing", why)
        outcome = _and(outcome, run.tries["check_closing"] == 1, "lo reintentó")
        replace_file(closing_file(DAY), good)
        return _repaired(outcome, run)


BROKEN = {
    "vacío": (lambda text: "", "está vacío"),
    "cortado": (lambda text: text[: len(text) // 2], "está cortado"),
    "con otras columnas": (
        lambda text: text.replace("applicant_id,amount", "id,monto"),
        "trae las columnas id, monto",
    ),
    "con dos montos para una solicitud": (
        lambda text: _add_line(text, text.splitlines()[1] + "0"),
        "trae dos montos",
    ),
}
"""Cómo llega roto un cierre: cómo se lo rompe y qué tiene que decir el aviso."""


def repeated(folder: Path) -> Outcome:
    """Un renglón repetido en el cierre y una fila repetida en la base operativa."""
    with published_before(folder):
        path = closing_file(DAY)
        text = path.read_text("utf-8")
        replace_file(path, _add_line(text, text.splitlines()[1]))
        with warehouse.engine(OPERATIONAL) as base, base.begin() as writer:
            is_second = warehouse.of_day(DAY) & (
                warehouse.TABLE.c.applicant_id == int(text.splitlines()[2].split(",")[0])
            )
            row = writer.execute(warehouse.TABLE.select().where(is_second)).mappings().one()
            writer.execute(warehouse.TABLE.insert(), dict(row))
        run = night()
        quality = run.results.get("check_quality", {})
        happened = f"se cuenta una vez cada una: {quality.get('reasons')}"
        outcome = same_as_clean("un renglón y una fila repetidos", run, happened)
        counted = quality.get("repeated") == 1 and quality["reasons"].get("está repetida") == 1
        return _and(outcome, counted, f"la calidad fue {quality}")


def other_table(folder: Path) -> Outcome:
    """La tabla operativa cambió de columnas."""
    with published_before(folder) as old:
        with contextlib.closing(sqlite3.connect(_file("operational", folder))) as base:
            base.execute("ALTER TABLE applications RENAME COLUMN income TO ingreso")
        run = night()
        outcome = old_stands(
            "la base operativa, con otras columnas", run, old, "copy", "no such column"
        )
        with contextlib.closing(sqlite3.connect(_file("operational", folder))) as base:
            base.execute("ALTER TABLE applications RENAME COLUMN ingreso TO income")
        return _repaired(outcome, run)


def locked(folder: Path) -> Outcome:
    """Otro programa se queda con el warehouse; cuando lo suelta, se limpia la tarea."""
    with published_before(folder) as old, patch.object(warehouse, "SECONDS_TO_WAIT", 0.1):
        with contextlib.closing(
            sqlite3.connect(_file("warehouse", folder), isolation_level=None)
        ) as other:
            other.execute("BEGIN EXCLUSIVE")
            run = night()
        outcome = old_stands("el warehouse, tomado", run, old, "copy", "database is locked")
        return _repaired(outcome, run)


def stopped(folder: Path) -> Outcome:
    """PostgreSQL se apaga con la copia por la mitad, y vuelve antes del reintento."""
    fault = "PostgreSQL se apaga en medio de la copia"
    programs = find_programs()
    if programs is None:
        return Outcome(fault, "no se hizo: sudo apt install postgresql", [])
    clean()
    # Con tandas chicas y la última fila tomada por otro, la copia se para seguro en el medio.
    chunk = ROWS // 4
    with (
        running_postgres(programs) as server,
        bank(folder, AIRFLOW_CONN_AMQ2_WAREHOUSE=server.url),
        patch.object(warehouse, "CHUNK", chunk),
    ):
        close_day(DAY, ROWS, n_bad=BAD)
        breaker = threading.Thread(target=_stop_in_the_middle, args=[server])

        def come_back(_context: object) -> None:
            breaker.join()
            server.start()

        with (
            warehouse.engine(WAREHOUSE),
            task_options("copy", on_retry_callback=[come_back]),
        ):
            breaker.start()
            run = night()
        happened = f"la copia se corta con {ROWS - chunk} filas escritas, y el reintento la hace"
        outcome = same_as_clean(fault, run, happened)
        outcome = _and(outcome, run.tries["copy"] == 2, f"intentos: {run.tries['copy']}")
        return _and(outcome, _in_warehouse() == ROWS, TWICE)


def _stop_in_the_middle(server: Postgres) -> None:
    """Escribe la última fila del día sin confirmarla; cuando la copia la espera, apaga todo."""
    holder, watcher = psycopg.connect(server.url), psycopg.connect(server.url, autocommit=True)
    with contextlib.closing(holder), contextlib.closing(watcher):
        watcher.execute("CREATE UNIQUE INDEX one ON applications (applicant_id)")
        holder.execute(
            "INSERT INTO applications (application_date, applicant_id) VALUES (%s, %s)",
            (DAY, int(applications_of(DAY, ROWS).index[-1])),
        )
        waiting = (
            b"SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ '^INSERT'"
        )
        wait_until(lambda: watcher.execute(waiting).fetchone())
        server.stop()


STEPS = {"score": (scoring, "score_partition"), "publish": (publication, "publish")}
"""Los pasos a los que se les puede acabar el lugar, y la función de cada uno."""


def no_space_for(folder: Path, step: str, size: int = KIBIBYTE) -> Outcome:
    """Los archivos de un paso no pueden pasar de un tamaño (RLIMIT_FSIZE): como un disco lleno."""
    module, name = STEPS[step]
    task = "score [0]" if step == "score" else step
    with published_before(folder) as old:
        with patch.object(module, name, _with_small_files(getattr(module, name), size)):
            run = night()
        outcome = old_stands(f"sin lugar para {step}", run, old, task, "File too large")
        outcome = _and(outcome, not _half_files(), f"quedó a medias {_half_files()}")
        return _repaired(outcome, run)


def _with_small_files(function: Callable[..., object], size: int) -> Callable[..., object]:
    @wraps(function)
    def limited(*arguments: object) -> object:
        before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
        try:
            return function(*arguments)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))

    return limited


def disk_full(folder: Path, left: int) -> Outcome:
    """Un disco chico de verdad (tmpfs), con pocos KiB libres; para montarlo hay que ser root."""
    fault, why = f"un disco con {left} KiB libres", "No space left on device"
    if os.geteuid() != 0:
        return Outcome(fault, "no se hizo: hace falta ser root", [])
    with (
        small_disk(folder / "disk") as disk,
        channel() as office,
        published_before(folder, AMQ2_DATA=str(disk), AMQ2_WEBHOOK_URL=office.url) as old,
    ):
        ballast = disk / "ballast"
        _fill(ballast, left)
        run = night()
        task = next(name for name, state in run.states.items() if state == "failed")
        # Si lo que no entró fue el informe, los puntajes ya se habían publicado, enteros.
        there = clean() if run.states["publish"] == "success" else old
        outcome = old_stands(fault, run, there, task, why, office.texts)
        if there != old:
            outcome = replace(outcome, published="lo mismo que una corrida limpia, sin informe")
        ballast.unlink()
        return _repaired(outcome, run)


@contextmanager
def small_disk(folder: Path, size: int = 2 * KIBIBYTE * KIBIBYTE) -> Iterator[Path]:
    """Un disco en memoria de ese tamaño, en bytes.

    Raises:
        CalledProcessError: si no se puede montar: hace falta ser root.
    """
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield folder
    finally:
        # `--lazy`: un archivo que no se pudo escribir sigue abierto hasta que Python lo junta.
        subprocess.run(["umount", "--lazy", folder], check=True)


def _fill(path: Path, left: int) -> None:
    """Llena el disco con un archivo y después deja `left` KiB."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4 * KIBIBYTE)):
            pass
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - left * KIBIBYTE)


def _repaired(outcome: Outcome, run: Run) -> Outcome:
    """Limpia lo que falló, ya arreglado, y comprueba que se publique lo de una corrida limpia."""
    done = rerun_failed(course_dag("nightly_scoring"), run)
    is_clean = done.state == "success" and content() == clean()
    found = _and(outcome, is_clean, f"limpia, no publicó lo mismo: {done.state} {done.errors}")
    return replace(found, published=f"{found.published}; ya limpia, lo de una corrida limpia")


def _and(outcome: Outcome, is_right: bool, problem: str) -> Outcome:
    """El mismo resultado, con un problema más si algo no está bien."""
    return outcome if is_right else replace(outcome, problems=[*outcome.problems, problem])


def _add_line(text: str, line: str) -> str:
    """Un cierre con un renglón más, y su total al día."""
    *lines, total = text.splitlines()
    number = int(total.split(",")[1]) + 1
    return "\n".join([*lines, line, f"total,{number}"]) + "\n"


def _file(name: str, folder: Path) -> Path:
    return folder / "datos" / f"amq2_{name}.sqlite"


def _is_waiting() -> bool:
    """Si la noche que corre en este proceso está esperando el cierre."""
    query = (
        "SELECT 1 FROM task_instance WHERE task_id = 'wait_for_closing' "
        "AND state IN ('running', 'up_for_reschedule')"
    )
    with contextlib.closing(sqlite3.connect(HOME / "airflow.db")) as base:
        return base.execute(query).fetchone() is not None


def _in_warehouse() -> int:
    return sum(map(len, warehouse.read_day(DAY)))


def _half_files() -> list[str]:
    """Lo que haya quedado entre lo publicado y no sea una partición."""
    return [
        str(f) for f in published_folder().rglob("*") if f.is_file() and f.name != "scores.parquet"
    ]
