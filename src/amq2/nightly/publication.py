"""Publicar un día: todo o nada.

Los puntajes del día son una partición, un solo archivo. El nuevo se arma en la carpeta de la
corrida y recién entero ocupa el lugar del viejo, en un solo paso del sistema de archivos. Quien lo
lea ve el de antes o el nuevo. Con los mismos datos, particiones y modelo, es igual byte por byte.
"""

import os
import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet as pq

from amq2.batch_files import required
from amq2.nightly.places import published_file, published_folder
from amq2.nightly.scoring import PROBABILITY, VERSION

SCHEMA = required([("applicant_id", pyarrow.int64()), (PROBABILITY, pyarrow.float64())])


class PublicationError(Exception):
    """Las partes no son las filas del día. Su texto dice qué falta o sobra y qué hacer."""


def publish(day: date, clean: Path, parts: Sequence[Path], version: str) -> Path:
    """Reemplaza la partición de un día con los puntajes de sus partes.

    Args:
        day: el día.
        clean: las filas buenas: dice qué solicitudes tienen que estar, y en qué orden.
        parts: los archivos de las partes, en orden.
        version: la versión del modelo, que queda anotada en el archivo.

    Returns:
        El archivo publicado.

    Raises:
        PublicationError: si las partes no cubren justo las filas buenas, o si alguna es de otra
            versión. Lo publicado no cambia.
    """
    # Con un nombre que no usa nadie más: ni otro intento al que todavía no mataron.
    half = clean.with_name(f"publishing-{uuid.uuid4()}.parquet")
    facts = {"day": str(day), VERSION: version}
    expected = pq.read_table(clean, columns=["applicant_id"]).column(0).to_numpy()
    done = 0
    with pq.ParquetWriter(half, SCHEMA.with_metadata(facts)) as writer:
        for path in parts:
            table = pq.read_table(path, columns=SCHEMA.names)
            found = (table.schema.metadata or {}).get(VERSION.encode(), b"").decode()
            if found != version:
                raise PublicationError(_mismatch(day, f"{path.name}: {found}, no {version}"))
            table = table.replace_schema_metadata(facts)
            ids = table.column(0).to_numpy()
            if not np.array_equal(ids, expected[done : done + len(ids)]):
                raise PublicationError(_mismatch(day, path.name))
            writer.write_table(table)
            done += len(ids)
    if done != len(expected):
        raise PublicationError(_mismatch(day, f"el final: {done} de {len(expected)} filas"))
    with half.open("rb") as file:
        os.fsync(file.fileno())
    return half.replace(published_file(day))


def read_published(day: date) -> tuple[pd.DataFrame, str]:
    """Lo publicado de un día.

    Returns:
        Los puntajes, con `applicant_id` de índice y la columna `probability`; y la versión del
        modelo que los dio.

    Raises:
        PublicationError: si ese día no se publicó.
    """
    path = published_file(day)
    if not path.exists():
        raise PublicationError(f"El {day} no está publicado: corré nightly_scoring para ese día.")
    table = pq.read_table(path, partitioning=None)
    version = table.schema.metadata[VERSION.encode()].decode()
    return table.to_pandas().set_index("applicant_id"), version


def published_rows() -> dict[str, int]:
    """Cuántas filas tiene cada día publicado, del más viejo al más nuevo; sin leer las filas."""
    files = sorted(published_folder().glob("day=*/scores.parquet"))
    return {
        path.parent.name.removeprefix("day="): pq.read_metadata(path).num_rows for path in files
    }


def _mismatch(day: date, where: str) -> str:
    return (
        f"Las partes del {day} no son las filas buenas ({where}): limpiá las tareas score. "
        "Sigue publicado lo que había."
    )
