"""Hace de sucursales, para practicar: carga las solicitudes de un día y deja su cierre.

En un banco esto pasa solo. Acá se le pueden pedir errores, para ver qué hace la noche con ellos.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa

from amq2.credit import FEATURES, applicants
from amq2.nightly.closing import write_closing
from amq2.nightly.warehouse import CHUNK, TABLE, engine, of_day
from amq2.orchestrator.connections import OPERATIONAL

FIRST_DAY = date(2000, 1, 1)
MAX_PER_DAY = 1_000_000


def applications_of(day: date, n: int = 2_000) -> pd.DataFrame:
    """Las solicitudes de un día, sin errores: con el mismo día, siempre las mismas.

    Args:
        day: desde `FIRST_DAY`.
        n: cuántas, entre 0 y `MAX_PER_DAY`.

    Returns:
        Una tabla con las columnas de `FEATURES` y `applicant_id` de índice. Dos días no comparten
        ningún solicitante.

    Raises:
        ValueError: si el día es anterior o `n` no entra.
    """
    if day < FIRST_DAY or not 0 <= n <= MAX_PER_DAY:
        raise ValueError(
            f"Pediste {n} solicitudes del {day}: usá un día desde el {FIRST_DAY} y de 0 a "
            f"{MAX_PER_DAY} solicitudes."
        )
    return applicants(n, first=(day - FIRST_DAY).days * MAX_PER_DAY + 1)[list(FEATURES)]


def close_day(day: date, n: int = 2_000, *, n_bad: int = 0) -> Path:
    """Carga las solicitudes de un día, en lugar de las que hubiera, y deja su cierre.

    Args:
        day: el día.
        n: cuántas solicitudes, hasta `MAX_PER_DAY`.
        n_bad: cuántas salen mal: por turno, un ingreso en cero, una edad que falta, una deuda
            imposible y una solicitud que el cierre no trae.

    Returns:
        El cierre.

    Raises:
        ValueError: si el día o alguna de las cantidades no entran.
    """
    if not 0 <= n_bad <= n:
        raise ValueError(f"Pediste {n_bad} solicitudes malas de {n}: usá de 0 a {n}.")
    rows = applications_of(day, n).astype(float)
    closing = rows["amount"]
    bad = rows.index[np.linspace(0, n - 1, n_bad).astype(int)] if n_bad else rows.index[:0]
    for column, value, turn in (("income", 0, 0), ("age", None, 1), ("debt_ratio", 1.7, 2)):
        rows.loc[bad[turn::4], column] = value
    load(day, rows)
    return write_closing(day, closing.drop(bad[3::4]).items())


def load(day: date, rows: pd.DataFrame) -> None:
    """Carga filas en la base operativa, en lugar de las que tuviera ese día.

    Args:
        day: el día.
        rows: las columnas de `FEATURES`, con `applicant_id` de índice; `nan` donde no hay dato.
    """
    with engine(OPERATIONAL) as database, database.begin() as writer:
        writer.execute(sa.delete(TABLE).where(of_day(day)))
        for start in range(0, len(rows), CHUNK):
            part = rows.iloc[start : start + CHUNK].reset_index().assign(application_date=day)
            records = part.astype(object).where(part.notna(), None).to_dict("records")
            writer.execute(sa.insert(TABLE), records)
