"""La página del curso en la pantalla de Airflow: el calendario hábil y las próximas corridas.

Es una aplicación de FastAPI que Airflow sirve debajo de su propia dirección. **El login de Airflow
no la protege**: contesta sin token, también cuando la API de Airflow contesta 401. Por eso muestra
un calendario, que es público, y nada de los DAGs ni de sus datos.

La pantalla la abre en un marco que no ejecuta JavaScript: todo es HTML y SVG que arma el servidor,
sin direcciones de afuera.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from html import escape
from itertools import islice
from typing import Annotated

import pendulum
from airflow.timetables.base import DataInterval, TimeRestriction
from fastapi import FastAPI, Query
from fastapi.responses import HTMLResponse

from amq2.airflow_plugin.business_days import business_days, holidays_of
from amq2.airflow_plugin.calendar_svg import LEGEND, MONTHS, STYLE, WEEKDAYS, month_svg
from amq2.airflow_plugin.timetable import ArgentineBusinessDays
from amq2.settings import TIME_ZONE

FIRST_YEAR, LAST_YEAR = 2018, 2099
"""La ley 27.399 rige desde el 2018; la biblioteca calcula hasta el 2100."""

EXAMPLE = ArgentineBusinessDays(at=time(6))
RUNS = 8

app = FastAPI(title="Días hábiles", docs_url=None, redoc_url=None, openapi_url=None)


@app.get("/", response_class=HTMLResponse)
def show(year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None) -> str:
    """El calendario de un año; si no se dice cuál, el de hoy."""
    today = datetime.now(TIME_ZONE).date()
    year = year or today.year
    months = "\n".join(month_svg(year, month, today) for month in range(1, 13))
    total = len(business_days(date(year, 1, 1), date(year, 12, 31)))
    return f"""<!doctype html>
<html lang="es-AR">
<head><meta charset="utf-8"><title>Días hábiles {year}</title><style>{STYLE}</style></head>
<body>
<h1>Días hábiles de {year} en la Argentina: {total}</h1>
<nav>{_link(year - 1, "←")} {_link(year + 1, "→")}</nav>
<p>Un día hábil es de lunes a viernes y no es feriado ni día no laborable para todo el país.
Los puentes y los traslados se decretan de un año para otro.</p>
{LEGEND}
<div class="months">{months}</div>
<div class="tables">
{_runs()}
{_holidays(year)}
</div>
</body>
</html>"""


def next_runs(now: datetime) -> Iterator[DataInterval]:
    """Los intervalos de las corridas que siguen, del que está en curso en adelante."""
    interval = EXAMPLE.infer_manual_data_interval(run_after=pendulum.instance(now))
    restriction = TimeRestriction(earliest=None, latest=None, catchup=True)
    while info := EXAMPLE.next_dagrun_info(
        last_automated_data_interval=interval, restriction=restriction
    ):
        assert info.data_interval is not None
        interval = info.data_interval
        yield interval


def _link(year: int, arrow: str) -> str:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ""
    return f'<a href="?year={year}">{arrow} {year}</a>'


def _holidays(year: int) -> str:
    rows = "".join(
        f"<tr><td>{_name_of(day)}</td><td>{escape(name)}</td></tr>"
        for day, name in holidays_of(year).items()
    )
    head = "<tr><th>día</th><th>feriado o día no laborable</th></tr>"
    return f"<table><caption>Feriados de {year}</caption>{head}{rows}</table>"


def _runs() -> str:
    rows = "".join(
        f"<tr><td>{_moment(interval.end)}</td><td>{_moment(interval.start)}</td></tr>"
        for interval in islice(next_runs(datetime.now(UTC)), RUNS)
    )
    head = "<tr><th>corre</th><th>con los datos desde</th></tr>"
    caption = (
        f"Las próximas corridas de <code>ArgentineBusinessDays(at=time({EXAMPLE.at.hour}))</code>"
    )
    return f"<table><caption>{caption}</caption>{head}{rows}</table>"


def _name_of(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} de {MONTHS[day.month - 1]}"


def _moment(moment: datetime) -> str:
    local = moment.astimezone(TIME_ZONE)
    return f"{_name_of(local.date())}, {local:%H:%M}"
