"""Los puntajes de un día, por particiones: rangos de filas que se puntúan por separado."""

from collections.abc import Sequence
from pathlib import Path

from amq2.batch import score_parquet
from amq2.batch_parallel import split
from amq2.nightly.models import load_version

PROBABILITY, SHADOW = "probability", "shadow_probability"
"""Las columnas: la del modelo activo y la del que corre en sombra."""

MAX_PARTITIONS = 1024
"""En cuántas partes acepta Airflow repartir una tarea, si no se le dice otra cosa
(`core.max_map_length`)."""

VERSION = "model_version"
"""Dónde queda anotada, en los metadatos de cada archivo, la versión del modelo activo."""

Partition = dict[str, int]
"""`{"start": …, "stop": …}`: de qué fila a qué fila, sin la última."""


def plan_partitions(n_rows: int, size: int) -> list[Partition]:
    """Corta `n_rows` filas en partes de `size`, la última más chica; por lo menos una parte.

    Raises:
        ValueError: si `size` no es positivo, o si salen más de `MAX_PARTITIONS`.
    """
    if size < 1:
        raise ValueError(f"Pediste particiones de {size} filas: usá 1 o más.")
    parts = [{"start": part.start, "stop": part.stop} for part in split(range(n_rows), size)]
    if len(parts) > MAX_PARTITIONS:
        raise ValueError(
            f"Con particiones de {size} filas son {len(parts)}, más de {MAX_PARTITIONS}: usá "
            f"{-(-n_rows // MAX_PARTITIONS)} o más."
        )
    return parts


def score_partition(
    clean: Path, part: Partition, target: Path, versions: Sequence[str | None]
) -> int:
    """Puntúa una parte de las filas buenas.

    Args:
        clean: el archivo con las filas buenas del día.
        part: qué filas.
        target: el archivo de esta parte; si estaba, lo reemplaza.
        versions: la versión activa y la que corre en sombra, o None.

    Returns:
        Cuántas filas puntuó.
    """
    columns = zip((PROBABILITY, SHADOW), versions, strict=True)
    models = {name: load_version(version) for name, version in columns if version}
    return score_parquet(
        clean,
        target,
        models,
        rows=range(part["start"], part["stop"]),
        metadata={VERSION: versions[0] or ""},
    )
