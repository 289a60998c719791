"""El cluster de verdad, con la noche del banco: qué publica, en cuánto tiempo, y si se muere algo.

Lo corre `make test` en chico (`tests/test_cluster.py`) y `make stress` en grande.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg
import pyarrow.parquet as pq

from amq2.cluster.running import Cluster, running_cluster
from amq2.model import predict_default, train
from amq2.nightly.branches import applications_of
from amq2.orchestrator.connections import WAREHOUSE
from amq2.orchestrator.runs import Run
from tests.api_faults import Checks, Outcome
from tests.api_server import wait_until

DAG, DAY = "nightly_scoring", date(2026, 3, 2)
PATIENCE = 900.0


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


def start_night(cluster: Cluster, day: date, rows: int, partitions: int) -> str:
    """Las sucursales cierran el día, y arranca la noche; devuelve su `run_id`."""
    conf: dict[str, Any] = {"day": str(day), "rows": rows}
    closing = cluster.trigger("close_the_day", conf=conf)
    assert cluster.wait("close_the_day", closing, PATIENCE).state == "success"
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
    title = f"{partitions} particiones, {{}}"
    with running_cluster(workers=1, concurrency=1) as cluster:
        open_branches(cluster)
        alone = end_night(cluster, start_night(cluster, DAY, rows, partitions), DAY, rows)
        yield lambda: _outcome(title.format("1 worker"), alone)
    with running_cluster(workers=2, concurrency=1) as cluster:
        open_branches(cluster)
        both = end_night(cluster, start_night(cluster, DAY, rows, partitions), DAY, rows)
        yield lambda: _outcome(title.format("2 workers"), both, alone=alone)
        day = DAY + timedelta(days=1)
        run_id = start_night(cluster, day, rows, partitions)
        kill_in_the_middle(cluster, run_id, "worker-2", after=partitions // 3)
        killed = end_night(cluster, run_id, day, rows)
        name = title.format("2 workers, SIGKILL a 1 en el medio")
        yield lambda: _outcome(name, killed, alone=alone, is_hurt=True)


def hung_worker(*, rows: int, partitions: int) -> Outcome:
    """Un worker se cuelga: saca de la cola una tarea que no llega a empezar. Después, muere."""
    with running_cluster(workers=2, concurrency=1) as cluster:
        open_branches(cluster)
        run_id = start_night(cluster, DAY, rows, partitions)
        psutil.Process(cluster.workers()["worker-2"]).suspend()
        is_stuck = wait_until(lambda: _stuck(cluster, run_id), PATIENCE)
        cluster.kill_worker("worker-2")
        outcome = _outcome("un worker se cuelga y muere", end_night(cluster, run_id, DAY, rows))
    return replace(outcome, problems=outcome.problems + ["no se colgó nada"] * (not is_stuck))


def _stuck(cluster: Cluster, run_id: str) -> bool:
    """Si una partición sigue en la cola y ya hay cuatro hechas: la sacó el que está colgado."""
    states = [task.state for task in cluster.run(DAG, run_id).tasks if task.task_id == "score"]
    return "queued" in states and states.count("success") >= 4


def _outcome(
    fault: str, night: Night, *, alone: Night | None = None, is_hurt: bool = False
) -> Outcome:
    check = Checks()
    shares = ", ".join(f"{host} hizo {n}" for host, n in sorted(night.hosts.items()))
    text = f"{night.seconds:.0f} s; {shares}; {night.repeated} tareas con más de un intento"
    if alone is not None:
        text += f"; 1 worker / esto = {alone.seconds / night.seconds:.2f}"
        check(len(night.hosts) == 2, "puntuó uno solo")
        check(is_hurt or night.seconds < alone.seconds, "dos workers tardaron más que uno")
    check(not is_hurt or night.repeated > 0, "no se repitió nada: el que murió no hacía nada")
    return Outcome(fault, text, [*check.problems, *night.wrong], night.counts)
