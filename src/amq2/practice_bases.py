"""Dos bases de SQLite para practicar una transferencia: las ventas de un comercio y su depósito."""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

Sale = tuple[int, str, float, str]
"""`(id, día, importe en ARS, estado)`: una venta; el estado es `paid` o `void`."""


class ShopAndStore:
    """Dos bases de SQLite, `shop` y `store`, que Airflow conoce como conexiones con ese nombre."""

    def __init__(self, folder: Path) -> None:
        self.shop, self.store = folder / "shop.sqlite", folder / "store.sqlite"
        self._run(
            self.shop,
            "CREATE TABLE sales (id INTEGER PRIMARY KEY, day TEXT, amount REAL, status TEXT)",
        )
        self._run(
            self.store,
            "CREATE TABLE daily_sales (id INTEGER, day TEXT, amount REAL CHECK (amount > 0))",
        )

    def sell(self, *sales: Sale) -> None:
        """Anota ventas en `shop`; si el `id` ya estaba, la reemplaza."""
        for sale in sales:
            self._run(self.shop, "INSERT OR REPLACE INTO sales VALUES (?, ?, ?, ?)", sale)

    def forget(self, number: int) -> None:
        """Borra una venta de `shop`."""
        self._run(self.shop, "DELETE FROM sales WHERE id = ?", (number,))

    def stored(self) -> list[list[object]]:
        """Lo que hay en `store`: `[id, día, importe]`, por día y por `id`."""
        query = "SELECT id, day, amount FROM daily_sales ORDER BY day, id"
        return [list(row) for row in self._run(self.store, query)]

    @staticmethod
    def _run(path: Path, statement: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(path)) as connection, connection:
            return connection.execute(statement, values).fetchall()


@contextmanager
def shop_and_store() -> Iterator[ShopAndStore]:
    """Las dos bases, vacías, mientras dura el bloque; al salir se borran."""
    with tempfile.TemporaryDirectory(prefix="amq2-bases-", ignore_cleanup_errors=True) as folder:
        bases = ShopAndStore(Path(folder))
        connections = {
            f"AIRFLOW_CONN_{path.stem.upper()}": json.dumps(
                {"conn_type": "sqlite", "host": str(path)}
            )
            for path in (bases.shop, bases.store)
        }
        os.environ.update(connections)
        try:
            yield bases
        finally:
            for name in connections:
                os.environ.pop(name, None)


def noon(day: str) -> datetime:
    """El mediodía (UTC) de un día como `2026-03-02`, para la fecha de una corrida."""
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
