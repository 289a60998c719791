"""
### La noche del banco: del cierre del día a los puntajes publicados

**Qué muestra.** Una predicción *batch* entera. Espera el cierre de las sucursales, copia el día al
*warehouse*, separa las filas que no sirven y dice por qué, puntúa por particiones, publica todo o
nada y escribe el informe. Corrida dos veces, cortada o rehecha, publica lo mismo.

**Cómo se corre.** `close_the_day` hace de sucursales. Con *Trigger* y el mismo `day`, corre ese
día; con *Backfill*, muchos. `partition_rows` dice cuántas filas lleva cada partición y
`max_rejected` qué parte puede quedar en cuarentena.

**Qué mirar.** En `datos/nightly_scoring/`: `published/`, lo que ven los demás; `reports/`, el
informe de cada día; `quarantine/`, lo que no se publicó; `notices.jsonl`, los avisos.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.sdk import CronDataIntervalTimetable, Param, TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowFailException

from amq2.nightly.notices import on_run_failure, on_task_failure
from amq2.settings import TIME_ZONE

HOURS_TO_ARRIVE = 6

Facts = dict[str, Any]
"""Lo que una corrida decide una sola vez: el día, sus rutas y las versiones de los modelos."""


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone=str(TIME_ZONE)),
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    max_active_runs=4,
    dagrun_timeout=timedelta(hours=12),
    on_failure_callback=on_run_failure,
    default_args={
        "owner": "riesgo",
        "retries": 2,
        "retry_delay": timedelta(seconds=10),
        "execution_timeout": timedelta(hours=1),
        "on_failure_callback": on_task_failure,
    },
    params={
        "day": Param(None, type=["null", "string"], format="date", title="Día"),
        "partition_rows": Param(50_000, type="integer", minimum=1, title="Filas por partición"),
        "max_rejected": Param(
            0.1, type="number", minimum=0, maximum=1, title="Parte en cuarentena"
        ),
    },
    tags=["amq2", "batch"],
    doc_md=__doc__,
)
def nightly_scoring() -> None:
    @task
    def start(
        params: Facts | None = None,
        data_interval_start: Any = None,  # noqa: ANN401
        run_id: str | None = None,
    ) -> Facts:
        """El día, la carpeta de trabajo y los modelos: lo mismo para todas las tareas."""
        from amq2.nightly import models, places

        assert params is not None
        assert run_id is not None
        if params["day"] is None and data_interval_start is None:
            raise AirflowFailException("Corrida a mano sin día: hacé Trigger y completá day.")
        day = params["day"] or str(data_interval_start.astimezone(TIME_ZONE).date())
        the_day, chosen = date.fromisoformat(day), models.choice()
        return {
            "day": day,
            "closing": str(places.closing_file(the_day)),
            "folder": str(places.staging(the_day, run_id)),
            "active": chosen.active,
            "shadow": chosen.shadow,
        }

    wait_for_closing = FileSensor(
        task_id="wait_for_closing",
        filepath="{{ ti.xcom_pull(task_ids='start')['closing'] }}",
        mode="reschedule",
        poke_interval=10,
        timeout=HOURS_TO_ARRIVE * 3600,
    )

    @task
    def check_closing(facts: Facts) -> int:
        """Cuántas solicitudes trae el cierre; si no sirve, no hay nada que reintentar."""
        from amq2.nightly.closing import ClosingError, read_closing

        try:
            return len(read_closing(_day(facts)).amounts)
        except ClosingError as error:
            raise AirflowFailException(str(error)) from None

    @task
    def copy(facts: Facts) -> int:
        from amq2.nightly.warehouse import copy_day

        return copy_day(_day(facts))

    @task
    def check_quality(facts: Facts, params: Facts | None = None) -> Facts:
        from amq2.nightly.closing import read_closing
        from amq2.nightly.quality import QualityError, check_day

        assert params is not None
        day, folder = _day(facts), Path(facts["folder"])
        # Si la corrida ya había terminado y se la rehace desde acá o desde copy, la borró clean_up.
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return check_day(day, read_closing(day), folder, params["max_rejected"]).to_dict()
        except QualityError as error:
            raise AirflowFailException(str(error)) from None

    @task.branch
    def choose(quality: Facts) -> str:
        return "quarantine" if quality["rejected"] else "no_quarantine"

    @task
    def quarantine(facts: Facts) -> str:
        """Deja las filas malas, con su motivo, donde alguien las mira."""
        from amq2.nightly.places import rejected_file
        from amq2.nightly.quality import REJECTED
        from amq2.orchestrator.data import replace_file

        text = (Path(facts["folder"]) / REJECTED).read_text(encoding="utf-8")
        return str(replace_file(rejected_file(_day(facts)), text))

    @task
    def no_quarantine(facts: Facts) -> None:
        """Saca la cuarentena de una corrida anterior de este día, si la hubo."""
        from amq2.nightly.places import rejected_file

        rejected_file(_day(facts)).unlink(missing_ok=True)

    @task(trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
    def plan_partitions(quality: Facts, params: Facts | None = None) -> list[dict[str, int]]:
        from amq2.nightly import scoring

        assert params is not None
        return scoring.plan_partitions(quality["clean"], params["partition_rows"])

    @task(map_index_template="{{ task.op_kwargs['part']['start'] }}")
    def score(part: dict[str, int], facts: Facts) -> str:
        from amq2.nightly.quality import CLEAN
        from amq2.nightly.scoring import score_partition

        [target] = _files(facts, [part])
        clean = Path(facts["folder"]) / CLEAN
        score_partition(clean, part, target, (facts["active"], facts["shadow"]))
        return str(target)

    @task
    def publish(facts: Facts, parts: list[dict[str, int]]) -> str:
        from amq2.nightly import publication
        from amq2.nightly.quality import CLEAN

        clean, files = Path(facts["folder"]) / CLEAN, _files(facts, parts)
        return str(publication.publish(_day(facts), clean, files, facts["active"]))

    @task
    def report(facts: Facts, quality: Facts, parts: list[dict[str, int]]) -> str:
        from amq2.nightly.quality import CLEAN, REJECTED
        from amq2.nightly.report import write_report

        folder, files = Path(facts["folder"]), _files(facts, parts)
        clean, rejected = folder / CLEAN, folder / REJECTED
        return str(write_report(_day(facts), quality, clean, rejected, files, facts["shadow"]))

    @task
    def clean_up(facts: Facts) -> None:
        """Borra la carpeta de trabajo: lo que importa ya está publicado."""
        import shutil

        shutil.rmtree(facts["folder"], ignore_errors=True)

    facts = start()
    copied, quality = copy(facts), check_quality(facts)
    facts >> wait_for_closing >> check_closing(facts) >> copied >> quality
    sides, parts = [quarantine(facts), no_quarantine(facts)], plan_partitions(quality)
    choose(quality) >> sides >> parts
    scored = score.partial(facts=facts).expand(part=parts)
    # Por el plan y no por lo que devolvió score: de una corrida rehecha con menos particiones, en
    # XCom siguen las que sobran.
    published, written = publish(facts, parts), report(facts, quality, parts)
    scored >> published >> written >> clean_up(facts)


def _day(facts: Facts) -> date:
    return date.fromisoformat(facts["day"])


def _files(facts: Facts, parts: list[dict[str, int]]) -> list[Path]:
    return [Path(facts["folder"]) / f"part-{part['start']:09}.parquet" for part in parts]


nightly_scoring()
