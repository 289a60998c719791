"""Qué datos acepta cada colección: una regla por campo, y todos los errores juntos.

`applicants` son personas que piden un crédito; `loans`, los préstamos dados; `payments`, las cuotas
pagadas. Los montos van en pesos; `income`, en pesos por mes.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Rule = Callable[[object], str | None]
"""Recibe un valor y devuelve qué tiene de malo, o None si está bien."""


def _digits(value: object) -> str | None:
    ok = isinstance(value, str) and re.fullmatch(r"[0-9]{7,8}", value)
    return None if ok else 'tiene que ser un texto de 7 u 8 dígitos, como "30123456"'


def _text(value: object) -> str | None:
    ok = isinstance(value, str) and value.strip() and value.isprintable()
    return None if ok else "tiene que ser un texto de una línea que no esté vacío"


def _number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _not_negative(value: object) -> str | None:
    ok = _number(value) and value >= 0  # type: ignore[operator]
    return None if ok else "tiene que ser un número mayor o igual que 0"


def _positive(value: object) -> str | None:
    ok = _number(value) and value > 0  # type: ignore[operator]
    return None if ok else "tiene que ser un número mayor que 0"


def _months(value: object) -> str | None:
    ok = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 360
    return None if ok else "tiene que ser un número entero de 1 a 360"


@dataclass(frozen=True)
class Schema:
    """Los campos de una colección (sin `id`, que pone el servidor) y cuál no se repite, si hay."""

    fields: Mapping[str, Rule]
    unique: str | None = None

    def errors(self, data: Mapping[str, object]) -> list[dict[str, str]]:
        """Un {"field", "detail"} por cada campo malo, de más o que falta; [] si todo está bien."""
        found = []
        for name, rule in self.fields.items():
            wrong = rule(data[name]) if name in data else "falta"
            if wrong:
                found.append({"field": name, "detail": wrong})
        for name in data:
            if name not in self.fields:
                found.append({"field": name, "detail": "no es un campo que se pueda mandar"})
        return found


SCHEMAS = {
    "applicants": Schema(
        {"document": _digits, "name": _text, "income": _not_negative, "debt": _not_negative},
        unique="document",
    ),
    "loans": Schema(
        {"reference": _text, "amount": _positive, "months": _months},
        unique="reference",
    ),
    "payments": Schema({"loan": _text, "amount": _positive}),
}
