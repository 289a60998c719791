"""
### Corregir una clase entera, repartida

**Qué muestra.** Lo mismo que `make grade`, con las mismas notas, para una clase que no entra en una
máquina. `plan` reparte en tandas las entregas que cambiaron; `execute` las ejecuta, encerradas, una
tanda por copia (*dynamic mapping*) y tantas a la vez como deje Airflow; `write_marks`, que es una
sola, anota las notas en gradebook.db. Si muere una tarea, se repite y no ejecuta de nuevo lo que
ya había ejecutado.

**Cómo se corre.** Dejá las entregas en submitted/ (`make collect`) y hacé Trigger; `unit` es la
unidad, o ninguna para todas, y `size`, cuántas entregas lleva cada tanda. Cada tanda tarda unos
segundos en cargar los módulos: que no sean muy chicas.

**Qué mirar.** El registro de `write_marks`: cuántas se corrigieron y qué hay que mirar a mano.
Sigue `make feedback`, `make grades` o `make formgrader`.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import Param, TriggerRule, dag, task

from amq2.settings import TIME_ZONE

if TYPE_CHECKING:
    from amq2.instructor.batches import Run

Batch = dict[str, object]
"""Una tanda: la unidad, y de qué estudiantes."""


@dag(
    schedule=None,
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=24),
    default_args={
        "owner": "docentes",
        "retries": 3,
        "retry_delay": timedelta(seconds=10),
        "execution_timeout": timedelta(hours=6),
    },
    params={
        "unit": Param(None, type=["null", "string"], title="Unidad"),
        "size": Param(20, type="integer", minimum=1, title="Entregas por tanda"),
    },
    tags=["amq2", "docentes"],
    doc_md=__doc__,
)
def grade_class() -> None:
    @task
    def plan(params: dict[str, Any] | None = None, run_id: str | None = None) -> list[Batch]:
        assert params is not None
        return _run(run_id).plan(params["unit"], params["size"])

    @task(map_index_template="{{ task.op_kwargs['batch']['students'] | first }}")
    def execute(batch: Batch, run_id: str | None = None) -> None:
        _run(run_id).execute(batch)

    # También si no había nada que ejecutar: lo dice.
    @task(trigger_rule=TriggerRule.NONE_FAILED)
    def write_marks(params: dict[str, Any] | None = None, run_id: str | None = None) -> str:
        from amq2.instructor.grade import summary

        assert params is not None
        text = summary(_run(run_id).write_marks(params["unit"]))
        print(text)
        return text

    execute.expand(batch=plan()) >> write_marks()


def _run(run_id: str | None) -> "Run":
    from amq2.instructor.batches import Run

    assert run_id is not None
    return Run.named(run_id)


grade_class()
