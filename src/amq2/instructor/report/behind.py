"""Quién se está quedando atrás: una regla a la vista, para conversar con cada uno."""

from collections.abc import Set
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
    """Un estudiante que se está quedando atrás, y por qué."""

    student: str
    reasons: tuple[str, ...]


def falling_behind(units: pd.DataFrame, due: Set[str]) -> list[Behind]:
    """Quiénes cumplen alguna condición de `RULE`; primero, los que cumplen más.

    Args:
        units: `Marks.units`.
        due: las unidades que ya vencieron.
    """
    found = [
        Behind(str(student), reasons)
        for student, one in units.sort_values("unit").groupby("student")
        if (reasons := tuple(_reasons(one, due)))
    ]
    return sorted(found, key=lambda one: (-len(one.reasons), one.student))


def _reasons(one: pd.DataFrame, due: Set[str]) -> list[str]:
    reasons = []
    if missing := [unit for unit in one.loc[one["missing"], "unit"] if unit in due]:
        reasons.append(f"no entregó {', '.join(missing)}")
    marked = one.dropna(subset=["fraction"])
    if len(marked):
        last = marked.iloc[-1]
        before = marked["fraction"].iloc[:-1].mean()
        if last["fraction"] < LOW:
            reasons.append(f"{_percent(last['fraction'])} en {last['unit']}")
        # el redondeo perdona el último dígito de una resta de fracciones
        if round(before - last["fraction"], 9) >= FALL:
            fall = f"bajó del {_percent(before)} al {_percent(last['fraction'])}"
            reasons.append(f"{fall} en {last['unit']}")
    if one["late"].sum() >= LATE_TIMES:
        reasons.append(f"entregó tarde {', '.join(one.loc[one['late'], 'unit'])}")
    return reasons


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.0f} %"
