"""Puntuar un archivo Parquet de solicitantes."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.pipeline import Pipeline

from amq2.model import predict_default


def score_parquet(
    source: Path, target: Path, models: Mapping[str, Pipeline], *, rows: range | None = None
) -> int:
    """Puntúa las filas de `source` y deja los puntajes en `target`; devuelve cuántas fueron."""
    found = pq.read_table(source).to_pandas()
    found = found if rows is None else found.iloc[rows.start : rows.stop]
    columns = {name: predict_default(model, found) for name, model in models.items()}
    half = target.with_name(f"{target.name}.half")
    pq.write_table(pa.table({"applicant_id": found["applicant_id"].to_numpy(), **columns}), half)
    half.replace(target)
    return len(found)
