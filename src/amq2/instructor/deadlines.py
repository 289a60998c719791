"""El plazo de una unidad: hasta cuándo se entrega, y quién llegó tarde."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook

from amq2.instructor.course import ROOT, CourseError
from amq2.instructor.delivery import Delivery
from amq2.settings import TIME_ZONE


def set_due(unit: str, due: str, root: Path = ROOT) -> datetime:
    """Anota en el gradebook hasta cuándo se entrega una unidad.

    Args:
        unit: la unidad.
        due: `2026-11-20 23:59`, hora de Buenos Aires; sin hora, hasta que termina ese día.
        root: la carpeta del curso.

    Returns:
        El plazo anotado.

    Raises:
        CourseError: si la fecha no se entiende.
    """
    try:
        moment = datetime.fromisoformat(due if ":" in due else f"{due} 23:59")
    except ValueError:
        raise CourseError(
            f"No entiendo la fecha «{due}»: escribila como DUE='2026-11-20 23:59'"
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=TIME_ZONE)
    text = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(unit, duedate=text)
    return moment.astimezone(TIME_ZONE)


def lateness(deliveries: Sequence[Delivery], root: Path = ROOT) -> list[tuple[Delivery, timedelta]]:
    """Las entregas que llegaron después del plazo, y por cuánto; sin plazo anotado, ninguna."""
    database = root / "gradebook.db"
    if not database.exists():
        return []
    with Gradebook(f"sqlite:///{database}") as gradebook:
        due = {
            one.name: one.duedate.replace(tzinfo=UTC)
            for one in gradebook.assignments
            if one.duedate
        }
    return [
        (one, one.time - due[one.unit])
        for one in deliveries
        if one.unit in due and one.time > due[one.unit]
    ]


def readable(delay: timedelta) -> str:
    """Una demora, en días, horas y minutos."""
    minutes = int(delay.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if minutes else "menos de un minuto"
