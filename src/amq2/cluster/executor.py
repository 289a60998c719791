"""Cómo se configura Airflow para que reparta sus tareas: CeleryExecutor, y qué pasa si algo muere.

Un worker que muere deja dos clases de tareas. Las que había empezado dejan de latir: a los
`HEARTBEAT_TIMEOUT` segundos el scheduler las da por caídas, y gastan un reintento. Las que había
sacado de la cola y no llegó a empezar no laten todavía: a los `QUEUED_TIMEOUT` segundos el
scheduler las encola otra vez, sin gastar nada. De fábrica son 300 y 600.

Nada se hace dos veces. Quien deja empezar es la API de ejecución de Airflow, una vez por intento;
un mensaje repetido, o de un intento anterior, se descarta.
"""

import json
import os
import socket
from importlib.metadata import version
from pathlib import Path

from amq2.cluster.services import METADATA, Services
from amq2.orchestrator.connections import OPERATIONAL, WAREHOUSE, connections
from amq2.orchestrator.home import migrate
from amq2.orchestrator.parts import COMPONENTS, Component, airflow

HEARTBEAT_TIMEOUT = 20
"""Segundos sin latir; una tarea viva late una vez por segundo."""

QUEUED_TIMEOUT = 30
"""Segundos en la cola."""

LOOK = 5
"""Cada cuántos segundos busca el scheduler esas tareas."""

PRELOADED = ("amq2.nightly.quality", "amq2.nightly.scoring")
"""Los módulos que tardan en importarse y que usa casi toda tarea que puntúa."""

WORKER = "AMQ2_WORKER"
"""La variable de entorno con el nombre de cada worker."""


def settings(services: Services, home: Path, slots: int) -> dict[str, str]:
    """Las variables de entorno que un cluster cambia o agrega a las de una notebook.

    Args:
        services: las bases y la cola.
        home: la casa de Airflow.
        slots: cuántas tareas puede haber a la vez entre todos los workers.
    """
    metadata = services.database_url(METADATA, driver="+psycopg")
    bases = {name: services.connection(name) for name in (OPERATIONAL, WAREHOUSE)}
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata,
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CELERY__BROKER_URL": services.broker_url,
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{metadata}",
        # Ni una más de las que se pueden empezar: así ninguna espera en la cola porque sí.
        "AIRFLOW__CORE__PARALLELISM": str(slots),
        "AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
        # Un día: quien rescata lo que se pierde no es Redis, es el scheduler.
        "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "86400",
        "AIRFLOW__CELERY__SYNC_PARALLELISM": "1",
        # Cada tarea es un fork del worker: lo que él ya importó, ella lo encuentra importado.
        "AIRFLOW__CELERY__EXTRA_CELERY_CONFIG": json.dumps({"imports": PRELOADED}),
        # Cuánto duerme el scheduler cuando no tuvo qué hacer; de fábrica, un segundo.
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(HEARTBEAT_TIMEOUT),
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": str(LOOK),
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": str(QUEUED_TIMEOUT),
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": str(LOOK),
        # De fábrica, dos: una tarea que espera a un worker que tarda no es una tarea que falló.
        "AIRFLOW__SCHEDULER__NUM_STUCK_IN_QUEUED_RETRIES": "1000",
        # Airflow anota en cada tarea en qué máquina corrió: acá, qué worker.
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "amq2.cluster.executor.host_name",
        **connections(home, bases),
    }


def components(workers: int, concurrency: int) -> tuple[Component, ...]:
    """Las partes de Airflow, con `workers` workers que hacen `concurrency` tareas a la vez.

    Un worker que muere no apaga a los demás.
    """
    return (*COMPONENTS, *(_worker(name, concurrency) for name in worker_names(workers)))


def worker_names(workers: int) -> list[str]:
    """`worker-1`, `worker-2`…"""
    return [f"worker-{number}" for number in range(1, workers + 1)]


def celery_name(worker: str) -> str:
    """Cómo lo llama Celery."""
    return f"{worker}@cluster"


def host_name() -> str:
    """El nombre de este worker o, si no es uno, el de la máquina."""
    return os.environ.get(WORKER) or socket.gethostname()


def prepare_databases(variables: dict[str, str], services: Services, folder: Path) -> None:
    """Crea las tablas de Airflow y las de Celery; si ya estaban, no hace nada.

    Args:
        variables: las de entorno, todas.
        services: las bases.
        folder: donde se anota que ya están, para la próxima vez.

    Raises:
        AirflowError: si no se puede.
    """
    done = folder / f"airflow-{version('apache-airflow')}"
    if done.exists():
        return
    from celery.backends.database.session import SessionManager

    migrate(variables)
    # Si las crearan los workers, lo harían a la vez, y uno moriría.
    manager = SessionManager()
    engine = manager.get_engine(services.database_url(METADATA, driver="+psycopg"))
    manager.prepare_models(engine)
    engine.dispose()
    done.touch()


def _worker(name: str, concurrency: int) -> Component:
    # Sin servidor de registros (los ve todo el mundo en la misma carpeta) y sin charla entre ellos.
    quiet = ("--skip-serve-logs", "--without-gossip", "--without-mingle")
    options = (f"--celery-hostname={celery_name(name)}", f"--concurrency={concurrency}", *quiet)
    return Component(
        name,
        airflow("celery", "worker", *options).command,
        env={WORKER: name},
        is_essential=False,
    )
