"""De la base operativa al warehouse: en SQLite, y de un MariaDB a un PostgreSQL de verdad."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from amq2.orchestrator.connections import (
    CREATE_TABLE,
    OPERATIONAL,
    TABLE,
    WAREHOUSE,
    connections,
    fill_operational,
)
from amq2.orchestrator.data import requests_of
from tests import mariadb
from tests.conftest import not_run
from tests.course_dags import BaseHook, course_dag, run_dag
from tests.postgres import find_programs, running_postgres

DAY = date(2026, 3, 2)
OTHER_DAY = date(2026, 3, 3)
PROVIDERS = ".venv/bin/uv pip install --python .venv/bin/python -r requirements-ci.txt"


def variable(name: str) -> str:
    """La variable de entorno de una conexión."""
    return f"AIRFLOW_CONN_{name.upper()}"


def needs_servers() -> Path:
    """Los programas de PostgreSQL, si está todo lo que pide la otra mitad de estas pruebas."""
    for provider in ("mysql", "postgres"):
        if find_spec(f"airflow.providers.{provider}") is None:
            not_run(f"apache-airflow-providers-{provider}", PROVIDERS)
    if not mariadb.is_installed():
        not_run("mariadb-server", mariadb.INSTALL)
    return find_programs() or not_run("postgresql", "sudo apt install postgresql")


@pytest.fixture(scope="module", params=["SQLite -> SQLite", "MariaDB -> PostgreSQL"])
def route(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """De qué base a qué base: sólo cambian las dos conexiones."""
    name: str = request.param
    with ExitStack() as stack:
        if name == "SQLite -> SQLite":
            home = tmp_path_factory.mktemp("home")
            (home / "datos").mkdir()
            variables = connections(home)
        else:
            programs = needs_servers()
            address = {"host": "127.0.0.1", "schema": mariadb.DATABASE, "login": "root"}
            port = stack.enter_context(mariadb.running_mariadb())
            warehouse = stack.enter_context(running_postgres(programs))
            variables = {
                variable(OPERATIONAL): json.dumps({"conn_type": "mysql", "port": port, **address}),
                variable(WAREHOUSE): warehouse.url,
            }
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for key, value in variables.items():
            patch.setenv(key, value)
        yield name


def ask(connection: str, sql: str) -> list[tuple[Any, ...]]:
    """Las filas que da una consulta, con los textos y números como los escribe Python."""
    records = BaseHook.get_connection(connection).get_hook().get_records(sql)
    return [tuple(str(v) if isinstance(v, date) else v for v in record) for record in records or []]


def copy(day: date, rows: int) -> dict[str, dict[str, float]]:
    """Corre el DAG y devuelve los totales de cada lado."""
    done = run_dag(course_dag("copy_to_warehouse"), conf={"day": day.isoformat(), "rows": rows})
    assert done.state == "success", done.errors
    totals: dict[str, dict[str, float]] = done.results["compare"]
    return totals


def test_what_is_copied_is_what_there_was(
    route: str, record_property: Callable[[str, object], None]
) -> None:
    totals = copy(DAY, 1_000)
    rows = requests_of(DAY, 1_000)
    expected = {
        "COUNT(*)": 1_000,
        **{f"SUM({name})": rows[name].sum() for name in ("income", "amount")},
        "SUM(debt_ratio)": pytest.approx(rows["debt_ratio"].sum()),
    }
    assert totals == {OPERATIONAL: expected, WAREHOUSE: expected}
    everything = f"SELECT * FROM {TABLE} WHERE application_date = '{DAY}' ORDER BY applicant_id"
    assert ask(OPERATIONAL, everything) == ask(WAREHOUSE, everything)
    record_property(route, json.dumps(totals))
    print(f"\n{route}: {totals}")


def test_copied_twice_it_is_there_once_and_the_other_days_stay(route: str) -> None:
    everything = f"SELECT * FROM {TABLE} ORDER BY applicant_id"
    copy(OTHER_DAY, 40)
    copy(DAY, 300)
    first = ask(WAREHOUSE, everything)
    copy(DAY, 300)
    assert ask(WAREHOUSE, everything) == first
    assert len(first) == 340


def test_a_day_that_shrank_in_the_operational_database_shrinks_in_the_warehouse(
    route: str,
) -> None:
    copy(DAY, 300)
    copy(DAY, 100)
    count = f"SELECT COUNT(*) FROM {TABLE} WHERE application_date = '{DAY}'"
    assert ask(WAREHOUSE, count) == ask(OPERATIONAL, count) == [(100,)]


def test_a_copy_that_does_not_match_fails_and_says_so(route: str) -> None:
    compare: Any = course_dag("copy_to_warehouse").task_dict["compare"]
    fill_operational(DAY, 100)
    hook = BaseHook.get_connection(WAREHOUSE).get_hook()
    hook.run([CREATE_TABLE, f"DELETE FROM {TABLE} WHERE application_date = '{DAY}'"])
    query = f"SELECT COUNT(*), SUM(income), SUM(amount), SUM(debt_ratio) FROM {TABLE}"
    with pytest.raises(ValueError, match="La copia no coincide"):
        compare.python_callable(f"{query} WHERE application_date = '{DAY}'")


def test_the_connections_are_files_of_the_home_unless_you_chose_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (OPERATIONAL, WAREHOUSE):
        monkeypatch.delenv(variable(name), raising=False)
    mine = '{"conn_type": "mysql"}'
    inherited = connections(tmp_path / "other")
    monkeypatch.setenv(variable(OPERATIONAL), mine)
    monkeypatch.setenv(variable(WAREHOUSE), inherited[variable(WAREHOUSE)])
    file = str(tmp_path / "datos" / "amq2_warehouse.sqlite")
    assert connections(tmp_path) == {
        variable(OPERATIONAL): mine,
        variable(WAREHOUSE): json.dumps({"conn_type": "sqlite", "host": file}),
    }
