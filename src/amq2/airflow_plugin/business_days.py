"""Los días hábiles de la Argentina, con los feriados de la biblioteca `holidays`.

Un día hábil es de lunes a viernes y no es ninguno de éstos (ley 27.399):

- los feriados nacionales, inamovibles y trasladables, en la fecha a la que se trasladan;
- los días no laborables para todo el país: el Jueves Santo y los «puentes» con fines turísticos.
  En ellos cada empleador elige si trabaja, salvo los bancos, que cierran (ley 20.744, art. 167).

No cuentan los días de un solo gremio, provincia o religión: ni el del bancario (6 de noviembre),
ni los asuetos del 24 y el 31 de diciembre.

Los puentes y los feriados por única vez se decretan de un año para otro, y a veces con el año
empezado: la biblioteca los conoce cuando sale una versión con ellos. El calendario de un año que
todavía no se decretó tiene sólo lo que dice la ley.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from types import MappingProxyType

import holidays

from amq2.settings import TIME_ZONE

SATURDAY = 5

Day = date | str
"""Un día: una fecha, un texto `"2026-12-25"`, o un momento (`datetime`)."""


def as_day(day: Day) -> date:
    """La fecha de un día, escrito de cualquiera de las maneras que acepta este módulo.

    Args:
        day: una fecha; su texto, como el `ds` de Airflow; o un momento, que si tiene zona horaria
            vale por el día que es en Buenos Aires.

    Raises:
        ValueError: si el texto no es una fecha.
    """
    if isinstance(day, str):
        try:
            return date.fromisoformat(day)
        except ValueError:
            raise ValueError(f"{day!r} no es una fecha: se escribe así, 2026-12-25.") from None
    if isinstance(day, datetime):
        return (day.astimezone(TIME_ZONE) if day.tzinfo else day).date()
    return day


@cache
def holidays_of(year: int) -> Mapping[date, str]:
    """Los feriados y días no laborables de un año, en orden, con su nombre en castellano."""
    calendar = holidays.country_holidays("AR", years=year, language="es", expand=False)
    return MappingProxyType(dict(sorted(calendar.items())))


def is_business_day(day: Day) -> bool:
    """Si ese día se trabaja: ni sábado, ni domingo, ni feriado."""
    day = as_day(day)
    return day.weekday() < SATURDAY and day not in holidays_of(day.year)


def next_business_day(day: Day) -> date:
    """El primer día hábil después de ese día.

    >>> next_business_day("2026-12-24")
    datetime.date(2026, 12, 28)
    """
    return next(found for found in _days(as_day(day), 1) if is_business_day(found))


def previous_business_day(day: Day) -> date:
    """El último día hábil antes de ese día.

    >>> previous_business_day("2026-12-28")
    datetime.date(2026, 12, 24)
    """
    return next(found for found in _days(as_day(day), -1) if is_business_day(found))


def business_days(start: Day, end: Day) -> list[date]:
    """Los días hábiles entre dos días, los dos incluidos, en orden."""
    start, end = as_day(start), as_day(end)
    every = (start + timedelta(days=number) for number in range((end - start).days + 1))
    return [day for day in every if is_business_day(day)]


def _days(day: date, step: int) -> Iterator[date]:
    """Los días que siguen a uno, sin él; con `step` -1, los que lo preceden."""
    while True:
        day += timedelta(days=step)
        yield day
