"""
### Tres maneras de esperar un archivo

**Qué muestra.** Los tres sensores esperan lo mismo, el archivo del día, y mientras tanto gastan
distinto:

| tarea | mientras espera | su estado |
|---|---|---|
| `wait_poking` | ocupa un worker de punta a punta | `running` |
| `wait_rescheduling` | lo suelta entre pregunta y pregunta | `up_for_reschedule` |
| `wait_deferring` | no ocupa ninguno: lo espera el triggerer | `deferred` |

**Cómo se corre.** Trigger. Después de mirar los estados, dejá el archivo donde dice *Plantillas
Renderizadas* de cualquiera de los tres, por ejemplo con `echo hola > …/2026-03-02.csv`.

**Qué mirar.** El color de los tres mientras esperan. Sin el archivo, a los 10 minutos fallan.
Para verlos esperar otra vez, borralo.
"""

from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.sdk import Param, dag, task

from amq2.orchestrator.data import data_folder, replace_file
from amq2.settings import TIME_ZONE


@dag(
    schedule=None,
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    dagrun_timeout=timedelta(minutes=20),
    default_args={
        "owner": "operaciones",
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "execution_timeout": timedelta(minutes=12),
    },
    params={"day": Param("2026-03-02", type="string", format="date", title="Día")},
    user_defined_macros={"data_folder": data_folder},
    tags=["amq2", "sensores"],
    doc_md=__doc__,
)
def three_sensors() -> None:
    file = "{{ data_folder('three_sensors') }}/{{ params.day }}.csv"
    every, give_up = timedelta(seconds=2), timedelta(minutes=10)
    sensors = [
        FileSensor(task_id="wait_poking", filepath=file, poke_interval=every, timeout=give_up),
        FileSensor(
            task_id="wait_rescheduling",
            filepath=file,
            mode="reschedule",
            poke_interval=every,
            timeout=give_up,
        ),
        FileSensor(
            task_id="wait_deferring",
            filepath=file,
            deferrable=True,
            poke_interval=every,
            timeout=give_up,
        ),
    ]

    @task
    def count_lines(path: str) -> str:
        lines = len(Path(path).read_text(encoding="utf-8").splitlines())
        return str(replace_file(Path(path).with_suffix(".txt"), f"{lines} renglones\n"))

    sensors >> count_lines(file)


three_sensors()
