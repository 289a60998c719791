"""Las macros del curso: funciones que se llaman desde un template de Jinja.

Airflow las ofrece bajo el nombre del plugin: `{{ macros.amq2.previous_business_day(ds) }}`.
Aceptan lo mismo que `amq2.airflow_plugin.business_days` y devuelven texto, como `ds`.

Ojo con `ds`: es la fecha lógica *en UTC*. Una corrida de las 22 de Buenos Aires lleva el `ds` del
día siguiente; para no equivocarse, `{{ macros.amq2.day(data_interval_end) }}`.
"""

from amq2.airflow_plugin import business_days
from amq2.airflow_plugin.business_days import Day


def day(moment: Day) -> str:
    """El día que es en Buenos Aires en ese momento: `"2026-12-25"`."""
    return business_days.as_day(moment).isoformat()


def previous_business_day(day: Day) -> str:
    """El último día hábil antes de ese día: `"2026-12-24"`."""
    return business_days.previous_business_day(day).isoformat()


def next_business_day(day: Day) -> str:
    """El primer día hábil después de ese día: `"2026-12-28"`."""
    return business_days.next_business_day(day).isoformat()


def is_business_day(day: Day) -> bool:
    """Si ese día se trabaja; sirve en un `{% if … %}`."""
    return business_days.is_business_day(day)
