"""El control de calidad: qué filas sirven, cuáles no y por qué.

Los valores los revisa pandera, una biblioteca hecha para eso: acá se dice qué se espera de cada
columna y ella devuelve, de una vez, todo lo que no cumple. Después se compara con el cierre.

Una fila mala no frena a las demás: queda en cuarentena con su motivo. Muchas filas malas sí: algo
se rompió antes de llegar, y es mejor que quede publicado lo de ayer.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow

from amq2.batch_files import required, writing
from amq2.credit import COLUMNS, FEATURES
from amq2.nightly.closing import Closing
from amq2.nightly.warehouse import read_day

CLEAN, REJECTED = "clean.parquet", "rejected.csv"
"""Los archivos que deja `check_day` en la carpeta de la corrida."""

CLEAN_SCHEMA = required(
    [("applicant_id", pyarrow.int64()), *((name, pyarrow.float64()) for name in FEATURES)]
)

MISSING, UNKNOWN = "falta en la base", "no está en el cierre"
OTHER_AMOUNT, REPEATED = "el monto no es el del cierre", "está repetida"
CLASHING = "está repetida con otros datos"

SCHEMA = pa.DataFrameSchema(
    {
        column.name: pa.Column(
            float,
            pa.Check.in_range(
                column.minimum,
                column.maximum,
                error=f"{column.name} fuera de {column.limits}",
            ),
        )
        for column in COLUMNS
    }
)
"""Lo que se espera de cada columna: que esté, y entre los valores de `amq2.credit`."""


class QualityError(Exception):
    """Hay demasiadas filas malas. Su texto es una línea que dice cuántas, cuáles y qué hacer."""


@dataclass(frozen=True)
class Quality:
    """Cómo le fue a un día.

    Attributes:
        clean, rejected: cuántas filas sirven y cuántas no.
        repeated: cuántos renglones de más traía el cierre.
        reasons: por motivo, cuántas filas; una fila puede tener varios.
    """

    clean: int
    rejected: int
    repeated: int
    reasons: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Lo mismo, como diccionario: lo que viaja por XCom."""
        return asdict(self)


def check_day(day: date, closing: Closing, folder: Path, max_rejected: float = 0.1) -> Quality:
    """Separa las filas de un día, del warehouse, en buenas (`CLEAN`) y malas (`REJECTED`).

    Args:
        day: el día.
        closing: su cierre.
        folder: dónde van los dos archivos; si estaban, los reemplaza.
        max_rejected: qué parte puede ser mala, de 0 a 1.

    Raises:
        QualityError: si es mala una parte mayor.
    """
    bad, reasons, n_clean, seen = [], Counter[str](), 0, []
    with writing(folder / CLEAN, CLEAN_SCHEMA) as clean:
        for rows in read_day(day):
            why = why_not(rows, closing)
            good = rows[why.isna()]
            clean.write_table(pyarrow.Table.from_pandas(good, CLEAN_SCHEMA, preserve_index=False))
            bad.append(rows.assign(why=why).dropna(subset="why"))
            n_clean += len(good)
            seen.append(rows["applicant_id"])
    lost = closing.amounts.index.difference(pd.Index(np.concatenate(seen)) if seen else [])
    bad.append(pd.DataFrame({"applicant_id": lost, "why": MISSING}))
    rejected = pd.concat(bad)
    for texts in rejected["why"]:
        reasons.update(texts.split("; "))
    rejected.to_csv(folder / REJECTED, index=False)
    quality = Quality(n_clean, len(rejected), closing.repeated, dict(reasons.most_common()))
    if len(rejected) > max_rejected * (n_clean + len(rejected)):
        raise QualityError(_too_many(day, quality, max_rejected))
    return quality


def why_not(rows: pd.DataFrame, closing: Closing) -> "pd.Series[str]":
    """Por qué no sirve cada fila.

    Args:
        rows: `applicant_id` y las columnas de `FEATURES`; de una solicitud, todas sus filas.
        closing: el cierre del día.

    Returns:
        Un texto por fila, con los motivos separados por punto y coma; `nan` en las buenas.
    """
    rows = rows.reset_index(drop=True)
    number = rows["applicant_id"]
    amounts = number.map(closing.amounts)
    is_copy = rows.duplicated()
    different = number[~is_copy]
    found = {
        REPEATED: is_copy,
        # No hay cómo saber cuál vale: no se publica ninguna.
        CLASHING: number.isin(different[different.duplicated()]),
        UNKNOWN: amounts.isna(),
        OTHER_AMOUNT: amounts.notna() & (rows["amount"] != amounts),
    }
    marks = [(int(at), why) for why, is_bad in found.items() for at in np.flatnonzero(is_bad)]
    try:
        SCHEMA.validate(rows[list(FEATURES)], lazy=True)
    except pa.errors.SchemaErrors as error:
        failed = error.failure_cases[["index", "column", "check"]]
        marks += [
            (int(place), f"{column} sin dato" if check == "not_nullable" else check)
            for place, column, check in failed.itertuples(index=False)
        ]
    reasons = pd.DataFrame(marks, columns=["place", "why"]).groupby("place")["why"].agg("; ".join)
    return reasons.reindex(range(len(rows)))


def _too_many(day: date, quality: Quality, max_rejected: float) -> str:
    total = quality.clean + quality.rejected
    reasons = ", ".join(f"{why} ({n})" for why, n in list(quality.reasons.items())[:3])
    return (
        f"Del {day} no sirven {quality.rejected} de {total} filas, más del {max_rejected:.0%}: "
        f"{reasons}. Arreglá el origen y limpiá la tarea copy; sigue publicado lo que había."
    )
