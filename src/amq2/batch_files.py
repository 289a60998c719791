"""Los archivos de `amq2.batch`: leer un Parquet de a pedazos revisados, y escribir otro entero."""

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from amq2.credit import FEATURES

ID = "applicant_id"

READ_IN_PIECES: dict[str, Any] = {"pre_buffer": False, "buffer_size": 1 << 20}
"""De a 1 MiB por columna: la memoria no crece, aunque el archivo sea un solo *row group*."""

LAYOUT: dict[str, Any] = {
    "compression": "none",
    "use_dictionary": list(FEATURES),
    "column_encoding": {ID: "DELTA_BINARY_PACKED"},
}
"""Cómo conviene escribir los Parquet que pasan por acá: `pq.write_table(tabla, ruta, **LAYOUT)`.

Los identificadores van como diferencias; las columnas del modelo, de pocos valores distintos, con
diccionario. Ocupa menos que lo que pyarrow hace por omisión, y se lee en menos tiempo.
"""

Rows = NDArray[np.float64]


def required(columns: Iterable[tuple[str, pa.DataType]]) -> pa.Schema:
    """Un esquema de columnas sin nulos: así un Parquet no anota, por cada valor, si está.

    Con millones de filas, leerlo lleva un tercio menos de tiempo.
    """
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns])


class BatchError(Exception):
    """No se pudo puntuar. Su texto es una línea que dice por qué y qué hacer."""


def rows_of(source: Path) -> range:
    """Los números de todas las filas de un Parquet, desde 0. Lanza BatchError si no se lee."""
    with readable(source), pq.ParquetFile(source) as file:
        return range(file.metadata.num_rows)


def chunks(source: Path, rows: range, chunk_rows: int) -> Iterator[tuple[pa.Array, Rows]]:
    """Las filas pedidas, de a `chunk_rows` como mucho, ya revisadas.

    Yields:
        Los identificadores, y un arreglo de forma (filas, columnas) con las de `FEATURES`. Cada
        arreglo ocupa el lugar del anterior.

    Raises:
        BatchError: los de `batches`, o si alguna fila trae algo que no es un número.
    """
    room = np.empty(chunk_rows * len(FEATURES))
    for batch in batches(source, [ID, *FEATURES], rows, chunk_rows):
        yield batch.column(ID), _values(source, batch, room)


def batches(
    source: Path, columns: list[str], rows: range, chunk_rows: int
) -> Iterator[pa.RecordBatch]:
    """Esas columnas de las filas pedidas, de a `chunk_rows` como mucho, sin leer lo demás.

    Raises:
        BatchError: si no se puede leer, falta una columna o tiene otro tipo, o faltan filas.
    """
    with readable(source), pq.ParquetFile(source, **READ_IN_PIECES) as file:
        _check_columns(source, file.schema_arrow)
        first, groups = _groups(source, file.metadata, rows)
        for batch in file.iter_batches(chunk_rows, groups, columns, use_threads=False):
            start, stop = (min(max(n - first, 0), batch.num_rows) for n in (rows.start, rows.stop))
            if start < stop:
                yield batch.slice(start, stop - start)
            first += batch.num_rows
            if first >= rows.stop:
                return


def _groups(source: Path, metadata: pq.FileMetaData, rows: range) -> tuple[int, list[int]]:
    """Los *row groups* que tienen alguna de esas filas, y el número de su primera fila."""
    if rows.step != 1 or not 0 <= rows.start <= rows.stop <= metadata.num_rows:
        raise BatchError(f"{source} tiene {metadata.num_rows} filas, no las de {rows}: revisalas.")
    sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    starts = np.cumsum([0, *sizes])
    inside = np.flatnonzero((starts[:-1] < rows.stop) & (starts[1:] > rows.start)).tolist()
    return int(starts[inside[0]]) if inside else 0, inside


def _check_columns(source: Path, schema: pa.Schema) -> None:
    for name in (ID, *FEATURES):
        kinds = [schema.field(i).type for i in schema.get_all_field_indices(name)]
        if len(kinds) != 1:
            found = "no trae la columna" if not kinds else "trae más de una columna"
            raise BatchError(f"{source} {found} {name}: armalo de nuevo con una.")
        is_number = pa.types.is_integer(kinds[0]) or pa.types.is_floating(kinds[0])
        if not (is_number if name != ID else pa.types.is_int64(kinds[0])):
            wanted = "int64" if name == ID else "un número"
            raise BatchError(f"{source}: {name} es {kinds[0]} y no {wanted}: convertila antes.")


def _values(source: Path, batch: pa.RecordBatch, room: Rows) -> Rows:
    """Las columnas del modelo como un arreglo, escrito por columnas sobre `room`."""
    size = batch.num_rows * len(FEATURES)
    values = room[:size].reshape((batch.num_rows, len(FEATURES)), order="F")
    for j, name in enumerate(FEATURES):
        values[:, j] = batch.column(name).to_numpy(zero_copy_only=False)  # un nulo queda NaN
    if batch.column(ID).null_count:
        raise BatchError(f"{source} tiene filas sin {ID}: apartalas antes de puntuar.")
    if not np.isfinite(values).all():
        i, j = np.argwhere(~np.isfinite(values))[0]
        who = f"{FEATURES[j]} de {ID} {batch.column(ID)[i]}"
        raise BatchError(f"{source}: {who} no es un número ({values[i, j]}): apartá esas filas.")
    return values


@contextmanager
def readable(source: Path) -> Iterator[None]:
    """Lo que pyarrow dice si no puede leer, en una línea."""
    try:
        yield
    except FileNotFoundError:
        raise BatchError(f"No está {source}: revisá la ruta.") from None
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise BatchError(f"{source} no se lee ({reason}): copialo o armalo de nuevo.") from None


@contextmanager
def writing(target: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """Un Parquet que aparece entero al terminar, o no aparece y queda el que había.

    Se escribe al lado, con un nombre que empieza con punto: quien lea la carpeta no lo toma. Lanza
    BatchError si no se puede escribir, por ejemplo con el disco lleno.
    """
    # Un nombre que no usa nadie más, ni otra máquina con la misma carpeta.
    half = target.with_name(f".{target.name}.{uuid.uuid4()}")
    try:
        with half.open("wb", buffering=0) as file:
            with pq.ParquetWriter(file, schema, **LAYOUT) as writer:
                yield writer
            os.fsync(file.fileno())
        half.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BatchError(
            f"No se pudo escribir {target} ({reason}): revisá la carpeta y el lugar en el disco, y "
            "repetí. Quedó lo que había."
        ) from None
    finally:
        half.unlink(missing_ok=True)
