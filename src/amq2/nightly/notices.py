"""Avisar cuando algo falla: un renglón en `notices.jsonl` y, si hay adónde, un mensaje.

Con `AMQ2_WEBHOOK_URL`, el aviso se manda también a esa dirección, como lo esperan los canales de
chat de trabajo: un POST con `{"text": …}`. Si el canal no contesta, el renglón queda igual; si el
disco está lleno, el mensaje sale igual.
"""

import errno
import json
import logging
import os
from datetime import UTC, datetime
from typing import Any

import requests

from amq2.nightly.places import notices_file

WEBHOOK = "AMQ2_WEBHOOK_URL"
SECONDS_TO_ANSWER = 5

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Los errores del sistema cuando no hay lugar."""

log = logging.getLogger(__name__)


def notify(text: str) -> None:
    """Deja un aviso, de un renglón, y lo manda si hay adónde."""
    line = json.dumps({"at": datetime.now(UTC).isoformat(), "text": text}, ensure_ascii=False)
    try:
        # Un solo write al final del archivo: los avisos de dos procesos no se mezclan.
        with notices_file().open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")  # por si el disco lleno dejó un renglón por la mitad
    except OSError as error:
        log.warning("El aviso no entró en el archivo: %s", error)
    if url := os.environ.get(WEBHOOK):
        try:
            requests.post(url, json={"text": text}, timeout=SECONDS_TO_ANSWER).raise_for_status()
        except requests.RequestException as error:
            log.warning("El aviso quedó en el archivo y no salió: %s", error)


def notices() -> list[dict[str, str]]:
    """Los avisos enteros, del más viejo al más nuevo: cuándo (`at`, en UTC) y qué (`text`)."""
    path = notices_file()
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def on_task_failure(context: Any) -> None:  # noqa: ANN401 - el contexto de Airflow
    """Lo que llama Airflow cuando una tarea falla y no se reintenta más."""
    task = context["ti"]
    why = _why(task, context.get("exception"))
    notify(f"{task.dag_id}: falló {task.task_id} en {task.run_id}. {why}")


def _why(task: Any, error: object) -> str:  # noqa: ANN401
    """Por qué falló y qué hacer, en un renglón; lo que no es nuestro no lo dice solo."""
    from airflow.sdk.exceptions import AirflowSensorTimeout

    if isinstance(error, AirflowSensorTimeout):
        return f"No llegó {task.task.filepath}: pedilo a las sucursales y limpiá la tarea."
    if error is None:  # nadie llegó a contarlo
        return "Murió su proceso: mirá el log y limpiá la tarea."
    why = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return f"No entra en el disco ({why}): hacé lugar y limpiá la tarea."
    return why


def on_run_failure(context: Any) -> None:  # noqa: ANN401
    """Lo que llama Airflow cuando una corrida termina mal, también si mataron a sus procesos."""
    run = context["dag_run"]
    notify(f"{run.dag_id}: la corrida {run.run_id} terminó mal. Mirala en Airflow y limpiala.")
