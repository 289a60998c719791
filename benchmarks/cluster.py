"""La noche del banco repartida en dos workers: lo que usa `amq2.cluster.sums` para sus cuentas.

Tres noches en un mismo cluster, cada worker de a una tarea. Una chica y una grande, con una
partición por worker: la diferencia es lo que cuestan las filas que no se reparten. Y la grande otra
vez, en muchas particiones: lo que cuesta cada una, con lo que espera entre una y otra. Puntuar las
filas de una partición es décimas de segundo, menos de lo que varía empezar una tarea: eso se mide
antes y aparte, en un proceso.
"""

import json
import os
import platform
import tempfile
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from threadpoolctl import threadpool_limits

from amq2.batch import score_parquet
from amq2.cluster.running import Cluster, running_cluster
from amq2.cluster.sums import Speed
from amq2.credit import FEATURES, applicants
from amq2.model import train
from amq2.nightly.scoring import PROBABILITY
from amq2.orchestrator.home import AirflowError
from benchmarks.batch import write
from benchmarks.load import LoadError

RESULTS = Path(__file__).with_suffix(".json")
WORKERS = 2
SMALL, LARGE = 2_000, 1_000_000
FEW, MANY = WORKERS, 100
FIRST_DAY = date(2026, 3, 2)
PATIENCE = 1_800.0
SCORED, ROUNDS = 2_000_000, 5


@dataclass(frozen=True)
class Night:
    """Lo que se midió de una noche.

    Attributes:
        rows, partitions: cómo fue.
        seconds: lo que duró.
        scoring_seconds: de eso, desde que empezó la primera partición hasta que terminó la última.
    """

    rows: int
    partitions: int
    seconds: float
    scoring_seconds: float

    @property
    def serial_seconds(self) -> float:
        """Lo que no se reparte."""
        return self.seconds - self.scoring_seconds


def main() -> None:
    """Mide, muestra y guarda."""
    load = os.getloadavg()[0]
    rows_per_second = scoring_speed(SCORED, ROUNDS)
    try:
        with running_cluster(workers=WORKERS, concurrency=1, say=print) as cluster:
            for dag_id in ("close_the_day", "nightly_scoring"):
                cluster.wait_for_dag(dag_id)
                cluster.unpause(dag_id)
            # La primera no cuenta: entrena el modelo.
            cases = ((SMALL, FEW), (SMALL, FEW), (LARGE, FEW), (LARGE, MANY))
            nights = [_night(cluster, number, *case) for number, case in enumerate(cases)][1:]
    except AirflowError as error:
        raise LoadError(str(error)) from error
    speed = speed_of(*nights, rows_per_second=rows_per_second)
    conditions = {
        "cores": os.cpu_count(),
        "load_before": round(load, 2),
        "python": platform.python_version(),
        "workers": WORKERS,
    }
    found = {
        "conditions": conditions,
        "nights": list(map(asdict, nights)),
        "speed": asdict(speed),
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found["speed"], indent=1))


def scoring_speed(n_rows: int, n_rounds: int) -> float:
    """Filas por segundo que lee, puntúa y escribe un proceso, con un hilo; la ronda del medio."""
    seconds = []
    with tempfile.TemporaryDirectory(prefix="amq2-") as name, threadpool_limits(1):
        source, target = Path(name, "rows.parquet"), Path(name, "scores.parquet")
        write(source, applicants(n_rows)[list(FEATURES)], n_rows)
        models = {PROBABILITY: train()}
        for _ in range(n_rounds):
            os.sync()
            start = perf_counter()
            score_parquet(source, target, models)
            seconds.append(perf_counter() - start)
    return n_rows / median(seconds)


def speed_of(small: Night, few: Night, many: Night, *, rows_per_second: float) -> Speed:
    """Lo que se despeja de las tres noches.

    Args:
        small, few, many: la chica, la grande y la grande en muchas particiones.
        rows_per_second: filas por segundo que puntúa un worker.

    Raises:
        LoadError: si alguna cuenta no da positiva: la máquina estaba ocupada.
    """
    serial = few.serial_seconds - small.serial_seconds
    each = many.scoring_seconds * WORKERS / many.partitions
    partition = each - many.rows / many.partitions / rows_per_second
    if min(serial, partition) <= 0:
        raise LoadError("La máquina estaba ocupada: las cuentas no cierran. Repetí el comando.")
    return Speed(
        fixed_seconds=round(small.serial_seconds, 1),
        serial_rows_per_second=round((few.rows - small.rows) / serial),
        partition_seconds=round(partition, 2),
        rows_per_second=round(rows_per_second),
    )


def _night(cluster: Cluster, number: int, rows: int, partitions: int) -> Night:
    day = str(FIRST_DAY + timedelta(days=number))
    closing = cluster.trigger("close_the_day", conf={"day": day, "rows": rows})
    cluster.wait("close_the_day", closing, PATIENCE)
    conf = {"day": day, "partition_rows": rows // partitions}
    run = cluster.wait("nightly_scoring", cluster.trigger("nightly_scoring", conf=conf), PATIENCE)
    if run.state != "success":
        raise LoadError(f"La noche del {day} terminó en {run.state}: {run.errors}")
    times = [(task.start, task.end, task.task_id == "score") for task in run.tasks]
    known = [
        (start.timestamp(), end.timestamp(), is_score)
        for start, end, is_score in times
        if start and end
    ]
    scores = [one for one in known if one[2]]
    night = Night(rows, partitions, _span(known), _span(scores))
    print(night, flush=True)
    return night


def _span(times: list[tuple[float, float, bool]]) -> float:
    return round(max(end for _, end, _ in times) - min(start for start, _, _ in times), 2)
