"""Una corrida de un DAG y sus tareas: lo mismo si la ejecutó este proceso o Airflow entero."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from amq2.settings import TIME_ZONE

NO_STATE = "sin estado"
"""Cómo se muestra una tarea a la que todavía no le tocó."""

DECORATED = re.compile(r"_\w*DecoratedOperator")
"""Cómo se llama adentro de Airflow lo que se escribió con `@task`."""

FINISHED = ("success", "failed")
"""Los estados en los que una corrida ya terminó."""


@dataclass(frozen=True)
class TaskRun:
    """Una tarea en una corrida.

    Attributes:
        task_id: la tarea.
        map_index: cuál de sus copias, desde 0, si se mapeó; si no, -1.
        state: `success`, `failed`, `skipped`, `upstream_failed`…; None si todavía no le tocó.
        tries: cuántas veces se intentó.
        start, end: el último intento, o None.
        operator: la clase del operador.
    """

    task_id: str
    map_index: int
    state: str | None
    tries: int
    start: datetime | None
    end: datetime | None
    operator: str

    @property
    def label(self) -> str:
        """El nombre para mostrar: `score`, o `score [2]` si es una copia."""
        return label(self.task_id, self.map_index)

    @property
    def seconds(self) -> float:
        """Cuánto tardó el último intento; NaN si no corrió o no terminó."""
        if self.start is None or self.end is None:
            return math.nan
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True)
class Run:
    """Una corrida de un DAG.

    Attributes:
        dag_id, run_id: cuál es.
        state: `queued`, `running`, `success` o `failed`.
        tasks: sus tareas, en el orden en que empezaron.
        results: lo que devolvió cada tarea (XCom), por `task_id`; una mapeada da una lista.
        errors: con qué excepción terminó cada tarea que falló, por `task_id`, en un renglón.
        lines: en qué renglón del código de quien escribió el DAG, si fue ahí.
    """

    dag_id: str
    run_id: str
    state: str
    tasks: Sequence[TaskRun]
    results: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)

    @property
    def is_finished(self) -> bool:
        """Si ya terminó, bien o mal."""
        return self.state in FINISHED

    @property
    def states(self) -> dict[str, str | None]:
        """El estado de cada tarea: `{"extract": "success", "score [0]": "failed"}`."""
        return {task.label: task.state for task in self.tasks}

    @property
    def tries(self) -> dict[str, int]:
        """Cuántas veces se intentó cada tarea."""
        return {task.label: task.tries for task in self.tasks}

    def table(self) -> pd.DataFrame:
        """Una fila por tarea: estado, intentos, y cuándo empezó y cuánto tardó su último intento.

        Las horas son las de Buenos Aires; `segundos` es NaN si no llegó a correr.
        """
        rows = [
            {
                "tarea": task.label,
                "operador": DECORATED.sub("@task", task.operator),
                "estado": task.state or NO_STATE,
                "intentos": task.tries,
                "empezó": _clock(task.start) if task.tries else "",
                "segundos": task.seconds,
            }
            for task in self.tasks
        ]
        columns = ["tarea", "operador", "estado", "intentos", "empezó", "segundos"]
        return pd.DataFrame(rows, columns=columns).set_index("tarea")


def _clock(moment: datetime | None) -> str:
    """La hora de Buenos Aires con centésimas, o nada."""
    return moment.astimezone(TIME_ZONE).strftime("%H:%M:%S.%f")[:-4] if moment else ""


def label(task_id: str, map_index: int) -> str:
    """El nombre de una tarea; el de una copia lleva su número: `score [2]`."""
    return task_id if map_index < 0 else f"{task_id} [{map_index}]"


def in_order(tasks: Sequence[TaskRun]) -> list[TaskRun]:
    """Las tareas en el orden en que empezaron; las que no empezaron, al final."""
    return sorted(
        tasks,
        key=lambda task: (
            task.start is None,
            task.start.timestamp() if task.start else 0,
            task.task_id,
            task.map_index,
        ),
    )
