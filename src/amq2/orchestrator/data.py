"""Lo que comparten los DAGs del curso: dónde escriben, qué leen y cómo reemplazan un archivo.

Airflow lee la carpeta de DAGs a cada rato. Por eso lo que tarda en importarse (pandas) se importa
adentro de la función que lo usa, y no al leer el archivo.
"""

import os
import uuid
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FOLDER_VARIABLE = "AMQ2_DATA"
"""La variable de entorno que cambia dónde escriben los DAGs."""

FIRST_DAY = date(2000, 1, 1)
"""El primer día del que hay solicitudes."""

MAX_PER_DAY = 1_000
"""Cuántas solicitudes puede tener un día, como mucho."""


def data_folder(name: str) -> Path:
    """La carpeta de un DAG; la crea si no estaba.

    Args:
        name: su nombre. Queda adentro de la carpeta que dice `AMQ2_DATA` o, si no está, de
            `$AIRFLOW_HOME/datos`.
    """
    base = os.environ.get(FOLDER_VARIABLE) or Path(os.environ["AIRFLOW_HOME"]) / "datos"
    folder = Path(base) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def replace_file(path: Path, text: str) -> Path:
    """Escribe un archivo entero en el lugar del que había: nunca agrega, nunca queda a medias.

    Lo escribe con otro nombre, espera que esté en el disco y al final lo renombra: quien lo lea ve
    el viejo o el nuevo.

    Args:
        path: el archivo; su carpeta se crea si no estaba.
        text: lo que lleva, en UTF-8.

    Returns:
        `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{uuid.uuid4()}")
    try:
        with half.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def requests_of(day: date, n: int = 200) -> "pd.DataFrame":
    """Las solicitudes de crédito de un día: con el mismo día, siempre las mismas.

    Args:
        day: desde `FIRST_DAY`.
        n: cuántas, entre 0 y `MAX_PER_DAY`.

    Returns:
        Una tabla con las columnas de `amq2.credit.FEATURES` y `applicant_id` de índice. Dos días
        no comparten ningún solicitante. No trae `default`: todavía no se sabe quién va a pagar.

    Raises:
        ValueError: si el día es anterior o `n` no entra.
    """
    from amq2.credit import FEATURES, applicants

    if day < FIRST_DAY or not 0 <= n <= MAX_PER_DAY:
        raise ValueError(
            f"Pediste {n} solicitudes del {day}: usá un día desde el {FIRST_DAY} y de 0 a "
            f"{MAX_PER_DAY} solicitudes."
        )
    first = (day - FIRST_DAY).days * MAX_PER_DAY + 1
    return applicants(n, first=first)[list(FEATURES)]
