"""Manejar un Airflow encendido por su API REST, como lo haría cualquier programa.

    with running_airflow(dags) as airflow:
        airflow.wait_for_dag("scoring")
        airflow.unpause("scoring")
        run = airflow.wait("scoring", airflow.trigger("scoring"))

Lo que sólo mira está en `amq2.orchestrator.reader`.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from amq2.orchestrator import answers, components
from amq2.orchestrator.answers import Answer, Change
from amq2.orchestrator.home import AirflowError
from amq2.orchestrator.reader import Reader, dag_path
from amq2.orchestrator.rest import AnswerError
from amq2.orchestrator.runs import FINISHED, NO_STATE, Run

POLL = 0.1
"""Segundos entre una pregunta y la siguiente mientras se espera algo."""


class Airflow(Reader):
    """Un Airflow encendido: lo que cuenta y lo que se le pide."""

    def pause(self, dag_id: str) -> None:
        """No arranca más tareas de ese DAG; las que ya arrancaron terminan."""
        self._dag("PATCH", dag_id, json={"is_paused": True})

    def unpause(self, dag_id: str) -> None:
        """Lo pone en marcha: un DAG nuevo está en pausa, y sus corridas esperan."""
        self._dag("PATCH", dag_id, json={"is_paused": False})

    def trigger(
        self,
        dag_id: str,
        logical_date: datetime | None = None,
        conf: Mapping[str, Any] | None = None,
    ) -> str:
        """Pide una corrida, con esos parámetros, y devuelve su `run_id`.

        Si el DAG está en pausa, espera en la cola. Sin zona horaria, la fecha es UTC.
        """
        when = _iso(logical_date) if logical_date else None
        body = {"logical_date": when, "conf": dict(conf or {})}
        return str(self._dag("POST", dag_id, "/dagRuns", json=body)["dag_run_id"])

    def backfill(self, dag_id: str, from_date: datetime, to_date: datetime) -> list[str]:
        """Pide las corridas que faltan entre dos fechas, incluidas, y devuelve sus `run_id`."""
        is_paused = self._dag("GET", dag_id)["is_paused"]  # si no existe, lo dice
        before = {run["dag_run_id"] for run in self._runs(dag_id)}
        body = {"dag_id": dag_id, "from_date": _iso(from_date), "to_date": _iso(to_date)}
        # En pausa: con SQLite, si el scheduler toma las corridas que todavía se están anotando,
        # Airflow las deshace, y al scheduler eso lo mata.
        self.pause(dag_id)
        try:
            self._rest.insist("POST", "backfills", json=body)
        finally:
            if not is_paused:
                self.unpause(dag_id)
        found = self._runs(dag_id, run_type="backfill")
        return [run["dag_run_id"] for run in found if run["dag_run_id"] not in before]

    def clear(self, dag_id: str, run_id: str, task_ids: Sequence[str] | None = None) -> list[str]:
        """Olvida cómo salieron unas tareas: Airflow las hace otra vez.

        Args:
            dag_id, run_id: la corrida.
            task_ids: las tareas, con las que siguen de ellas; si no se dan, las que fallaron.

        Returns:
            Los nombres de las tareas que se van a repetir.
        """
        body = {"dry_run": False, "dag_run_id": run_id, "only_failed": task_ids is None}
        if task_ids is not None:
            body |= {"task_ids": list(task_ids), "include_downstream": True}
        found = self._dag("POST", dag_id, "/clearTaskInstances", json=body)["task_instances"]
        return sorted(answers.name(task) for task in found)

    def wait(self, dag_id: str, run_id: str, timeout: float = 60) -> Run:
        """Espera a que una corrida termine, bien o mal, y la devuelve.

        Raises:
            AirflowError: si no termina en `timeout` segundos; dice en qué estado está y qué mirar.
        """
        for _ in self.watch(dag_id, run_id, timeout):
            pass
        return self.run(dag_id, run_id)

    def watch(self, dag_id: str, run_id: str, timeout: float = 60) -> Iterator[Change]:
        """Los cambios de estado de las tareas de una corrida, a medida que pasan, hasta el final.

        Raises:
            AirflowError: si no termina en `timeout` segundos; dice en qué estado está y qué mirar.
        """
        deadline, seen = time.monotonic() + timeout, set[Change]()
        while True:
            # Primero el estado de la corrida: si terminó, las tareas ya no cambian.
            run = self._run(dag_id, run_id)
            found = set(answers.changes(run, self._tasks(dag_id, run_id)))
            yield from sorted(found - seen)
            seen |= found
            if run["state"] in FINISHED:
                return
            if time.monotonic() > deadline:
                raise AirflowError(self._unfinished(run, timeout))
            time.sleep(POLL)

    def _unfinished(self, run: Answer, timeout: float) -> str:
        dag_id, run_id = run["dag_id"], run["dag_run_id"]
        text = f"La corrida {run_id} sigue en {run['state']} después de {timeout:g} s"
        if self._dag("GET", dag_id)["is_paused"]:
            return f"{text}: el DAG está en pausa, hacé airflow.unpause({dag_id!r})."
        pending = [
            f"{answers.name(task)} ({task['state'] or NO_STATE})"
            for task in self._tasks(dag_id, run_id)
            if task["state"] not in answers.ENDED[:4]
        ]
        return f"{text}. Falta {', '.join(pending)}: mirá {self.url}/dags/{dag_id}/runs/{run_id}"

    def wait_for_dag(self, dag_id: str, timeout: float = 60) -> None:
        """Espera a que Airflow lea el DAG de un archivo recién escrito o recién cambiado.

        Raises:
            AirflowError: si no lo lee en `timeout` segundos, o si su archivo tiene un error.
        """
        deadline = time.monotonic() + timeout
        while not self._is_read(dag_id):
            found = self.import_errors()
            is_broken = any(Path(path).stem == dag_id for path in found)
            if is_broken or time.monotonic() > deadline:
                errors = [f"{path}: {error}" for path, error in found.items()]
                why = "; ".join(errors) or "fijate que el archivo llame a su función @dag"
                raise AirflowError(f"No aparece el DAG {dag_id!r}: {why}.")
            time.sleep(POLL)

    def _is_read(self, dag_id: str) -> bool:
        """Si lo que hay en la base de ese DAG es de después de la última vez que se escribió."""
        try:
            dag = self._rest.call("GET", dag_path(dag_id))
        except AnswerError:
            return False
        read = answers.moment(dag["last_parsed_time"])
        path = Path(dag["fileloc"])
        if read is None or not path.exists():
            return False
        started = read - timedelta(seconds=dag["last_parse_duration"] or 0)
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return started >= written and not dag["has_import_errors"]

    def is_ready(self, since: datetime) -> bool:
        """Si todas sus partes contestan y latieron después de esa hora."""
        try:
            answer = self._rest.call("GET", "monitor/health")
        except AirflowError:
            return False
        return components.are_alive(answer, since)


def _iso(when: datetime) -> str:
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat()
