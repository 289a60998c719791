"""La copia de un día, de la base operativa al warehouse: entera o nada.

Borrar el día y escribirlo otra vez va en una sola transacción. Quien mire el warehouse mientras
tanto ve el día de antes; si algo se corta, también. Las filas viajan por tandas: la memoria no
crece con el día.

Son conexiones de Airflow (`amq2.orchestrator.connections`): SQLite en una notebook, MariaDB o
PostgreSQL en un banco, sin cambiar nada de acá.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from amq2.credit import FEATURES
from amq2.orchestrator.connections import OPERATIONAL, WAREHOUSE

CHUNK = 20_000
"""Filas por tanda."""

SECONDS_TO_WAIT = 60
"""Lo que se espera, en SQLite, a que otro termine de escribir."""


class WarehouseError(Exception):
    """Una base no contesta. Su texto es una línea que dice cuál, por qué y qué hacer."""


TABLE = sa.Table(
    "applications",
    sa.MetaData(),
    sa.Column("application_date", sa.Date, index=True, nullable=False),
    sa.Column("applicant_id", sa.BigInteger, nullable=False),
    # Como llegan: decidir si un valor sirve es tarea del control de calidad, no de la copia.
    *(sa.Column(name, sa.Double) for name in FEATURES),
)
"""La tabla de solicitudes, igual en las dos bases."""


@contextmanager
def engine(connection: str) -> Iterator[sa.Engine]:
    """La base de una conexión de Airflow, mientras dura el bloque; crea la tabla si no estaba.

    Raises:
        WarehouseError: si no contesta, o deja de contestar. Su texto no trae datos de nadie.
    """
    from airflow.sdk import BaseHook

    hook = BaseHook.get_connection(connection).get_hook()
    is_sqlite = hook.conn_type == "sqlite"
    options = {"connect_args": {"timeout": SECONDS_TO_WAIT}} if is_sqlite else {}
    found: sa.Engine = hook.get_sqlalchemy_engine({"poolclass": sa.NullPool, **options})

    @sa.event.listens_for(found, "handle_error")
    def tell(error: sa.engine.ExceptionContext) -> None:
        if error.sqlalchemy_exception is None:  # no fue la base: un límite de tiempo, un Ctrl-C
            return
        # Sólo el primer renglón: en los otros, PostgreSQL muestra la fila entera.
        why = str(error.original_exception).partition("\n")[0].strip()
        raise WarehouseError(
            f"La base {connection} no contesta ({why}): fijate que ande y limpiá la tarea."
        ) from None

    try:
        _create_table(found)
        yield found
    finally:
        found.dispose()


def _create_table(database: sa.Engine) -> None:
    try:
        TABLE.create(database, checkfirst=True)
    except WarehouseError:
        # Otro la creó entre que se miró y se creó.
        if not sa.inspect(database).has_table(TABLE.name):
            raise


def of_day(day: date) -> sa.ColumnElement[bool]:
    """La condición que deja las filas de un día."""
    return TABLE.c.application_date == day


def copy_day(day: date, source: str = OPERATIONAL, target: str = WAREHOUSE) -> int:
    """Reemplaza un día de una base con el de otra, en una transacción.

    `SERIALIZABLE`: si dos corridas copian el mismo día a la vez, una espera o falla y se repite;
    nunca quedan las filas de las dos.

    Args:
        day: el día.
        source, target: los nombres de las conexiones.

    Returns:
        Cuántas filas quedaron.
    """
    rows = sa.select(TABLE).where(of_day(day)).order_by(TABLE.c.applicant_id)
    copied = 0
    with engine(source) as origin, engine(target) as destination:
        alone = destination.execution_options(isolation_level="SERIALIZABLE")
        with origin.connect() as reader, alone.begin() as writer:
            writer.execute(sa.delete(TABLE).where(of_day(day)))
            found = reader.execution_options(yield_per=CHUNK).execute(rows)
            for part in found.mappings().partitions():
                writer.execute(sa.insert(TABLE), [_numbers_only(row) for row in part])
                copied += len(part)
    return copied


def _numbers_only(row: sa.RowMapping) -> dict[str, Any]:
    """Una fila, sin los textos que SQLite deja guardar en una columna de números.

    En su lugar no va nada: el control de calidad aparta la fila, y el día no se detiene por ella.
    """
    return {
        str(name): None if name in FEATURES and not isinstance(value, int | float) else value
        for name, value in row.items()
    }


def read_day(day: date, connection: str = WAREHOUSE) -> Iterator[pd.DataFrame]:
    """Las filas de un día, por `applicant_id` y por tandas; las de una solicitud, en la misma.

    Yields:
        Tablas con `applicant_id` (int64) y las columnas de `FEATURES` (float64; `nan` donde no
        hay nada).
    """
    columns = [TABLE.c[name] for name in ("applicant_id", *FEATURES)]
    rows = sa.select(*columns).where(of_day(day)).order_by(TABLE.c.applicant_id)
    kinds = {"applicant_id": "int64", **dict.fromkeys(FEATURES, "float64")}
    with engine(connection) as database, database.connect() as reader:
        found = reader.execution_options(yield_per=CHUNK).execute(rows)
        held = pd.DataFrame(columns=list(kinds)).astype(kinds)
        for part in found.partitions():
            rows = pd.concat([held, pd.DataFrame(part, columns=list(kinds)).astype(kinds)])
            is_last = rows["applicant_id"] == rows["applicant_id"].iloc[-1]  # puede seguir
            held = rows[is_last]
            if not is_last.all():
                yield rows[~is_last].reset_index(drop=True)
        if len(held):
            yield held.reset_index(drop=True)
