"""El plugin de Airflow: el calendario hábil, el timetable, las macros y la página.

Los feriados de acá abajo son los oficiales, escritos a mano; no salen de la biblioteca que usa el
plugin. Fuente: Ministerio del Interior, «Feriados nacionales», que para cada año aplica la ley
27.399; los puentes del 2026, de la resolución 164/2025 de la Jefatura de Gabinete; la visita del
Papa, del decreto 1103/2026, que por ahora sólo cita la biblioteca.

Para el 2027 está lo que fija la ley. Sus puentes, y el traslado del 20 de noviembre, que cae en
sábado, dependen de lo que se decrete (decreto 614/2025): cuando la biblioteca lo traiga, la prueba
falla y hay que agregarlo acá.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

import pendulum
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from amq2.orchestrator.inline import run_dag  # isort: skip - prepara la casa antes que `airflow`

from airflow import plugins_manager
from airflow.sdk import DAG, task
from airflow.serialization.decoders import decode_timetable
from airflow.serialization.encoders import encode_timetable
from airflow.timetables.base import DataInterval, TimeRestriction

from amq2.airflow_plugin import CoursePlugin, page
from amq2.airflow_plugin.business_days import (
    as_day,
    business_days,
    holidays_of,
    is_business_day,
    next_business_day,
    previous_business_day,
)
from amq2.airflow_plugin.page import RUNS
from amq2.airflow_plugin.timetable import ArgentineBusinessDays
from amq2.serving import serve
from amq2.settings import TIME_ZONE

OFFICIAL = {
    2026: {
        date(2026, 1, 1): "Año Nuevo",
        date(2026, 2, 16): "Carnaval",
        date(2026, 2, 17): "Carnaval",
        date(2026, 3, 23): "puente",
        date(2026, 3, 24): "Memoria",
        date(2026, 4, 2): "Malvinas, y Jueves Santo",
        date(2026, 4, 3): "Viernes Santo",
        date(2026, 5, 1): "Trabajo",
        date(2026, 5, 25): "Revolución de Mayo",
        date(2026, 6, 15): "Güemes, del miércoles 17 al lunes",
        date(2026, 6, 20): "Belgrano",
        date(2026, 7, 9): "Independencia",
        date(2026, 7, 10): "puente",
        date(2026, 8, 17): "San Martín",
        date(2026, 10, 12): "Diversidad Cultural",
        date(2026, 11, 9): "visita del Papa, por única vez",
        date(2026, 11, 23): "Soberanía, del viernes 20 al lunes",
        date(2026, 12, 7): "puente",
        date(2026, 12, 8): "Inmaculada Concepción",
        date(2026, 12, 25): "Navidad",
    },
    2027: {
        date(2027, 1, 1): "Año Nuevo",
        date(2027, 2, 8): "Carnaval",
        date(2027, 2, 9): "Carnaval",
        date(2027, 3, 24): "Memoria",
        date(2027, 3, 25): "Jueves Santo",
        date(2027, 3, 26): "Viernes Santo",
        date(2027, 4, 2): "Malvinas",
        date(2027, 5, 1): "Trabajo",
        date(2027, 5, 25): "Revolución de Mayo",
        date(2027, 6, 20): "Belgrano",
        date(2027, 6, 21): "Güemes, del jueves 17 al lunes",
        date(2027, 7, 9): "Independencia",
        date(2027, 8, 16): "San Martín, del martes 17 al lunes",
        date(2027, 10, 11): "Diversidad Cultural, del martes 12 al lunes",
        date(2027, 11, 20): "Soberanía",
        date(2027, 12, 8): "Inmaculada Concepción",
        date(2027, 12, 25): "Navidad",
    },
}

SIX = time(6)
days = st.dates(date(2019, 1, 1), date(2035, 12, 31))
hours = st.times()
moments = st.datetimes(datetime(2019, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
tries = settings(max_examples=60, deadline=None, database=None, derandomize=True)


def local(*when: int) -> pendulum.DateTime:
    return pendulum.instance(datetime(*when, tzinfo=TIME_ZONE))  # type: ignore[misc,arg-type]


def restricted(
    earliest: datetime | None = None, latest: datetime | None = None, catchup: bool = True
) -> TimeRestriction:
    return TimeRestriction(
        earliest=pendulum.instance(earliest) if earliest else None,
        latest=pendulum.instance(latest) if latest else None,
        catchup=catchup,
    )


def schedule(timetable: ArgentineBusinessDays, restriction: TimeRestriction) -> list[DataInterval]:
    """Todos los intervalos de un DAG, preguntados de a uno como hace el scheduler."""
    found: list[DataInterval] = []
    while info := timetable.next_dagrun_info(
        last_automated_data_interval=found[-1] if found else None, restriction=restriction
    ):
        assert info.data_interval is not None
        assert info.run_after == info.data_interval.end
        found.append(info.data_interval)
    return found


@pytest.mark.parametrize("year", OFFICIAL)
def test_the_library_has_the_official_holidays_of_the_year_and_no_other(year: int) -> None:
    assert set(holidays_of(year)) == set(OFFICIAL[year])


@pytest.mark.parametrize("year", OFFICIAL)
def test_a_year_runs_once_on_every_weekday_that_is_not_an_official_holiday(year: int) -> None:
    every = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    working = [day for day in every if day.weekday() < 5 and day not in OFFICIAL[year]]
    before = datetime(year - 1, 12, 1, tzinfo=TIME_ZONE)
    after = datetime(year, 12, 31, 5, 59, tzinfo=TIME_ZONE)
    runs = schedule(ArgentineBusinessDays(at=SIX), restricted(before, after))
    ends = [interval.end.astimezone(TIME_ZONE) for interval in runs]
    assert [end.date() for end in ends if end.year == year] == working
    assert {end.time() for end in ends} == {SIX}


def test_bank_only_days_are_business_days() -> None:
    assert is_business_day("2026-11-06")
    assert is_business_day("2026-12-24")
    assert is_business_day("2026-12-31")


@tries
@given(days)
def test_the_next_and_previous_business_days_are_the_nearest_ones(day: date) -> None:
    after, before = next_business_day(day), previous_business_day(day)
    assert before < day < after
    assert business_days(before, after) == [before, *[day] * is_business_day(day), after]


def test_a_day_can_be_a_date_its_text_or_a_moment_of_buenos_aires() -> None:
    christmas = date(2026, 12, 25)
    late = datetime(2026, 12, 26, 2, 59, tzinfo=UTC)
    assert [as_day(christmas), as_day("2026-12-25"), as_day(late)] == [christmas] * 3


def test_a_text_that_is_not_a_date_says_how_to_write_it() -> None:
    with pytest.raises(ValueError, match="'25/12/2026' no es una fecha: se escribe así"):
        is_business_day("25/12/2026")


@tries
@given(moments, hours)
def test_no_run_falls_on_a_weekend_or_holiday_and_the_intervals_touch(
    start: datetime, at: time
) -> None:
    timetable = ArgentineBusinessDays(at=at)
    runs = schedule(timetable, restricted(start, start + timedelta(days=40)))
    for interval in runs:
        end = interval.end.astimezone(TIME_ZONE)
        assert is_business_day(end.date())
        assert end.time() == at
        assert start <= interval.start < interval.end
    assert [one.end for one in runs[:-1]] == [other.start for other in runs[1:]]


@tries
@given(moments, hours)
def test_a_manual_run_takes_the_last_interval_that_was_complete(when: datetime, at: time) -> None:
    timetable = ArgentineBusinessDays(at=at)
    moment = pendulum.instance(when)
    manual = timetable.infer_manual_data_interval(run_after=moment)
    following = timetable.next_dagrun_info(
        last_automated_data_interval=manual, restriction=restricted()
    )
    assert manual.end <= moment
    assert following is not None
    assert following.run_after > moment
    assert schedule(timetable, restricted(manual.start, manual.start)) == [manual]


@tries
@given(hours)
def test_a_timetable_survives_airflows_database(at: time) -> None:
    timetable = ArgentineBusinessDays(at=at)
    assert decode_timetable(encode_timetable(timetable)) == timetable


def test_monday_receives_what_happened_since_friday() -> None:
    run = schedule(
        ArgentineBusinessDays(at=SIX), restricted(local(2026, 12, 4, 6), local(2026, 12, 4, 6))
    )
    # El lunes 7 es puente y el martes 8, feriado.
    assert run == [DataInterval(local(2026, 12, 4, 6), local(2026, 12, 9, 6))]


def test_the_end_date_is_the_last_logical_date() -> None:
    first, last = local(2026, 5, 4, 6), local(2026, 5, 6, 6)
    runs = schedule(ArgentineBusinessDays(at=SIX), restricted(first, last))
    assert [run.start for run in runs] == [first, first.add(days=1), last]


def test_without_catchup_only_the_last_complete_interval_is_run() -> None:
    timetable = ArgentineBusinessDays()
    now = pendulum.now("UTC")
    info = timetable.next_dagrun_info(
        last_automated_data_interval=None, restriction=restricted(catchup=False)
    )
    old = timetable.next_dagrun_info(
        last_automated_data_interval=DataInterval(local(2020, 1, 2), local(2020, 1, 3)),
        restriction=restricted(datetime(2020, 1, 1, tzinfo=UTC), catchup=False),
    )
    assert info is not None
    assert old == info
    assert info.data_interval == timetable.infer_manual_data_interval(run_after=now)


def test_without_catchup_a_start_date_in_the_future_is_respected() -> None:
    future = pendulum.now("UTC").add(years=1)
    info = ArgentineBusinessDays().next_dagrun_info(
        last_automated_data_interval=None, restriction=restricted(future, catchup=False)
    )
    assert info is not None
    assert info.data_interval is not None
    assert info.data_interval.start >= future


def test_catchup_without_a_start_date_has_nothing_to_run() -> None:
    info = ArgentineBusinessDays().next_dagrun_info(
        last_automated_data_interval=None, restriction=restricted()
    )
    assert info is None


def test_nothing_is_lost_when_the_hour_changes_or_a_holiday_is_decreed() -> None:
    # El intervalo anterior terminaba el lunes 9 de noviembre a las 6, que después fue feriado.
    last = DataInterval(local(2026, 11, 6, 6), local(2026, 11, 9, 6))
    info = ArgentineBusinessDays(at=time(8)).next_dagrun_info(
        last_automated_data_interval=last, restriction=restricted(local(2026, 1, 1))
    )
    assert info is not None
    assert info.data_interval == DataInterval(local(2026, 11, 9, 6), local(2026, 11, 10, 8))


def test_the_screen_says_when_it_runs_in_spanish() -> None:
    timetable = ArgentineBusinessDays(at=time(6, 30))
    assert timetable.summary == "días hábiles, 06:30"
    assert timetable.description == ("Cada día hábil de la Argentina, a las 06:30 de Buenos Aires")


def test_an_hour_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"escribila sin zona, time\(6, 30\)"):
        ArgentineBusinessDays(at=time(6, 30, tzinfo=UTC))


def test_airflow_finds_and_loads_the_plugin_with_no_error() -> None:
    plugins, errors = plugins_manager._get_plugins()
    assert errors == {}
    [plugin] = [plugin for plugin in plugins if plugin.name == "amq2"]
    assert type(plugin) is CoursePlugin
    assert "amq2" in str(plugin.source)


def test_a_dag_runs_with_the_timetable_and_its_macros_render() -> None:
    friday = local(2026, 5, 22, 22)
    with DAG(
        "cierre", schedule=ArgentineBusinessDays(at=time(22)), start_date=friday, catchup=False
    ) as dag:

        @task
        def close(day: str, before: str, after: str, works: str) -> list[str]:
            return [day, before, after, works]

        close(
            day="{{ macros.amq2.day(data_interval_end) }}",
            before="{{ macros.amq2.previous_business_day(ds) }}",
            after="{{ macros.amq2.next_business_day(ds) }}",
            works="{{ macros.amq2.is_business_day(ds) }}",
        )

    run = run_dag(dag, friday)
    assert run.state == "success"
    # A las 22 del viernes 22 ya es sábado 23 en UTC, y el lunes 25 es feriado.
    assert run.results["close"] == ["2026-05-22", "2026-05-22", "2026-05-26", "False"]


def get(path: str) -> requests.Response:
    with serve(page) as server:
        return requests.get(f"{server.url}{path}", timeout=10)


def test_the_page_shows_the_year_its_holidays_and_the_next_runs() -> None:
    answer = get("/?year=2026")
    assert answer.status_code == 200
    assert 'lang="es-AR"' in answer.text
    assert answer.text.count('class="holiday"') == len(OFFICIAL[2026]) + 1  # y la referencia
    assert "Días hábiles de 2026 en la Argentina: 242" in answer.text
    assert "lunes 15 de junio</td><td>Paso a la Inmortalidad" in answer.text
    assert answer.text.count(", 06:00</td>") == 2 * RUNS


def test_the_page_asks_nothing_from_outside() -> None:
    text = get("/").text
    addresses = re.findall(r"""(?:href|src|action)\s*=\s*["']?([^"'\s>]+)""", text)
    assert addresses
    assert {urlsplit(address).netloc for address in addresses} == {""}
    assert not re.search(r"url\(|@import|<script|https?:", text)
