"""Lo que contesta la API REST de Airflow, dicho con las clases del curso."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from amq2.orchestrator.runs import NO_STATE, Run, TaskRun, in_order, label
from amq2.settings import TIME_ZONE

Answer = Mapping[str, Any]


STEPS = {"scheduled_when": "scheduled", "queued_when": "queued", "start_date": "running"}
"""Por dónde pasa una tarea, y cómo llama la API a la hora en que pasó."""

ENDED = ("success", "failed", "skipped", "upstream_failed", "up_for_retry", "up_for_reschedule")
"""Los estados que cierran un intento: empiezan en su `end_date`."""


class Change(NamedTuple):
    """Una tarea que cambió de estado; la hora es la de Buenos Aires."""

    moment: datetime
    task: str
    state: str


def moment(text: str | None) -> datetime | None:
    """Una hora como la escribe la API, pasada a la de Buenos Aires; o None."""
    return datetime.fromisoformat(text).astimezone(TIME_ZONE) if text else None


def name(task: Answer) -> str:
    """El nombre de una tarea para mostrar."""
    return label(task["task_id"], task["map_index"])


def run(answer: Answer, tasks: Iterable[Answer], results: dict[str, Any]) -> Run:
    """La corrida, con las tareas y lo que devolvieron."""
    return Run(
        dag_id=answer["dag_id"],
        run_id=answer["dag_run_id"],
        state=answer["state"],
        tasks=in_order([_task_run(task) for task in tasks]),
        results=results,
    )


def _task_run(answer: Answer) -> TaskRun:
    return TaskRun(
        task_id=answer["task_id"],
        map_index=answer["map_index"],
        state=answer["state"],
        tries=answer["try_number"],
        start=moment(answer["start_date"]),
        end=moment(answer["end_date"]),
        operator=answer["operator"],
    )


def results(entries: Iterable[Answer]) -> dict[str, Any]:
    """Lo que devolvió cada tarea, por `task_id`; una mapeada da una lista, en su orden."""
    found: dict[str, Any] = {}
    for entry in sorted(entries, key=lambda entry: int(entry["map_index"])):
        if entry["map_index"] < 0:
            found[entry["task_id"]] = entry["value"]
        else:
            found.setdefault(entry["task_id"], []).append(entry["value"])
    return found


def changes(answer: Answer, tasks: Iterable[Answer]) -> Iterator[Change]:
    """Por qué estados pasó cada tarea de una corrida en su último intento, y cuándo.

    Airflow guarda la hora de cada paso: no hace falta haberlo visto para saberlo.
    """
    for task in tasks:
        state = task["state"]
        if state is None:
            if queued := moment(answer["queued_at"]):
                yield Change(queued, name(task), NO_STATE)
            continue
        previous: datetime | None = None
        for key, step in STEPS.items():
            when = moment(task[key])
            # Una hora que no sigue a la del paso anterior quedó de otro intento.
            if when is None or (previous and when < previous):
                break
            if previous is None and key != "scheduled_when":
                break
            yield Change(when, name(task), step)
            previous = when
        deferred = moment((task["trigger"] or {}).get("created_date"))
        ended = moment(task["end_date"]) if state in ENDED else deferred
        if ended:
            yield Change(ended, name(task), state)


def log_lines(content: Iterable[Answer]) -> Iterator[str]:
    """El registro de una tarea, en texto: la hora y lo que escribió, y sus excepciones.

    Quedan afuera los marcadores con los que la pantalla pliega grupos de renglones.
    """
    for entry in content:
        if entry["event"].startswith("::") or "timestamp" not in entry:
            continue
        when = moment(entry["timestamp"])
        clock = when.strftime("%H:%M:%S") if when else ""
        yield f"{clock} {entry.get('level', 'info').upper()} {entry['event']}"
        for error in entry.get("error_detail") or []:
            for frame in error["frames"]:
                if "site-packages" not in frame["filename"]:
                    yield f"  {frame['filename']}, renglón {frame['lineno']}, en {frame['name']}"
            yield f"  {error['exc_type']}: {error['exc_value']}"
