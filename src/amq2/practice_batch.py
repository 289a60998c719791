"""Lo que usan los ejercicios de batch: compras, una telefónica y límites de tarjetas."""

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


class Purchases:
    """Una base de SQLite con la tabla `purchases`, que no acepta importes negativos ni cero.

    Attributes:
        path: el archivo de la base.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "purchases.sqlite"
        self._run("PRAGMA journal_mode=WAL")  # quien lee no espera a quien escribe, ni al revés
        self._run(
            "CREATE TABLE purchases (purchase_id INTEGER PRIMARY KEY, version INTEGER NOT NULL, "
            "day TEXT NOT NULL, amount REAL NOT NULL CHECK (amount > 0))"
        )

    def rows(self) -> list[list[object]]:
        """Lo que ve alguien de afuera: `[purchase_id, version, day, amount]`, por número."""
        return self._run("SELECT * FROM purchases ORDER BY purchase_id")

    def _run(self, statement: str) -> list[list[object]]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            return [list(row) for row in connection.execute(statement)]


@contextmanager
def purchases_base() -> Iterator[Purchases]:
    """Una base de compras, vacía, mientras dura el bloque; al salir se borra."""
    with tempfile.TemporaryDirectory(prefix="amq2-compras-", ignore_cleanup_errors=True) as folder:
        yield Purchases(Path(folder))


class Phones:
    """La facturación de una telefónica; anota qué le pidieron.

    Args:
        clients: cuántos clientes hay hoy; se puede cambiar.
        broken: los clientes a los que no se puede facturar, desde 1.

    Attributes:
        counted: cuántas veces se preguntó cuántos hay.
        billed: lo que se facturó: `(primero, último)` de cada pedido.
    """

    def __init__(self, clients: int, broken: Sequence[int] = ()) -> None:
        self.clients = clients
        self.broken = broken
        self.counted = 0
        self.billed: list[tuple[int, int]] = []

    def count(self) -> int:
        """Cuántos clientes hay hoy: van del 1 a ese número."""
        self.counted += 1
        return self.clients

    def bill(self, first: int, last: int) -> int:
        """Factura a los clientes de `first` a `last`, los dos incluidos; devuelve el total, en ARS.

        Raises:
            LookupError: si alguno no existe.
            ConnectionError: si a alguno no se le puede facturar.
        """
        if not 1 <= first <= last <= self.clients:
            raise LookupError(f"no hay clientes del {first} al {last}: son {self.clients}")
        self.billed.append((first, last))
        if any(first <= client <= last for client in self.broken):
            raise ConnectionError(f"no se pudo facturar del {first} al {last}")
        return sum(1_000 + client % 7 for client in range(first, last + 1))


Limit = tuple[float, str]
"""`(límite en ARS, versión de las reglas)`."""


def limits_app(limits: Mapping[int, Limit], status: int = 200) -> Starlette:
    """La API de los límites de tarjetas: `GET /limits` los da todos.

    Args:
        limits: el límite y la versión de cada cliente.
        status: con qué código contesta; con un error no da ningún límite.
    """

    async def answer(request: Request) -> JSONResponse:
        if status != 200:
            return JSONResponse({}, status)
        return JSONResponse(
            {
                str(client): {"limit": limit, "version": version}
                for client, (limit, version) in limits.items()
            }
        )

    return Starlette(routes=[Route("/limits", answer)])
