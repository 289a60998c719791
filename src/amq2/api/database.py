"""Los solicitantes en una base de datos de verdad: SQLite, o PostgreSQL con otra URL.

Cada cambio es una sola instrucción SQL, con sus condiciones adentro: dos pedidos a la vez nunca
leen lo mismo para después pisarse. SQLAlchemy manda los valores aparte del texto de la instrucción:
lo que escribe un cliente nunca se ejecuta.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import (
    Column,
    Double,
    Engine,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    create_engine,
    event,
    make_url,
    select,
    update,
)
from sqlalchemy import delete as delete_from
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError, ProgrammingError

from amq2.credit import FEATURES

P = ParamSpec("P")
T = TypeVar("T")

APPLICANTS = Table(
    "applicants",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", String(100), nullable=False),
    *(Column(feature, Double, nullable=False) for feature in FEATURES),
    sqlite_autoincrement=True,  # el número de un borrado no se da de nuevo
)


class Database:
    """La tabla de solicitantes. Sus métodos bloquean: se llaman con `read` o `write`.

    Args:
        url: como la escribe SQLAlchemy.
        seconds: cuánto se espera a una base ocupada.
    """

    def __init__(self, url: str, seconds: float) -> None:
        self.seconds = seconds
        self._engine = _engine(url, seconds)
        # SQLite escribe de a uno: la cola va acá, por orden de llegada y sin ocupar hilos.
        is_sqlite = self._engine.dialect.name == "sqlite"
        self._turns = asyncio.Semaphore(1 if is_sqlite else 10)
        self._is_created = False

    async def read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Llama a un método de consulta en otro hilo."""
        return await asyncio.to_thread(function, *args, **kwargs)

    async def write(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Llama a un método que cambia algo, cuando le toca.

        Raises:
            TimeoutError: si no le tocó en `seconds`; entonces no se cambió nada.
        """
        async with asyncio.timeout(self.seconds):
            await self._turns.acquire()
        try:
            return await asyncio.to_thread(function, *args, **kwargs)
        finally:
            self._turns.release()

    def check(self) -> None:
        """Mira que la base conteste; la primera vez, crea la tabla si no está."""
        if not self._is_created:
            # Si dos procesos la crean a la vez, al segundo le falla: prueba de nuevo y ya está.
            with contextlib.suppress(IntegrityError, OperationalError, ProgrammingError):
                APPLICANTS.metadata.create_all(self._engine)
            APPLICANTS.metadata.create_all(self._engine)
            self._is_created = True
        with self._engine.connect() as connection:
            connection.execute(select(1))

    def create(self, values: Mapping[str, Any]) -> RowMapping:
        """Guarda un solicitante y lo devuelve con su número."""
        statement = APPLICANTS.insert().values(version=1, **values).returning(APPLICANTS)
        with self._engine.begin() as connection:
            return connection.execute(statement).mappings().one()

    def get(self, id: int) -> RowMapping | None:
        """Un solicitante, o None si no está."""
        with self._engine.connect() as connection:
            statement = select(APPLICANTS).where(APPLICANTS.c.id == id)
            return connection.execute(statement).mappings().one_or_none()

    def page(self, after: int, limit: int) -> list[RowMapping]:
        """Hasta `limit` solicitantes con número mayor que `after`, por número."""
        statement = select(APPLICANTS).where(APPLICANTS.c.id > after)
        with self._engine.connect() as connection:
            ordered = statement.order_by(APPLICANTS.c.id).limit(limit)
            return list(connection.execute(ordered).mappings())

    def change(self, id: int, version: int | None, values: Mapping[str, Any]) -> RowMapping | None:
        """Cambia esos campos; None si no está, o si su versión ya no es `version`."""
        changed = {**values, "version": APPLICANTS.c.version + 1}
        statement = update(APPLICANTS).where(*_is(id, version)).values(changed)
        with self._engine.begin() as connection:
            return connection.execute(statement.returning(APPLICANTS)).mappings().one_or_none()

    def delete(self, id: int, version: int | None) -> bool:
        """Borra; False si no está, o si su versión ya no es `version`."""
        with self._engine.begin() as connection:
            return bool(
                connection.execute(delete_from(APPLICANTS).where(*_is(id, version))).rowcount
            )

    def close(self) -> None:
        """Cierra las conexiones."""
        self._engine.dispose()


def _is(id: int, version: int | None) -> list[Any]:
    conditions: list[Any] = [APPLICANTS.c.id == id]
    return conditions if version is None else [*conditions, APPLICANTS.c.version == version]


def _engine(url: str, seconds: float) -> Engine:
    if not url.startswith("sqlite"):
        milliseconds = int(1000 * seconds)
        limits = f"-c lock_timeout={milliseconds} -c statement_timeout={2 * milliseconds}"
        wait = {"connect_timeout": max(2, round(seconds)), "options": limits}
        return create_engine(
            url, connect_args=wait, pool_pre_ping=True, max_overflow=-1, hide_parameters=True
        )
    if make_url(url).database in (None, "", ":memory:"):
        raise ArgumentError("una base en memoria no dura; hace falta el nombre de un archivo")
    engine = create_engine(
        url, connect_args={"timeout": seconds}, max_overflow=-1, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - un sqlite3.Connection
        # Con el diario WAL, leer no espera a quien escribe.
        connection.execute("PRAGMA journal_mode = WAL")

    return engine
