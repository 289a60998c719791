"""Por qué falló cada tarea de una corrida en este proceso: Airflow lo cuenta a quien lo escucha."""

import contextlib
import sysconfig
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amq2.orchestrator import isolated  # noqa: F401 - antes que Airflow: le da su casa
from amq2.orchestrator.runs import label

# isort: split
from airflow.listeners import hookimpl
from airflow.sdk.exceptions import AirflowTaskTerminated, AirflowTaskTimeout
from airflow.sdk.listener import get_listener_manager

TASK_ERRORS = (Exception, SystemExit, AirflowTaskTimeout, AirflowTaskTerminated)
"""Lo que hace fallar a una tarea; cualquier otra cosa, como Ctrl-C, interrumpe la corrida."""

LIBRARIES = (
    *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
    str(Path(__file__).parents[1]),
)
"""Dónde está el código que no es de quien escribió el DAG."""


@dataclass
class Failures:
    """Con qué excepción falló cada tarea, y en qué renglón; por su nombre."""

    errors: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def listening() -> Iterator[Failures]:
    """Anota con qué excepción falla cada tarea, mientras dura el bloque."""
    found = Failures()

    class Listener:
        @hookimpl
        def on_task_instance_failed(self, task_instance: Any, error: object) -> None:  # noqa: ANN401
            if isinstance(error, BaseException) and not isinstance(error, TASK_ERRORS):
                # Interrumpieron a run_dag, no falló la tarea: que Airflow no la reintente.
                raise error
            name = label(task_instance.task_id, task_instance.map_index)
            found.errors[name] = describe_error(error)
            found.lines[name] = own_line(error)

        @hookimpl
        def on_task_instance_success(self, task_instance: Any) -> None:  # noqa: ANN401
            # Un intento de antes pudo fallar: la tarea, no.
            name = label(task_instance.task_id, task_instance.map_index)
            found.errors.pop(name, None)
            found.lines.pop(name, None)

    manager, listener = get_listener_manager(), Listener()
    manager.add_listener(listener)
    try:
        yield found
    finally:
        manager.pm.unregister(listener)


def describe_error(error: object) -> str:
    """Una excepción en un renglón: `KeyError: 'ars'`."""
    kind = f"{type(error).__name__}: " if isinstance(error, BaseException) else ""
    return " ".join(f"{kind}{error}".split())


def own_line(error: object) -> str:
    """El último renglón por el que pasó una excepción que no es de una biblioteca, o nada.

    Por ejemplo: `rates["ars"] (línea 7)`; si no está en una celda, también dice en qué archivo.
    """
    trace = error.__traceback__ if isinstance(error, BaseException) else None
    for frame in reversed(traceback.extract_tb(trace)):
        if not frame.filename.startswith((*LIBRARIES, "<")):
            file = Path(frame.filename)
            place = "" if "ipykernel" in frame.filename else f" de {file.name}"
            return f"{frame.line} (línea {frame.lineno}{place})"
    return ""
