"""Puntuar un Parquet de cualquier tamaño con memoria acotada, y publicarlo entero o nada.

El archivo pasa de a pedazos: se leen unas filas, se puntúan, se escriben y se olvidan. Lo que hay
en memoria no depende de cuántas filas tenga. El resultado se escribe con otro nombre y al final
toma el suyo: quien lo lea ve el viejo o el nuevo, nunca uno a medias.

    score_parquet(Path("clean.parquet"), Path("scores.parquet"), {"probability": train()})

Cómo se leen y se escriben los archivos está en `amq2.batch_files`.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn import config_context
from sklearn.pipeline import Pipeline
from tqdm import tqdm

from amq2.batch_files import ID, BatchError, Rows, chunks, required, rows_of, writing
from amq2.credit import FEATURES
from amq2.model import predict_default, round_scores
from amq2.predictor import without_names

CHUNK_ROWS = 100_000
"""Filas que hay en memoria a la vez: son unos 6 MB, sin contar lo que use el modelo."""

Models = Mapping[str, Pipeline]
"""De cada columna que se escribe, el modelo que la calcula."""


def score_parquet(
    source: Path,
    target: Path,
    models: Models,
    *,
    rows: range | None = None,
    chunk_rows: int = CHUNK_ROWS,
    metadata: Mapping[str, str] | None = None,
    progress: bool = False,
) -> int:
    """Puntúa las filas de `source` y deja `target` entero, o como estaba.

    Args:
        source: un Parquet con `applicant_id` (int64) y las columnas de `FEATURES`, números sin
            nulos. Si trae otras, no se leen.
        target: el Parquet que se escribe: `applicant_id` y una columna float64 por modelo, con los
            puntajes de `amq2.model.predict_default`, en el orden de `source`.
        models: los modelos; cualquiera que tenga `predict_proba`.
        rows: qué filas, contadas desde 0; si no se dice, todas. Lo demás no se lee.
        chunk_rows: cuántas filas hay en memoria a la vez.
        metadata: lo que se anota en el esquema de `target`, por ejemplo la versión del modelo.
        progress: si se muestra una barra.

    Returns:
        Cuántas filas se puntuaron.

    Raises:
        BatchError: si `source` no se puede leer o no trae lo que debe, o si `target` no se puede
            escribir.
    """
    rows = rows_of(source) if rows is None else rows
    with (
        writing(target, output_schema(models, metadata)) as writer,
        tqdm(total=len(rows), desc="Puntúo", unit="fila", disable=not progress) as bar,
    ):
        for ids, scores in scored(source, models, rows, chunk_rows):
            writer.write_batch(pa.record_batch([ids, *scores], schema=writer.schema))
            bar.update(len(ids))
    return len(rows)


def output_schema(models: Models, metadata: Mapping[str, str] | None = None) -> pa.Schema:
    """Las columnas que se escriben: el identificador y una por modelo."""
    columns = [(ID, pa.int64()), *((name, pa.float64()) for name in models)]
    return required(columns).with_metadata(dict(metadata or {}))


def scored(
    source: Path, models: Models, rows: range, chunk_rows: int
) -> Iterator[tuple[pa.Array, list[Rows]]]:
    """Las filas pedidas, de a `chunk_rows` como mucho: sus identificadores y, por modelo, puntajes.

    Raises:
        BatchError: si `source` no se puede leer o no trae lo que debe.
    """
    predictors = [_predictor(name, model) for name, model in models.items()]
    for ids, values in chunks(source, rows, chunk_rows):
        yield ids, [predict(values) for predict in predictors]


def _predictor(name: str, model: Pipeline) -> Callable[[Rows], Rows]:
    """La función que puntúa un arreglo con las columnas en el orden de `FEATURES`.

    Sin los nombres de las columnas es más rápido, salvo que el modelo las elija por su nombre.
    """
    if tuple(getattr(model, "feature_names_in_", FEATURES)) != FEATURES:
        raise BatchError(f"El modelo de {name} usa otras columnas: entrenalo con FEATURES.")
    bare = without_names(model)

    def by_position(values: Rows) -> Rows:
        with config_context(assume_finite=True):  # ya se revisó al leer
            return round_scores(bare.predict_proba(values)[:, 1])

    def by_name(values: Rows) -> Rows:
        return predict_default(model, pd.DataFrame(values, columns=list(FEATURES)))

    one = np.zeros((1, len(FEATURES)))
    # Entrenado sin nombres, no hay con qué elegir las columnas.
    for predict in (by_position, by_name) if hasattr(model, "feature_names_in_") else [by_position]:
        try:
            predict(one)
        except (ValueError, IndexError):
            continue
        return predict
    raise BatchError(
        f"El modelo de {name} no da dos probabilidades con {len(FEATURES)} columnas: entrenalo con "
        "FEATURES y con las dos clases."
    )
