"""Las pruebas de fallas: el proceso de una tarea se mata solo (SIGKILL), una vez.

Airflow importa este módulo si lo encuentra: las pruebas lo ponen en el PYTHONPATH de un Airflow
encendido para ellas, y nadie más lo usa. `plan.json`, en la carpeta `AMQ2_KILLS`, dice a quién:
`{"2026-03-02": {"mode": "middle", "times": 1, "tasks": ["copy"]}}`; sin `tasks`, a todas, y sin
`times`, una vez.

    before    antes de empezar
    middle    antes del paso que vale: cerrar la transacción, renombrar el archivo, borrar; las que
              no tienen un paso así, al final
    after     con todo hecho, antes de contárselo a Airflow
    hang      no muere: se queda quieta antes de empezar, y deja anotado qué proceso la cuida

Cada muerte deja un archivo con el nombre de la tarea, así la próxima vez sigue viva.
"""

import functools
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from airflow.sdk.execution_time import task_runner

EFFECTS = {"os.rename", "shutil.rmtree", "os.remove"}
"""Lo que hace valer un trabajo, como lo llama Python al avisar (`sys.addaudithook`)."""


def task_policy(task: Any) -> None:  # noqa: ANN401 - una tarea de Airflow
    """Para no esperar: lo que el DAG espera entre un intento y otro."""
    options = getattr(task, "partial_kwargs", None)
    if options is None:
        task.retry_delay = timedelta(seconds=0.2)
    else:
        options["retry_delay"] = timedelta(seconds=0.2)


def _die_once_per_mode(execute: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(execute)
    def run(context: Any, ti: Any, log: Any) -> Any:  # noqa: ANN401
        plan = _plan(context)
        marks = [_mark(ti, number) for number in range(plan.get("times", 1) if plan else 0)]
        mark = next((each for each in marks if not each.exists()), None)
        if mark is None or ti.task_id not in plan.get("tasks", [ti.task_id]):
            return execute(context, ti, log)
        if plan["mode"] == "before":
            _die(mark)
        if plan["mode"] == "hang":
            mark.write_text(str(os.getppid()), encoding="utf-8")
            signal.pause()
        if plan["mode"] == "middle":
            _die_at_the_first_effect(mark)
        try:
            return execute(context, ti, log)
        finally:  # una rama no devuelve: le cuenta a Airflow qué saltear con una excepción
            _die(mark)

    return run


def _plan(context: Any) -> dict[str, Any]:  # noqa: ANN401
    plans = json.loads((Path(os.environ["AMQ2_KILLS"]) / "plan.json").read_text("utf-8"))
    found: dict[str, Any] = plans.get(context["params"].get("day"), {})
    return found


def _mark(ti: Any, number: int) -> Path:  # noqa: ANN401
    name = f"{ti.run_id} {ti.task_id} {ti.map_index} {number}"
    return Path(os.environ["AMQ2_KILLS"]) / name.replace("/", "_")


def _die_at_the_first_effect(mark: Path) -> None:
    data = str(Path(os.environ["AIRFLOW_HOME"]) / "datos")

    def look(event: str, arguments: tuple[object, ...]) -> None:
        is_effect = event in EFFECTS or (event == "open" and "rejected.csv" in str(arguments[0]))
        if is_effect and data in str(arguments[0]):
            _die(mark)

    def after_execute(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT"):
            sa.event.listen(sa.Engine, "commit", lambda _connection: _die(mark))

    sys.addaudithook(look)
    sa.event.listen(sa.Engine, "after_cursor_execute", after_execute)


def _die(mark: Path) -> None:
    mark.touch()
    os.kill(os.getpid(), signal.SIGKILL)


task_runner._execute_task = _die_once_per_mode(task_runner._execute_task)
