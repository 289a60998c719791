"""Qué hay encendido de Airflow: sus partes, sus procesos y las tablas de su base."""

import contextlib
import json
import math
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

from amq2.orchestrator.home import DATABASE, AirflowError
from amq2.orchestrator.supervisor import PROCESSES
from amq2.settings import TIME_ZONE

HEARTBEATS = {
    "scheduler": "latest_scheduler_heartbeat",
    "dag_processor": "latest_dag_processor_heartbeat",
    "triggerer": "latest_triggerer_heartbeat",
}
"""Las partes que dejan un latido en la base, y cómo lo llama la API."""


def health_table(answer: Mapping[str, Any]) -> pd.DataFrame:
    """La salud de cada parte y la hora (Buenos Aires) de su último latido.

    Args:
        answer: lo que contesta `/api/v2/monitor/health`; si contestó, api-server anda.
    """
    rows = {"api-server": ("healthy", "")}
    for name in ("metadatabase", *HEARTBEATS):
        heart = heartbeat(answer, name)
        rows[name.replace("_", "-")] = (
            answer[name]["status"],
            heart.astimezone(TIME_ZONE).strftime("%H:%M:%S") if heart else "",
        )
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["estado", "último latido"]
    ).rename_axis("parte")


def are_alive(answer: Mapping[str, Any], since: datetime) -> bool:
    """Si todas las partes están sanas y su último latido es posterior a esa hora."""
    hearts = {name: heartbeat(answer, name) for name in HEARTBEATS}
    return all(
        heart is not None and heart >= since and answer[name]["status"] == "healthy"
        for name, heart in hearts.items()
    )


def heartbeat(answer: Mapping[str, Any], name: str) -> datetime | None:
    """El último latido de una parte, o None."""
    text = answer[name].get(HEARTBEATS.get(name, ""))
    return datetime.fromisoformat(text) if text else None


def processes(home: Path) -> pd.DataFrame:
    """Los procesos encendidos de la casa: de qué parte es cada uno, y su memoria.

    La memoria está en MiB. La que varios comparten se reparte entre ellos (PSS, en Linux): la
    suma es lo que ocupa Airflow.

    Raises:
        AirflowError: si en esa casa no hay un Airflow encendido.
    """
    path = home / PROCESSES
    if not path.exists():
        raise AirflowError(f"En {home} no hay un Airflow encendido.")
    rows = [
        {"pid": process.pid, "parte": name, "proceso": what, "MiB": _memory(process)}
        for name, pid in json.loads(path.read_text(encoding="utf-8")).items()
        for process, what in _family(pid)
    ]
    return pd.DataFrame(rows, columns=["pid", "parte", "proceso", "MiB"]).set_index("pid")


def _family(pid: int) -> Iterator[tuple[psutil.Process, str]]:
    """Un proceso y sus descendientes, con qué hace cada uno."""
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        yield root, "principal"
        for child in root.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                yield child, _what(child)


def _what(process: psutil.Process) -> str:
    """Qué es un proceso, según el nombre que se pone; una tarea es hija de un worker."""
    parent = process.parent()
    if parent and _is_worker(parent):
        return "tarea"
    if _is_worker(process):
        return "worker ocupado" if process.children() else "worker libre"
    return "ayudante"


def _is_worker(process: psutil.Process) -> bool:
    """En Linux los workers se ponen nombre; donde se crean de otra manera los delata su comando."""
    title = " ".join(process.cmdline())
    return "LocalExecutor" in title or "spawn_main" in title


def _memory(process: psutil.Process) -> float:
    try:
        info = process.memory_full_info()
        return float(round(getattr(info, "pss", info.uss) / 2**20, 1))
    except psutil.AccessDenied:  # en macOS, sin ser administrador
        return float(round(process.memory_info().rss / 2**20, 1))
    except psutil.NoSuchProcess:
        return math.nan


def tables(home: Path) -> pd.DataFrame:
    """Las tablas de la base de metadatos y cuántas filas tienen, de la más llena a la más vacía.

    Se abre sólo para leer.

    Raises:
        AirflowError: si la casa no tiene base.
    """
    path = home / DATABASE
    if not path.exists():
        raise AirflowError(f"En {home} no hay una base de Airflow.")
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
        names = [
            name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        counts = {
            name: base.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names
        }
    table = pd.DataFrame({"tabla": list(counts), "filas": list(counts.values())})
    return table.sort_values(["filas", "tabla"], ascending=[False, True]).set_index("tabla")
