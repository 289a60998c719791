"""Las notas de la clase como tablas, y los plazos."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from nbgrader.api import Gradebook

from amq2.instructor.course import ROOT
from amq2.instructor.grades import grades

HALF = 0.5
"""Sin plazo anotado, una unidad cuenta como vencida cuando la entregó esta parte de la clase."""


@dataclass(frozen=True)
class Marks:
    """Las notas de la clase.

    Attributes:
        exercises: una fila por estudiante, unidad y ejercicio: `student`, `unit`, `exercise`,
            `score` (puntos; sin valor si falta la entrega o espera corrección a mano),
            `max_score`, `waits`, `missing`, `late` y `note`.
        units: una fila por estudiante y unidad: `score` y `max_score` de lo que ya tiene nota,
            `fraction` (de 0 a 1), `waits`, `missing` y `late`.
        due: las unidades cuyo plazo ya pasó.
    """

    exercises: pd.DataFrame
    units: pd.DataFrame
    due: frozenset[str]


def read_marks(root: Path = ROOT, now: datetime | None = None) -> Marks:
    """Lee las notas de gradebook.db.

    Args:
        root: la carpeta del curso.
        now: contra qué hora se miran los plazos; si no se dice, la de ahora.

    Raises:
        CourseError: si todavía no se corrigió nada.
    """
    table = pd.DataFrame(grades(root))
    exercises = pd.DataFrame(
        {
            **{name: table[name] for name in ("student", "unit", "exercise", "note")},
            "score": pd.to_numeric(table["score"]),  # lo vacío queda sin valor
            "max_score": table["max_score"].astype(float),
            "waits": table["needs_manual"] == "sí",
            "missing": table["missing"] == "sí",
            "late": table["late"] == "sí",
        }
    )
    units = by_unit(exercises)
    return Marks(exercises, units, _due(root, units, now or datetime.now(UTC)))


def by_unit(exercises: pd.DataFrame) -> pd.DataFrame:
    """Suma los ejercicios de cada estudiante y unidad; sólo los que ya tienen nota."""
    marked = exercises.assign(max_score=exercises["max_score"].where(exercises["score"].notna()))
    units = marked.groupby(["student", "unit"], as_index=False).agg(
        score=("score", "sum"),
        max_score=("max_score", "sum"),
        waits=("waits", "any"),
        missing=("missing", "all"),
        late=("late", "any"),
    )
    units["fraction"] = (units["score"] / units["max_score"]).where(units["max_score"] > 0)
    return units


def _due(root: Path, units: pd.DataFrame, now: datetime) -> frozenset[str]:
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        dates = {one.name: one.duedate for one in gradebook.assignments if one.duedate}
    missing = units.groupby("unit")["missing"].mean()
    return frozenset(
        unit
        for unit, share in missing.items()
        if (dates[unit].replace(tzinfo=UTC) < now if unit in dates else share <= HALF)
    )
