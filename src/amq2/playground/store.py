"""El almacén del playground: colecciones en memoria, con datos de muestra que no son de nadie.

Los datos de muestra son sintéticos y siempre los mismos: salen de una cuenta, no del azar.
"""

import threading
from collections.abc import Iterator, Mapping
from typing import Any

from amq2.playground.rules import SCHEMAS

Item = dict[str, Any]

FIRST_NAMES = ("Martina", "Tomás", "Lucía", "Joaquín", "Camila", "Nahuel", "Ailén", "Facundo")
LAST_NAMES = ("González", "Quiroga", "Fernández", "Mamani", "Ibáñez", "Peralta", "Sosa")


class DuplicateError(ValueError):
    """Otro elemento ya tiene ese valor en el campo que no se repite."""


class Collection:
    """Elementos numerados desde 1, en orden de creación. Se puede usar desde varios hilos."""

    def __init__(self, unique: str | None) -> None:
        self.unique = unique
        self._items: dict[int, Item] = {}
        self._last_id = 0
        self._lock = threading.RLock()

    def all(self) -> list[Item]:
        """Copias de todos los elementos, por id creciente."""
        with self._lock:
            return [dict(item) for item in self._items.values()]

    def get(self, item_id: int) -> Item | None:
        """Una copia del elemento, o None si no está."""
        with self._lock:
            item = self._items.get(item_id)
            return None if item is None else dict(item)

    def add(self, fields: Mapping[str, Any]) -> Item:
        """Crea un elemento y le pone `id`; los ids no se reutilizan. Levanta DuplicateError."""
        with self._lock:
            self._check_unique(fields, item_id=None)
            self._last_id += 1
            self._items[self._last_id] = {"id": self._last_id, **fields}
            return dict(self._items[self._last_id])

    def replace(self, item_id: int, fields: Mapping[str, Any]) -> Item:
        """Cambia todos los campos de un elemento. Levanta KeyError si no está, o DuplicateError."""
        with self._lock:
            if item_id not in self._items:
                raise KeyError(item_id)
            self._check_unique(fields, item_id)
            self._items[item_id] = {"id": item_id, **fields}
            return dict(self._items[item_id])

    def remove(self, item_id: int) -> None:
        """Borra un elemento. Levanta KeyError si no está."""
        with self._lock:
            del self._items[item_id]

    def _check_unique(self, fields: Mapping[str, Any], item_id: int | None) -> None:
        if self.unique is None:
            return
        for other in self._items.values():
            if other["id"] != item_id and other[self.unique] == fields[self.unique]:
                raise DuplicateError(other["id"])


class Store:
    """Las colecciones de un playground. Cada playground tiene el suyo.

    sizes  cuántos elementos de muestra tiene cada colección al empezar.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self._collections = {name: Collection(schema.unique) for name, schema in SCHEMAS.items()}
        seeds = {
            "applicants": sample_applicants,
            "loans": sample_loans,
            "payments": sample_payments,
        }
        for name, size in sizes.items():
            for fields in seeds[name](size):
                self._collections[name].add(fields)

    def collection(self, name: str) -> Collection:
        """La colección de ese nombre. Levanta KeyError si no existe."""
        return self._collections[name]

    def items(self, name: str) -> list[Item]:
        """Para mirar: copias de todos los elementos de una colección, por id creciente."""
        return self.collection(name).all()


def sample_applicants(count: int) -> Iterator[Item]:
    """`count` personas inventadas. Los documentos no se repiten hasta los 27 millones."""
    for n in range(count):
        first = FIRST_NAMES[n % len(FIRST_NAMES)]
        last = LAST_NAMES[n % len(LAST_NAMES)]
        yield {
            "document": str(20_000_003 + n * 1_048_583 % 27_000_000),
            "name": f"{first} {last}",
            "income": 450_000 + n * 337_000 % 2_300_000,
            "debt": n * 561_000 % 1_900_000,
        }


def sample_loans(count: int) -> Iterator[Item]:
    """`count` préstamos inventados, de 6 a 60 meses."""
    for n in range(count):
        yield {
            "reference": f"PR-{n + 1:05d}",
            "amount": 250_000 + n * 433_000 % 9_000_000,
            "months": 6 + n * 6 % 60,
        }


def sample_payments(count: int) -> Iterator[Item]:
    """`count` cuotas pagadas del primer préstamo."""
    for n in range(count):
        yield {"loan": "PR-00001", "amount": 15_000 + n * 500}
