"""Un mes dibujado en SVG: cada día con su número, y los que no se trabajan, a la vista.

Los feriados se distinguen por el color y por el número en negrita con un borde; los fines de
semana, por el gris. Los colores son los de Okabe e Ito, que se distinguen con cualquier daltonismo.
"""

from calendar import Calendar
from datetime import date
from html import escape

from amq2.airflow_plugin.business_days import SATURDAY, holidays_of

MONTHS = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]
WEEKDAYS = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]

CELL, HEAD = 30, 44  # píxeles: el lado de un día, y lo que ocupan el título y las iniciales

STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; color: #222; background: #fff; margin: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; }
nav a { margin-right: 1rem; color: #0072B2; }
.legend span { margin-right: 1.5rem; }
.months { display: grid; grid-template-columns: repeat(3, max-content); gap: 1rem; }
@media (min-width: 960px) { .months { grid-template-columns: repeat(4, max-content); } }
@media (min-width: 1400px) { .months { grid-template-columns: repeat(6, max-content); } }
.tables { display: flex; flex-wrap: wrap; gap: 1rem 4rem; margin-top: 1rem; }
table { border-collapse: collapse; align-self: start; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; }
th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; border-bottom: 1px solid #ddd; }
svg text { font: 13px system-ui, sans-serif; text-anchor: middle; fill: #222; }
svg .title { font-weight: bold; text-anchor: start; }
svg .head { fill: #666; font-size: 11px; }
svg rect { fill: #fff; stroke: #ccc; }
svg .weekend { fill: #e8e8e8; }
svg .holiday { fill: #E69F00; stroke: #7a4f00; stroke-width: 2; }
svg .holiday + text { font-weight: bold; }
svg .today { fill: none; stroke: #0072B2; stroke-width: 3; stroke-dasharray: 4 2; }
"""


def _cell(x: float, y: float, kind: str, text: str, title: str = "") -> str:
    tip = f"<title>{escape(title)}</title>" if title else ""
    box = f'<rect class="{kind}" x="{x + 1}" y="{y + 1}" width="{CELL - 2}" height="{CELL - 2}"/>'
    label = f'<text x="{x + CELL / 2}" y="{y + CELL / 2 + 5}">{text}</text>'
    return f"<g>{tip}{box}{label}</g>"


def _legend(kind: str, name: str) -> str:
    size = f'width="{CELL}" height="{CELL}" style="vertical-align: middle"'
    return f"<span><svg {size}>{_cell(0, 0, kind, '1')}</svg> {name}</span>"


LEGEND = (
    '<p class="legend">'
    + _legend("business", "hábil")
    + _legend("weekend", "fin de semana")
    + _legend("holiday", "feriado o no laborable: su nombre, al pasar el cursor")
    + "</p>"
)


def month_svg(year: int, month: int, today: date) -> str:
    """El dibujo de un mes.

    Args:
        year, month: cuál.
        today: el día que se recuadra, si cae en él.
    """
    weeks = Calendar().monthdatescalendar(year, month)
    name = f"{MONTHS[month - 1]} de {year}"
    parts = [f'<text class="title" x="2" y="14">{name}</text>']
    parts += [
        f'<text class="head" x="{CELL * (column + 0.5)}" y="{HEAD - 8}">{weekday[:2]}</text>'
        for column, weekday in enumerate(WEEKDAYS)
    ]
    for row, week in enumerate(weeks):
        for column, day in enumerate(week):
            if day.month != month:
                continue
            x, y = CELL * column, HEAD + CELL * row
            parts.append(_cell(x, y, kind_of(day), str(day.day), holidays_of(year).get(day, "")))
            if day == today:
                parts.append(
                    f'<rect class="today" x="{x + 2}" y="{y + 2}" '
                    f'width="{CELL - 4}" height="{CELL - 4}"/>'
                )
    size = f'width="{CELL * 7}" height="{HEAD + CELL * 6}"'
    return f'<svg {size} role="img" aria-label="{name}">{"".join(parts)}</svg>'


def kind_of(day: date) -> str:
    """De qué clase es un día: `business`, `weekend` o `holiday`."""
    if day in holidays_of(day.year):
        return "holiday"
    return "weekend" if day.weekday() >= SATURDAY else "business"
