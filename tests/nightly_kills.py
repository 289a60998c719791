"""Las fallas de la noche que piden un Airflow encendido: SIGKILL, dos corridas a la vez, backfill.

`tests/kills/airflow_local_settings.py` mata a los procesos de las tareas; acá se dice a cuáles y se
mira qué publicaron.
"""

import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from amq2.nightly.branches import close_day
from amq2.nightly.notices import WEBHOOK, notices
from amq2.nightly.places import NAME
from amq2.orchestrator.client import Airflow
from amq2.orchestrator.runs import Run
from amq2.orchestrator.standalone import running_airflow
from amq2.orchestrator.supervisor import PROCESSES
from amq2.settings import TIME_ZONE
from tests.api_faults import Checks, Outcome
from tests.api_server import wait_until
from tests.nightly_runs import (
    BAD,
    DAY,
    PER_PARTITION,
    ROWS,
    Channel,
    bank,
    channel,
    clean,
    content,
)

SETTINGS = Path(__file__).with_name("kills")
PATIENCE = 600.0
"""Segundos que se espera a una corrida, con la máquina ocupada."""

LATE = "no llegó a puntuar"
SAME = "lo mismo que una corrida limpia"


@dataclass(frozen=True)
class Night:
    """Un Airflow encendido con el banco en su casa, y el canal de la oficina."""

    airflow: Airflow
    office: Channel
    plan: Path

    def start(self, day: date, plan: Mapping[str, Any] | None = None, **conf: object) -> str:
        """Pide la noche de un día; `plan` dice a qué tareas matar."""
        if plan:
            plans = json.loads(self.plan.read_text("utf-8")) | {str(day): plan}
            half = self.plan.with_suffix(".half")
            half.write_text(json.dumps(plans), encoding="utf-8")
            half.replace(self.plan)
        wanted = {"day": str(day), "partition_rows": PER_PARTITION, **conf}
        return self.airflow.trigger(NAME, conf=wanted)

    def wait(self, run_id: str) -> Run:
        """Espera a que termine."""
        return self.airflow.wait(NAME, run_id, PATIENCE)

    def state(self, run_id: str, task: str) -> str | None:
        """El estado de una tarea."""
        return self.airflow.run(NAME, run_id).states.get(task)

    def deaths(self, run_id: str) -> int:
        """Cuántos procesos de esa corrida murieron."""
        return len(self._marks(run_id))

    def keepers(self, run_id: str) -> list[int]:
        """Los procesos que cuidan a las tareas que se quedaron quietas."""
        return [int(text) for path in self._marks(run_id) if (text := path.read_text("utf-8"))]

    def _marks(self, run_id: str) -> list[Path]:
        return list(self.plan.parent.glob(f"{run_id} *"))


@contextmanager
def live_night(home: Path, days: int = 1, rows: int = ROWS) -> Iterator[Night]:
    """Un Airflow encendido en `home`, con `days` días cerrados desde `DAY`."""
    plan = home / "muertes" / "plan.json"
    if not plan.exists():
        plan.parent.mkdir(parents=True)
        plan.write_text("{}", encoding="utf-8")
    with channel() as office, bank(home):
        for number in range(days):
            close_day(DAY + timedelta(days=number), rows, n_bad=BAD)
        env = {
            "AMQ2_KILLS": str(plan.parent),
            "PYTHONPATH": str(SETTINGS),
            WEBHOOK: office.url,
            # Cuánto descansa el scheduler entre una mirada y otra; de fábrica, un segundo.
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        }
        with running_airflow(home=home, env=env) as airflow:
            airflow.wait_for_dag(NAME)
            airflow.unpause(NAME)
            yield Night(airflow, office, plan)


MOMENTS = {"before": "antes", "middle": "en el medio", "after": "después"}
"""Cuándo se mata a una tarea: su nombre en el plan, y en la tabla."""


def killed_tasks(night: Night, mode: str, day: date) -> Outcome:
    """El proceso de cada tarea muere una vez; Airflow las repite."""
    run_id = night.start(day, {"mode": mode})
    run = night.wait(run_id)
    check = Checks()
    ran = [task for task in run.tasks if task.state != "skipped"]
    check(night.deaths(run_id) == len(ran), f"murieron {night.deaths(run_id)} de {len(ran)}")
    check(all(task.tries == 2 for task in ran), f"intentos: {run.tries}")
    happened = f"{night.deaths(run_id)} procesos muertos; cada tarea, al segundo intento"
    return _published(f"SIGKILL a cada tarea, {MOMENTS[mode]}", run, happened, check, day)


