"""Mirar desde afuera, entre celda y celda, si el intérprete de una entrega es el de antes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from amq2.instructor.libraries import libraries_of
from amq2.instructor.tampering import (
    LIBRARIES,
    changed,
    names_in,
    origins_of,
    photo_in,
    photo_of,
    shadowed_by,
    shadowed_in,
)

Ask = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Evalúa expresiones en el kernel, todas en un mensaje; las que no contesta, no están."""

ANSWER = "la respuesta del kernel a quien lo mira"


class Watch:
    """Una primera foto, y lo que cambió desde entonces.

    Las fotos siguientes son sólo un número, su `hash`: si es otro, se pide la foto entera.

    Attributes:
        origins: de dónde salen los nombres que las pruebas no definen.
        shadowed: los nombres de las pruebas a los que el notebook le puso otra cosa, la última vez.
    """

    def __init__(self, ask: Ask, imports: str, tests: Iterable[str]) -> None:
        """Saca la primera foto.

        Args:
            ask: cómo se le pregunta al kernel.
            imports: el código de la celda de importaciones.
            tests: el de cada prueba.

        Raises:
            RuntimeError: si el kernel no contesta.
        """
        tests = frozenset(tests)
        self.ask = ask
        self.origins = origins_of(imports)
        self.shadowed: list[str] = []
        photo = photo_of(libraries_of(imports, tests))
        self.number = {"number": f"({photo}).__hash__()"}
        self.whole = self.number | {"photo": photo}
        used = set().union(*(names_in(test, self.origins) for test in tests))
        self.names = {"shadowed": shadowed_by({name: self.origins[name] for name in sorted(used)})}
        self.first, self.last_number = self._photo()
        if not self.first:
            raise RuntimeError("el kernel no contestó antes de la primera celda")

    def look(self) -> list[str]:
        """Los nombres de lo que cambió desde la primera foto."""
        answer = self.ask(self.number | self.names)
        self.shadowed = shadowed_in(answer.get("shadowed", ""), self.origins)
        if self.last_number and answer.get("number") == self.last_number:
            return []
        now, number = self._photo()
        if not now:
            return [ANSWER]
        if names := changed(self.first, now):
            return names
        self.last_number = number
        self.first.setdefault(LIBRARIES, {}).update(now[LIBRARIES])
        return []

    def _photo(self) -> tuple[dict[str, Any], str]:
        answer = self.ask(self.whole)
        try:
            return photo_in(answer.get("photo", "")), answer.get("number", "")
        except ValueError:
            return {}, ""
