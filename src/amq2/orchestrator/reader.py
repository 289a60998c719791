"""Mirar un Airflow encendido: sus DAGs, sus corridas, sus registros y sus partes."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from amq2.orchestrator import answers, components
from amq2.orchestrator.home import PAGE, AirflowError
from amq2.orchestrator.rest import AnswerError, Method, Rest
from amq2.orchestrator.runs import Run


class Reader:
    """Lo que se le puede preguntar a un Airflow. Todo levanta AirflowError si algo sale mal.

    Attributes:
        url: la dirección de su pantalla, sin barra final.
    """

    def __init__(self, url: str, home: Path | None = None) -> None:
        """El Airflow de esa dirección; `home` es su casa, si está en esta máquina."""
        self._rest = Rest(url)
        self._home = home
        self.url = self._rest.url

    @property
    def home(self) -> Path:
        """Su casa: la carpeta con su base y sus registros."""
        if self._home is None:
            raise AirflowError("Falta decir cuál es la casa: Airflow(url, home=…).")
        return self._home

    def health(self) -> pd.DataFrame:
        """La salud de cada parte y la hora de su último latido."""
        return components.health_table(self._rest.call("GET", "monitor/health"))

    def processes(self) -> pd.DataFrame:
        """Los procesos encendidos: de qué parte es cada uno, qué es y su memoria, en MiB."""
        return components.processes(self.home)

    def tables(self) -> pd.DataFrame:
        """Las tablas de la base de metadatos y cuántas filas tiene cada una."""
        return components.tables(self.home)

    def dag_ids(self) -> list[str]:
        """Los DAGs que encontró en su carpeta."""
        found = self._rest.call("GET", "dags", params={"limit": PAGE})["dags"]
        return sorted(dag["dag_id"] for dag in found)

    def import_errors(self) -> dict[str, str]:
        """Por cada archivo que no se pudo leer, el último renglón de su error."""
        found = self._rest.call("GET", "importErrors", params={"limit": PAGE})["import_errors"]
        return {one["filename"]: one["stack_trace"].strip().splitlines()[-1] for one in found}

    def runs(self, dag_id: str) -> list[Run]:
        """Las corridas de un DAG con sus tareas, en el orden en que les tocaba empezar."""
        return [self.run(dag_id, one["dag_run_id"]) for one in self._runs(dag_id)]

    def run(self, dag_id: str, run_id: str) -> Run:
        """Cómo va una corrida: su estado, sus tareas y lo que devolvieron."""
        answer = self._run(dag_id, run_id)
        tasks = self._tasks(dag_id, run_id)
        options = {"xcom_key": "return_value", "limit": PAGE}
        path = _path(run_id, "~", "xcomEntries")
        xcoms = self._dag("GET", dag_id, path, params=options)["xcom_entries"]
        values = [self._value(dag_id, run_id, xcom) for xcom in xcoms]
        return answers.run(answer, tasks, answers.results(values))

    def log(
        self, dag_id: str, run_id: str, task_id: str, try_number: int = 1, map_index: int = -1
    ) -> str:
        """El registro de un intento de una tarea: la hora, la gravedad y lo que se escribió."""
        path = _path(run_id, task_id, "logs", str(try_number))
        options = {"map_index": map_index, "full_content": True}
        content = self._dag("GET", dag_id, path, params=options)["content"]
        return "\n".join(answers.log_lines(content))

    def _run(self, dag_id: str, run_id: str) -> answers.Answer:
        answer: answers.Answer = self._dag("GET", dag_id, _path(run_id))
        return answer

    def _runs(self, dag_id: str, **options: str) -> list[answers.Answer]:
        options = {"limit": str(PAGE), "order_by": "run_after", **options}
        return list(self._dag("GET", dag_id, "/dagRuns", params=options)["dag_runs"])

    def _tasks(self, dag_id: str, run_id: str) -> list[answers.Answer]:
        found = self._dag("GET", dag_id, _path(run_id, ""), params={"limit": PAGE})
        return list(found["task_instances"])

    def _value(self, dag_id: str, run_id: str, xcom: answers.Answer) -> answers.Answer:
        """Lo que devolvió una tarea."""
        path = _path(run_id, xcom["task_id"], "xcomEntries", "return_value")
        options = {"map_index": xcom["map_index"], "deserialize": True}
        answer: answers.Answer = self._dag("GET", dag_id, path, params=options)
        return answer

    def _dag(self, method: Method, dag_id: str, path: str = "", **options: Any) -> Any:  # noqa: ANN401
        """Un pedido sobre un DAG; si no existe, el error dice cuáles hay."""
        try:
            return self._rest.call(method, dag_path(dag_id) + path, **options)
        except AnswerError as error:
            known = self.dag_ids() if error.status == 404 else [dag_id]
            if dag_id not in known:
                names = ", ".join(known) or "ninguno"
                raise AirflowError(f"No hay un DAG {dag_id!r}. Los que hay: {names}.") from error
            raise


def dag_path(dag_id: str) -> str:
    """La ruta de un DAG en la API."""
    return f"dags/{quote(dag_id, safe='')}"


def _path(run_id: str, *parts: str) -> str:
    """La ruta de una corrida o, si se dan, de una tarea suya y lo que sigue."""
    steps = ["", "dagRuns", run_id, *(["taskInstances"] if parts else []), *filter(None, parts)]
    return "/".join(quote(step, safe="~") for step in steps)
