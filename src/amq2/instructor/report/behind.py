"""Quién se está quedando atrás: una regla a la vista, para conversar con cada uno."""

from collections.abc import Iterator, Set
from dataclasses import dataclass

import pandas as pd

LOW = 0.6
"""Menos de esta fracción de los puntos, en la última unidad que entregó, es poco."""

FALL = 0.25
"""Cuánto tiene que bajar la última unidad respecto de las anteriores."""

LATE_TIMES = 2
"""Cuántas entregas fuera de plazo llaman la atención."""

RULE = (
    "le falta una unidad que ya venció (sin plazo anotado, una que ya entregó la mitad)",
    f"sacó menos del {LOW:.0%} en la última que entregó".replace("%", " %"),
    f"en la última bajó {FALL * 100:.0f} puntos porcentuales o más respecto de sus anteriores",
    f"entregó tarde {LATE_TIMES} veces o más",
)
"""Lo que dice la página: alcanza con una."""


@dataclass(frozen=True)
class Behind:
    """Un estudiante que se está quedando atrás, y por qué.

    `signs` es cuántas señales junta: una por cada unidad que falta, y una por cada otra condición.
    """

    student: str
    reasons: tuple[str, ...]
    signs: int


def falling_behind(units: pd.DataFrame, due: Set[str]) -> list[Behind]:
    """Quiénes cumplen alguna condición de `RULE`; primero, los que juntan más señales.

    Args:
        units: `Marks.units`.
        due: las unidades que ya vencieron.
    """
    found = [
        one
        for student, rows in units.sort_values("unit").groupby("student")
        if (one := _look_at(str(student), rows, due)).reasons
    ]
    return sorted(found, key=lambda one: (-one.signs, one.student))


def _look_at(student: str, rows: pd.DataFrame, due: Set[str]) -> Behind:
    missing = [unit for unit in rows.loc[rows["missing"], "unit"] if unit in due]
    others = list(_other_reasons(rows))
    first = [f"no entregó {', '.join(missing)}"] if missing else []
    return Behind(student, (*first, *others), len(missing) + len(others))


def _other_reasons(rows: pd.DataFrame) -> Iterator[str]:
    marked = rows.dropna(subset=["fraction"])
    if len(marked):
        last = marked.iloc[-1]
        fraction, before = last["fraction"], marked["fraction"].iloc[:-1].mean()
        if fraction < LOW:
            yield f"{_percent(fraction)} en {last['unit']}"
        # el redondeo perdona el último dígito de una resta de fracciones
        if round(before - fraction, 9) >= FALL:
            yield f"bajó del {_percent(before)} al {_percent(fraction)} en {last['unit']}"
    if rows["late"].sum() >= LATE_TIMES:
        yield f"entregó tarde {', '.join(rows.loc[rows['late'], 'unit'])}"


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.0f} %"
