"""Los solicitantes en una base de datos de verdad: SQLite, o PostgreSQL con otra URL.

Cada cambio es una sola instrucción SQL, con sus condiciones adentro: dos pedidos a la vez nunca
leen lo mismo para después pisarse. SQLAlchemy manda los valores aparte del texto de la instrucción:
lo que escribe un cliente nunca se ejecuta.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError

from amq2.credit import FEATURES

T = TypeVar("T")
WRITERS = 10
"""Cuántos escriben a la vez en PostgreSQL. SQLite escribe de a uno."""

APPLICANTS = sa.Table(
    "applicants",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    *(sa.Column(feature, sa.Double, nullable=False) for feature in FEATURES),
    sqlite_autoincrement=True,  # el número de un borrado no se da de nuevo
)
INSERT = APPLICANTS.insert().returning(APPLICANTS)

SQLITE = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"
"""Con el diario WAL, leer no espera a quien escribe. Con NORMAL, escribir no espera al disco: un
proceso que muere no pierde nada; un corte de luz puede llevarse lo último (con PostgreSQL, no)."""


class Database:
    """La tabla de solicitantes. Sus métodos bloquean: se los llama desde otro hilo.

    Args:
        url: como la escribe SQLAlchemy.
        seconds: cuánto se espera a una base ocupada.
    """

    def __init__(self, url: str, seconds: float) -> None:
        self._engine = _engine(url, seconds)
        self._seconds = seconds
        self._writers = ThreadPoolExecutor(1 if url.startswith("sqlite") else WRITERS)

    async def write(self, function: Callable[..., T], *args: Any) -> T:  # noqa: ANN401
        """Llama a un método que cambia algo, en un hilo de los que escriben y por orden de llegada.

        Raises:
            TimeoutError: si no le tocó a tiempo; entonces no se cambió nada.
        """
        deadline = time.monotonic() + self._seconds

        def in_turn() -> T:
            if time.monotonic() > deadline:
                raise TimeoutError
            return function(*args)

        return await asyncio.get_running_loop().run_in_executor(self._writers, in_turn)

    def check(self) -> None:
        """Mira que la base conteste; si la tabla no está, la crea."""
        # Si dos procesos la crean a la vez, al segundo le falla: prueba de nuevo y ya está.
        with contextlib.suppress(DBAPIError):
            return APPLICANTS.metadata.create_all(self._engine)
        return APPLICANTS.metadata.create_all(self._engine)

    def create(self, values: Mapping[str, Any]) -> sa.RowMapping:
        """Guarda un solicitante y lo devuelve con su número."""
        with self._engine.begin() as connection:
            return connection.execute(INSERT, {"version": 1, **values}).mappings().one()

    def page(self, after: int, limit: int) -> list[sa.RowMapping]:
        """Hasta `limit` solicitantes con número mayor que `after`, por número."""
        id = APPLICANTS.c.id
        with self._engine.connect() as connection:
            rows = connection.execute(
                APPLICANTS.select().where(id > after).order_by(id).limit(limit)
            )
            return list(rows.mappings())

    def read(self, id: int) -> sa.RowMapping | None:
        """Un solicitante, o None si no está."""
        found = self.page(id - 1, 1)
        return found[0] if found and found[0]["id"] == id else None

    def change(
        self, id: int, version: int | None, values: Mapping[str, Any]
    ) -> sa.RowMapping | None:
        """Cambia esos campos; None si no está, o si su versión ya no es `version`."""
        changed = {**values, "version": APPLICANTS.c.version + 1}
        statement = APPLICANTS.update().where(*_is(id, version)).values(changed)
        with self._engine.begin() as connection:
            return connection.execute(statement.returning(APPLICANTS)).mappings().one_or_none()

    def delete(self, id: int, version: int | None) -> bool:
        """Borra; False si no está, o si su versión ya no es `version`."""
        with self._engine.begin() as connection:
            return connection.execute(APPLICANTS.delete().where(*_is(id, version))).rowcount == 1

    def close(self) -> None:
        """Cierra las conexiones."""
        self._writers.shutdown()
        self._engine.dispose()


def _is(id: int, version: int | None) -> list[sa.ColumnElement[bool]]:
    columns = APPLICANTS.c
    return [columns.id == id] if version is None else [columns.id == id, columns.version == version]


def _engine(url: str, seconds: float) -> sa.Engine:
    options: dict[str, Any] = {"max_overflow": -1, "hide_parameters": True}
    if sa.make_url(url).get_backend_name() != "sqlite":
        limits = f"-c lock_timeout={1000 * seconds:.0f} -c statement_timeout={2000 * seconds:.0f}"
        wait = {"connect_timeout": max(2, round(seconds)), "options": limits}
        return sa.create_engine(url, connect_args=wait, pool_pre_ping=True, **options)
    if sa.make_url(url).database in (None, "", ":memory:"):
        raise ArgumentError("una base en memoria no dura; hace falta el nombre de un archivo")
    engine = sa.create_engine(url, connect_args={"timeout": seconds}, **options)
    sa.event.listen(engine, "connect", lambda each, _: each.executescript(SQLITE))
    return engine
