"""El cluster encendido al lado de un programa: `with running_cluster(dags) as airflow`."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import psutil
from celery import Celery

from amq2.cluster import executor
from amq2.cluster.services import Services, running_services
from amq2.orchestrator import answers
from amq2.orchestrator.client import Airflow
from amq2.orchestrator.home import COURSE_DAGS, AirflowError, address
from amq2.orchestrator.launching import open_log, reserved, settings_of, supervised, wait_until
from amq2.orchestrator.supervisor import PROCESSES

WORKERS = 2
CONCURRENCY = 2
"""Tareas a la vez en cada worker, si no se dice otra cosa."""

SECONDS_TO_DIE = 10

SERVERS = "servers"
"""La carpeta de la casa con PostgreSQL y Redis."""


class Cluster(Airflow):
    """Un Airflow repartido: lo mismo que cualquiera, y sus workers.

    Attributes:
        services: sus bases y su cola.
    """

    def __init__(self, url: str, home: Path, services: Services, workers: int) -> None:
        super().__init__(url, home)
        self.services = services
        self._names = executor.worker_names(workers)

    def is_ready(self, since: datetime) -> bool:
        """Si además contestan todos los workers."""
        if not super().is_ready(since):
            return False
        with Celery(broker=self.services.broker_url) as celery:
            found = celery.control.ping(timeout=1.0, limit=len(self._names))
        return {name for one in found for name in one} == {
            executor.celery_name(name) for name in self._names
        }

    def workers(self) -> dict[str, int]:
        """Los workers vivos, y el número de proceso de cada uno."""
        pids = json.loads((self.home / PROCESSES).read_text(encoding="utf-8"))
        return {name: pids[name] for name in self._names if _is_alive(pids[name])}

    def kill_worker(self, name: str) -> None:
        """Mata un worker y las tareas que esté haciendo (SIGKILL), como si se cortara la luz.

        Raises:
            AirflowError: si no está vivo.
        """
        alive = self.workers()
        if name not in alive:
            raise AirflowError(
                f"{name} no está vivo. Los que hay: {', '.join(alive) or 'ninguno'}."
            )
        worker = psutil.Process(alive[name])
        worker.suspend()  # para que no lance otra tarea mientras se hace la lista
        for process in [*worker.children(recursive=True), worker]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs([worker], SECONDS_TO_DIE)

    def hosts(self, dag_id: str, run_id: str, *states: str) -> dict[str, str]:
        """Qué worker hizo, o está haciendo, cada tarea.

        Args:
            dag_id, run_id: la corrida.
            states: sólo las tareas en esos estados; si no se dan, todas las que empezaron.
        """
        tasks = self._tasks(dag_id, run_id)
        return {
            answers.name(task): task["hostname"]
            for task in tasks
            if task["hostname"] and (not states or task["state"] in states)
        }


@contextlib.contextmanager
def running_cluster(
    dags: Path = COURSE_DAGS,
    *,
    workers: int = WORKERS,
    concurrency: int = CONCURRENCY,
    port: int | None = None,
    home: Path | None = None,
    start_timeout: float = 120.0,
    env: Mapping[str, str] | None = None,
    say: Callable[[str], object] = lambda line: None,
) -> Iterator[Cluster]:
    """Enciende PostgreSQL, Redis y Airflow con sus workers, y los apaga al salir del bloque.

    Args:
        dags: la carpeta con los DAGs.
        workers: cuántos workers.
        concurrency: cuántas tareas hace cada uno a la vez.
        port: el puerto de la pantalla y de la API REST; si no se da, uno libre.
        home: la casa, que se conserva; si no se da, una temporal.
        start_timeout: segundos que se le dan a Airflow para estar listo.
        env: variables de entorno que se agregan.
        say: a quién contarle, en un renglón, cada cosa que ya está.

    Raises:
        AirflowError: si falta un programa, si el puerto o la casa ya se usan, o si no arranca.
    """
    is_temporary = home is None
    place = (home or Path(tempfile.mkdtemp(prefix="amq2-airflow-"))).absolute()
    # Aparte: si esto se corta, cada supervisor borra la suya.
    servers = Path(tempfile.mkdtemp(prefix="amq2-servers-")) if is_temporary else place / SERVERS
    try:
        (place / "datos").mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            number = stack.enter_context(reserved(port))
            log = stack.enter_context(open_log(place))
            services = stack.enter_context(
                running_services(servers, log, is_temporary=is_temporary)
            )
            say(f"PostgreSQL (puerto {services.postgres_port}) y Redis ya contestan")
            variables = {
                **settings_of(place, dags.absolute(), number),
                **executor.settings(services, place, workers * concurrency),
                **(env or {}),
            }
            executor.prepare_databases(variables, services, servers)
            say("La base de Airflow está lista")
            parts = executor.components(workers, concurrency)
            supervisor = stack.enter_context(supervised(place, parts, variables, log, is_temporary))
            airflow = Cluster(address(number), place, services, workers)
            wait_until(airflow.is_ready, "El cluster", supervisor, log, start_timeout)
            yield airflow
    finally:
        for folder in (place, servers) if is_temporary else ():
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
