"""
### Una tarea por partición (*dynamic mapping*)

**Qué muestra.** Cuántas particiones hay se sabe recién al correr: `list_partitions` las nombra y
`score.expand` hace una copia de `score` por cada una. Corren de a dos
(`max_active_tis_per_dagrun`). Cada copia reemplaza su archivo: si falla una, se repite esa sola.

**Cómo se corre.** Trigger; `size` es cuántas solicitudes lleva cada partición.

**Qué mirar.** En `score`, la pestaña *Instancias de Tarea*: cada copia tiene el nombre de su
partición. Los puntajes quedan en `datos/mapped_scores/<día>/`, y `summary.csv` los cuenta.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from airflow.sdk import Param, dag, task

from amq2.orchestrator.data import data_folder, replace_file, requests_of
from amq2.settings import TIME_ZONE


@dag(
    schedule=None,
    start_date=datetime(2026, 3, 2, tzinfo=TIME_ZONE),
    catchup=False,
    dagrun_timeout=timedelta(minutes=10),
    default_args={
        "owner": "riesgo",
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "execution_timeout": timedelta(minutes=2),
    },
    params={
        "day": Param("2026-03-02", type="string", format="date", title="Día"),
        "size": Param(50, type="integer", minimum=10, maximum=200, title="Filas por partición"),
    },
    tags=["amq2", "mapeo"],
    doc_md=__doc__,
)
def mapped_scores() -> None:
    @task
    def find_model() -> str:
        """El modelo publicado, con su versión en el nombre: si ya está, no se toca."""
        from amq2.model import MODEL_VERSION, metadata_path, save, train

        path = data_folder("mapped_scores") / f"model-{MODEL_VERSION}.skops"
        # La ficha es lo último que se guarda.
        if not metadata_path(path).exists():
            save(train(), path)
        return str(path)

    @task
    def list_partitions(day: str, params: dict[str, int] | None = None) -> list[dict[str, int]]:
        assert params is not None
        rows, size = len(requests_of(date.fromisoformat(day))), params["size"]
        # Lo que sobró de otra corrida con otro tamaño no es de ésta.
        for old in (data_folder("mapped_scores") / day).glob("scores-*.csv"):
            old.unlink()
        return [{"start": at, "stop": min(at + size, rows)} for at in range(0, rows, size)]

    @task(
        max_active_tis_per_dagrun=2,
        map_index_template="{{ task.op_kwargs['part']['start'] }}",
    )
    def score(part: dict[str, int], day: str, model: str) -> str:
        from amq2.model import load, predict_default

        rows = requests_of(date.fromisoformat(day)).iloc[part["start"] : part["stop"]]
        scores = rows.assign(score=predict_default(load(Path(model)), rows))[["score"]]
        path = data_folder("mapped_scores") / day / f"scores-{part['start']:03}.csv"
        return str(replace_file(path, scores.to_csv()))

    @task
    def write_summary(files: list[str], day: str) -> str:
        import pandas as pd

        tables = {Path(file).stem: pd.read_csv(file)["score"] for file in files}
        rows = [(name, len(table), table.mean().round(6)) for name, table in tables.items()]
        summary = pd.DataFrame(rows, columns=["partition", "rows", "mean_score"])
        path = data_folder("mapped_scores") / day / "summary.csv"
        return str(replace_file(path, summary.to_csv(index=False)))

    day = "{{ params.day }}"
    files = score.partial(day=day, model=find_model()).expand(part=list_partitions(day))
    write_summary(files, day)


mapped_scores()
