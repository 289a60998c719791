"""El cluster de verdad, con la noche del banco: qué publica, en cuánto tiempo, y si se muere algo.

Lo corre `make test` en chico (`tests/test_cluster.py`) y `make stress` en grande.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg
import pyarrow.parquet as pq
import redis

from amq2.cluster.running import Cluster, running_cluster
from amq2.cluster.services import METADATA
from amq2.model import predict_default, train
from amq2.nightly.branches import applications_of
from amq2.orchestrator.connections import WAREHOUSE
from amq2.orchestrator.runs import Run
from tests.api_faults import Checks, Outcome
from tests.api_server import wait_until

DAG, DAY = "nightly_scoring", date(2026, 3, 2)
PATIENCE = 900.0

QUEUE = "default"
"""La lista de Redis en la que esperan las tareas."""

STUCK = "stuck in queued reschedule"
"""Cómo anota Airflow que encoló otra vez una tarea."""


@dataclass(frozen=True)
class Night:
    """Una corrida de la noche del banco, ya terminada.

    Attributes:
        run: la corrida.
        hosts: cuántas particiones puntuó cada worker.
        seconds: lo que pasó desde que empezó la primera partición hasta que terminó la última.
        repeated: cuántas tareas necesitaron más de un intento.
        wrong: lo publicado que no es lo que tenía que ser; vacío si salió bien.
        counts: filas que tenían que publicarse, publicadas, y repetidas.
    """

    run: Run
    hosts: Counter[str]
    seconds: float
    repeated: int
    wrong: list[str]
    counts: str


def open_branches(cluster: Cluster) -> None:
    """Espera a que el cluster lea los dos DAGs y los pone en marcha."""
    for dag_id in ("close_the_day", DAG):
        cluster.wait_for_dag(dag_id)
        cluster.unpause(dag_id)


def close_day(cluster: Cluster, day: date, rows: int) -> None:
    """Las sucursales cierran el día."""
    conf: dict[str, Any] = {"day": str(day), "rows": rows}
    closing = cluster.trigger("close_the_day", conf=conf)
    assert cluster.wait("close_the_day", closing, PATIENCE).state == "success"


def start_night(cluster: Cluster, day: date, rows: int, partitions: int) -> str:
    """Arranca la noche de un día cerrado; devuelve su `run_id`."""
    return cluster.trigger(DAG, conf={"day": str(day), "partition_rows": -(-rows // partitions)})


def end_night(cluster: Cluster, run_id: str, day: date, rows: int) -> Night:
    """Espera a que termine y compara lo publicado, fila por fila, con lo que tenía que ser."""
    run = cluster.wait(DAG, run_id, PATIENCE)
    scores = [task for task in run.tasks if task.task_id == "score"]
    starts = [task.start.timestamp() for task in scores if task.start]
    ends = [task.end.timestamp() for task in scores if task.end]
    wrong, counts = _published(cluster.home, day, rows)
    return Night(
        run,
        Counter(_scores(cluster.hosts(DAG, run_id))),
        max(ends) - min(starts),
        sum(tries > 1 for tries in run.tries.values()),
        [*wrong, *_copied(cluster, day, rows)]
        + ([] if run.state == "success" else [f"la corrida terminó en {run.state}"]),
        counts,
    )


def kill_in_the_middle(cluster: Cluster, run_id: str, victim: str, after: int) -> None:
    """Mata un worker que está puntuando, con `after` particiones ya hechas, alguna por él."""

    def is_busy() -> bool:
        done = _scores(cluster.hosts(DAG, run_id, "success"))
        doing = _scores(cluster.hosts(DAG, run_id, "running"))
        return len(done) >= after and victim in done and victim in doing

    assert wait_until(is_busy, PATIENCE), f"{victim} no llegó a puntuar"
    cluster.kill_worker(victim)


def _scores(hosts: dict[str, str]) -> list[str]:
    """Por cada partición puntuada, quién."""
    return [host for name, host in hosts.items() if name.startswith("score [")]


def _published(home: Path, day: date, rows: int) -> tuple[list[str], str]:
    path = home / "datos" / DAG / "published" / f"day={day}" / "scores.parquet"
    if not path.exists():
        return ["no se publicó nada"], "nada"
    table = pq.read_table(path, partitioning=None).to_pandas().set_index("applicant_id")
    expected = applications_of(day, rows)
    lost = len(expected.index.difference(table.index))
    double = int(table.index.duplicated().sum())
    strange = len(table.index.difference(expected.index))
    wrong = [f"{lost} filas perdidas"] * (lost > 0)
    wrong += [f"{double} filas repetidas"] * (double > 0)
    wrong += [f"{strange} filas de más"] * (strange > 0)
    if not wrong:
        scores = predict_default(train(), expected)
        is_same = np.allclose(table["probability"].loc[expected.index], scores, atol=1e-12, rtol=0)
        wrong += [] if is_same else ["hay puntajes distintos"]
    return wrong, f"{rows} filas esperadas, {len(table)} publicadas, {double} repetidas"


def _copied(cluster: Cluster, day: date, rows: int) -> list[str]:
    """Si en el warehouse, que es un PostgreSQL, el día está una vez."""
    query = """
        SELECT count(*), count(DISTINCT applicant_id) FROM applications WHERE application_date = %s
    """
    with psycopg.connect(cluster.services.database_url(WAREHOUSE)) as connection:
        found = connection.execute(query, [day]).fetchone()
    return [] if found == (rows, rows) else [f"en el warehouse hay {found} filas, y son {rows}"]


# Lo que corre `make stress`


def large_nights(*, rows: int, partitions: int) -> Iterator[Callable[[], Outcome]]:
    """La misma noche con un worker, con dos, y con dos de los que uno muere en el medio.

    Cada worker hace una tarea a la vez. Los segundos son los de puntuar todas las particiones.
    """
    done: list[Night] = []
    whole = partial(_whole_night, done=done, rows=rows, partitions=partitions)
    with running_cluster(workers=1, concurrency=1) as cluster:
        open_branches(cluster)
        yield partial(whole, cluster, "1 worker")
    with running_cluster(workers=2, concurrency=1) as cluster:
        open_branches(cluster)
        yield partial(whole, cluster, "2 workers")
        yield partial(whole, cluster, "2 workers, SIGKILL a 1 en el medio", victim="worker-2")


def _whole_night(
    cluster: Cluster, name: str, *, done: list[Night], rows: int, partitions: int, victim: str = ""
) -> Outcome:
    """Una noche entera; queda en `done`, donde la primera es la de un solo worker."""
    check = Checks()
    day = DAY + timedelta(days=len(done))
    close_day(cluster, day, rows)
    run_id = start_night(cluster, day, rows, partitions)
    if victim:
        kill_in_the_middle(cluster, run_id, victim, after=partitions // 3)
    night = end_night(cluster, run_id, day, rows)
    done.append(night)
    alone, workers = done[0], min(len(done), 2)
    check(len(night.hosts) == workers, f"puntuaron {len(night.hosts)} workers")
    check(bool(night.repeated) == bool(victim), f"tareas repetidas: {night.repeated}")
    check(night is alone or night.seconds < alone.seconds, "dos workers tardaron más que uno")
    ratio = f"; {alone.seconds / night.seconds:.2f} veces más rápido que 1 worker"
    return _outcome(f"{partitions} particiones, {name}", night, check, ratio * (workers > 1))


def lost_queue(*, rows: int, partitions: int) -> Outcome:
    """Redis pierde lo que tenía en la cola: ningún worker se entera de que había una tarea."""
    with running_cluster(workers=2, concurrency=1) as cluster:
        open_branches(cluster)
        close_day(cluster, DAY, rows)
        check = Checks()
        workers = [psutil.Process(pid) for pid in cluster.workers().values()]
        with redis.Redis.from_url(cluster.services.broker_url) as queue:
            for worker in workers:
                worker.suspend()
            # Lo que pidieron antes de detenerse vence enseguida; recién ahí, la cola es de nadie.
            check(
                wait_until(lambda: not queue.info("clients")["blocked_clients"]), "nadie se detuvo"
            )
            run_id = start_night(cluster, DAY, rows, partitions)
            check(wait_until(lambda: queue.llen(QUEUE)), "la cola siguió vacía")
            queue.delete(QUEUE)
            for worker in workers:
                worker.resume()
        night = end_night(cluster, run_id, DAY, rows)
        rescued = _rescued(cluster)
        check(rescued > 0, "nadie encoló otra vez la tarea")
        check(night.repeated == 0, f"tareas repetidas: {night.repeated}")
        how = f"; {rescued} encolada otra vez, sin gastar un intento"
        return _outcome("Redis pierde la cola", night, check, how)


def _rescued(cluster: Cluster) -> int:
    """Cuántas veces encoló otra vez el scheduler una tarea que nadie empezaba."""
    query = "SELECT count(*) FROM log WHERE event = %s"
    with psycopg.connect(cluster.services.database_url(METADATA)) as connection:
        [count] = connection.execute(query, [STUCK]).fetchone() or [0]
    return int(count)


def _outcome(fault: str, night: Night, check: Checks, more: str) -> Outcome:
    shares = ", ".join(f"{host} hizo {n}" for host, n in sorted(night.hosts.items()))
    text = f"{night.seconds:.0f} s; {shares}; tareas con más de un intento: {night.repeated}{more}"
    return Outcome(fault, text, [*check.problems, *night.wrong], night.counts)
