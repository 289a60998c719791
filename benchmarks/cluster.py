"""La noche del banco repartida en dos workers: lo que usa `amq2.cluster.sums` para sus cuentas.

Tres noches en un mismo cluster, cada worker de a una tarea. Una chica y una grande, con una
partición por worker: la diferencia es lo que cuestan las filas. Y la grande otra vez, en muchas
particiones: lo que tarda de más es lo que cuesta cada una, con lo que espera entre una y otra.
"""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from amq2.cluster.running import Cluster, running_cluster
from amq2.cluster.sums import Speed
from amq2.orchestrator.home import AirflowError
from benchmarks.load import LoadError

RESULTS = Path(__file__).with_suffix(".json")
WORKERS = 2
SMALL, LARGE = 2_000, 1_000_000
FEW, MANY = WORKERS, 100
FIRST_DAY = date(2026, 3, 2)
PATIENCE = 1_800.0


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
    speed = speed_of(*nights)
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


def speed_of(small: Night, few: Night, many: Night) -> Speed:
    """Lo que se despeja de las tres noches.

    Raises:
        LoadError: si alguna cuenta no da positiva: la máquina estaba ocupada.
    """
    serial = few.serial_seconds - small.serial_seconds
    scoring = (few.scoring_seconds - small.scoring_seconds) * WORKERS
    rows = few.rows - small.rows
    each = many.scoring_seconds * WORKERS / many.partitions
    partition = each - many.rows / many.partitions * scoring / rows
    if min(serial, scoring, partition) <= 0:
        raise LoadError("La máquina estaba ocupada: las cuentas no cierran. Repetí el comando.")
    return Speed(
        fixed_seconds=round(small.serial_seconds, 1),
        serial_rows_per_second=round(rows / serial),
        partition_seconds=round(partition, 2),
        rows_per_second=round(rows / scoring),
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