def killed_for_good(night: Night, day: date) -> Outcome:
    """El proceso de una tarea muere en todos sus intentos: se avisa y, ya limpia, sigue."""
    run_id = night.start(day, {"mode": "before", "times": 3, "tasks": ["copy"]})
    run = night.wait(run_id)
    check = Checks()
    check(run.state == "failed", f"terminó en {run.state}")
    check(run.tries["copy"] == 3, f"intentos: {run.tries['copy']}")
    check(content(day) is None, "publicó algo")
    texts: list[list[str]] = [[], []]

    def is_told() -> bool:
        texts[:] = [notice["text"] for notice in notices()], list(night.office.texts)
        return all(any(run_id in text for text in found) for found in texts)

    check(wait_until(is_told, 60), f"no se avisó: en el archivo y en el canal, {texts}")
    text = next((text for text in night.office.texts if run_id in text), "")
    night.airflow.clear(NAME, run_id)
    happened = f"falla, sin publicar nada, y avisa: {text} Ya limpia, termina bien"
    return _published(
        "SIGKILL a copy, en sus tres intentos", night.wait(run_id), happened, check, day
    )


def at_once(night: Night, first: date, second: date) -> Outcome:
    """Dos corridas del mismo día, y la de otro, a la vez."""
    run_ids = [night.start(day) for day in (first, first, second)]
    runs = [night.wait(run_id) for run_id in run_ids]
    check = Checks()
    for run in runs[:2]:
        check(run.state == "success", f"terminó en {run.state}")
    check(content(first) == clean(first), "lo del primer día no es lo de una corrida limpia")
    tries = {task: n for run in runs for task, n in run.tries.items() if n > 1}
    happened = f"las tres terminan bien; tareas repetidas: {tries or 'ninguna'}"
    return _published(
        "dos corridas de un día y una de otro, a la vez", runs[2], happened, check, second
    )


def backfill(home: Path, days: int, rows: int = PER_PARTITION) -> Outcome:
    """Muchos días de una vez."""
    expected = {day: clean(day, rows) for day in (DAY + timedelta(days=n) for n in range(days))}
    start = time.monotonic()
    with live_night(home, days, rows) as night:
        first, last = min(expected), max(expected)
        run_ids = night.airflow.backfill(NAME, _midnight(first), _midnight(last))
        runs = [night.wait(run_id) for run_id in run_ids]
        check = Checks()
        check(len(runs) == days, f"hubo {len(runs)} corridas")
        wrong = [run.run_id for run in runs if run.state != "success"]
        check(not wrong, f"no terminaron bien {wrong}")
        different = [str(day) for day, text in expected.items() if content(day) != text]
        check(not different, f"no son lo de una corrida limpia: {different}")
    seconds = time.monotonic() - start
    happened = f"{len(runs)} corridas bien, una por día, en {seconds:.0f} s"
    return Outcome(f"backfill de {days} días", happened, check.problems, f"{SAME}, cada día")


def killed_scheduler(home: Path) -> Outcome:
    """Muere el scheduler con tareas andando; Airflow, encendido otra vez, sigue la corrida."""
    clean()
    check = Checks()
    with live_night(home) as night:
        run_id = night.start(DAY)
        check(wait_until(lambda: night.state(run_id, "score [0]") == "running", PATIENCE), LATE)
        pids = json.loads((home / PROCESSES).read_text("utf-8"))
        os.kill(pids["scheduler"], signal.SIGKILL)
        killed = time.monotonic()
        check(wait_until(lambda: not (home / PROCESSES).exists(), 60), "no se apagó lo demás")
    with live_night(home) as night:
        run = night.wait(run_id)
        seconds = time.monotonic() - killed
    again = [task for task, tries in run.tries.items() if tries > 1]
    happened = f"encendido otra vez, repite {', '.join(again)} y termina a los {seconds:.0f} s"
    with bank(home):
        return _published("SIGKILL al scheduler, puntuando", run, happened, check, DAY)


def killed_worker(night: Night, day: date) -> Outcome:
    """Muere el proceso del executor que cuida a una tarea: nadie cuenta cómo le fue."""
    run_id = night.start(day, {"mode": "hang", "tasks": ["publish"]})
    check = Checks()
    check(wait_until(lambda: night.keepers(run_id), PATIENCE), "no llegó a publicar")
    for keeper in night.keepers(run_id):
        os.kill(keeper, signal.SIGKILL)
    start = time.monotonic()
    run = night.wait(run_id)
    check(run.tries["publish"] == 2, f"intentos: {run.tries['publish']}")
    seconds = time.monotonic() - start
    happened = f"sin latidos, publish se repite y la corrida termina a los {seconds:.0f} s"
    return _published("SIGKILL al worker que cuida a publish", run, happened, check, day)


def _published(fault: str, run: Run, happened: str, check: Checks, day: date) -> Outcome:
    check(run.state == "success", f"la corrida terminó en {run.state}: {run.states}")
    check(content(day) == clean(day), "lo publicado no es lo de una corrida limpia")
    return Outcome(fault, happened, check.problems, SAME)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TIME_ZONE)
