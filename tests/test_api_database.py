"""Los solicitantes en SQLite y en PostgreSQL: nada se pierde, nada se pisa, y un 503 es verdad."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from amq2.api.database import Database
from tests.api_faults import locked as locked_sqlite
from tests.api_server import (
    APPLICANT,
    PERSON,
    Api,
    problem,
    running_api,
    wait_until,
)
from tests.conftest import not_run
from tests.postgres import Postgres, find_programs, running_postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    programs = find_programs()
    if programs is None:
        not_run("postgresql", "sudo apt install postgresql")
    with running_postgres(programs) as server:
        yield server


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    environment = {"DATABASE_SECONDS": "2"}
    if request.param == "postgresql":
        environment["DATABASE_URL"] = request.getfixturevalue("postgres").url
    with running_api(tmp_path_factory.mktemp(request.param), **environment) as api:
        yield api


@pytest.fixture
def locked(api: Api, request: pytest.FixtureRequest) -> Callable[[], AbstractContextManager[None]]:
    """`with locked()`: otro programa toma la tabla de solicitantes y no la suelta."""

    @contextmanager
    def locked() -> Iterator[None]:
        if (api.folder / "applicants.db").exists():
            with locked_sqlite(api.folder):
                yield
        else:
            with psycopg.connect(request.getfixturevalue("postgres").url) as locker:
                locker.execute("LOCK TABLE applicants IN SHARE MODE")
                yield

    return locked


def create(api: Api, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    response = api.ask("POST", "/v1/applicants", json={**PERSON, **fields})
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


def everyone(api: Api, limit: int = 100) -> list[dict[str, Any]]:
    path: str | None = f"/v1/applicants?limit={limit}"
    found: list[dict[str, Any]] = []
    while path:
        page = api.ask("GET", path).json()
        assert len(page["items"]) <= limit
        found += page["items"]
        path = page["next"]
    return found


def test_an_applicant_comes_back_as_it_was_saved(api: Api) -> None:
    person = create(api, debt_ratio=0.1 + 0.2, income=300_000.000_000_1)
    path = f"/v1/applicants/{person['id']}"
    assert api.ask("GET", path).json() == person
    assert api.ask("PATCH", path, json={"name": "Otra"}).json()["version"] == 2
    assert api.ask("PUT", path, json=PERSON).json() == {**PERSON, "id": person["id"], "version": 3}
    assert api.ask("DELETE", path).status_code == 204
    problem(api.ask("GET", path), 404)


@pytest.mark.parametrize(
    "name",
    [
        "Robert'); DROP TABLE applicants;--",
        "' OR '1'='1",
        '"; SELECT pg_sleep(60); --',
        "%s %(name)s :name ? {0} $1",
        "\\'; DELETE FROM applicants WHERE 1=1; --",
        "Ñandú Ünïcödé 名前 🏦",
        "e\u0301 y é no son lo mismo",
        "\u202efin",
        " espacios ",
    ],
)
def test_a_name_is_only_a_name(api: Api, name: str) -> None:
    before = len(everyone(api))
    person = create(api, name=name)
    assert api.ask("GET", f"/v1/applicants/{person['id']}").json()["name"] == name
    assert len(everyone(api)) == before + 1


def test_the_pages_show_each_applicant_once_even_while_others_come_and_go(api: Api) -> None:
    mine = [create(api, name=f"página {number}")["id"] for number in range(25)]
    first = api.ask("GET", f"/v1/applicants?limit=10&after={mine[0] - 1}").json()
    assert [item["id"] for item in first["items"]] == mine[:10]
    api.ask("DELETE", f"/v1/applicants/{mine[3]}")
    late = create(api)["id"]
    second = api.ask("GET", first["next"]).json()
    assert [item["id"] for item in second["items"]] == mine[10:20]
    third = api.ask("GET", second["next"]).json()
    assert [item["id"] for item in third["items"]] == [*mine[20:], late]
    assert third["next"] is None


def test_a_page_that_is_exactly_full_is_the_last_one(api: Api) -> None:
    last = create(api)["id"]
    page = api.ask("GET", f"/v1/applicants?limit=1&after={last - 1}").json()
    assert [item["id"] for item in page["items"]] == [last]
    assert page["next"] is None


def test_the_number_of_a_deleted_applicant_is_not_given_again(api: Api) -> None:
    last = create(api)["id"]
    api.ask("DELETE", f"/v1/applicants/{last}")
    assert create(api)["id"] > last


def test_many_that_create_at_once_get_different_numbers_and_none_is_lost(api: Api) -> None:
    with ThreadPoolExecutor(16) as pool:
        people = list(pool.map(lambda number: create(api, name=f"a la vez {number}"), range(160)))
    saved = {item["id"]: item["name"] for item in everyone(api)}
    assert len({person["id"] for person in people}) == 160
    assert all(saved[person["id"]] == person["name"] for person in people)


def test_nobody_overwrites_what_did_not_read(api: Api) -> None:
    """Ocho clientes suman de a uno, leyendo y escribiendo con If-Match: no se pierde ninguno."""
    path = f"/v1/applicants/{create(api, months_employed=0)['id']}"

    def add_one(_: int) -> int:
        for attempt in range(1000):
            read = api.ask("GET", path)
            months = read.json()["months_employed"] + 1
            headers = {"If-Match": read.headers["ETag"]}
            changed = api.ask("PATCH", path, json={"months_employed": months}, headers=headers)
            if changed.ok:
                return attempt
            problem(changed, 412)
        pytest.fail("nunca pudo")

    with ThreadPoolExecutor(8) as pool:
        attempts = list(pool.map(add_one, range(40)))
    assert api.ask("GET", path).json()["months_employed"] == 40
    assert api.ask("GET", path).json()["version"] == 41
    assert sum(attempts) > 0  # si nadie chocó, no se probó nada


def test_changes_to_different_fields_do_not_undo_each_other(api: Api) -> None:
    path = f"/v1/applicants/{create(api)['id']}"
    changes = [{"age": 21 + n} for n in range(20)] + [{"previous_loans": n / 2} for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda body: api.ask("PATCH", path, json=body).ok, changes))
    api.ask("PATCH", path, json={"age": 70})
    api.ask("PATCH", path, json={"previous_loans": 7})
    final = api.ask("GET", path).json()
    assert (final["age"], final["previous_loans"], final["version"]) == (70, 7, 43)


def test_what_was_confirmed_survives_a_sudden_death(tmp_path: Path) -> None:
    with running_api(tmp_path) as api:
        saved = [create(api, name=f"antes {number}") for number in range(20)]
        api.process.kill()
    with running_api(tmp_path) as api:
        assert everyone(api) == saved


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_many_processes_can_create_the_table_at_once(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    for attempt in range(5):
        url = f"sqlite:///{tmp_path / f'{attempt}.db'}"
        if kind == "postgresql":
            server = request.getfixturevalue("postgres")
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE at_once_{attempt}")
            url = server.url.replace("/postgres", f"/at_once_{attempt}")
        databases = [Database(url, 10) for _ in range(8)]
        together = threading.Barrier(len(databases))

        def check(database: Database, together: threading.Barrier = together) -> None:
            together.wait()
            database.check()

        with ThreadPoolExecutor(len(databases)) as pool:
            list(pool.map(check, databases))
        assert databases[0].create(PERSON)["id"] == 1
        for database in databases:
            database.close()


def test_a_locked_database_is_a_503_and_the_rest_goes_on(
    api: Api, locked: Callable[[], AbstractContextManager[None]]
) -> None:
    person = create(api)
    path = f"/v1/applicants/{person['id']}"
    with locked(), ThreadPoolExecutor(30) as pool:
        for answer in pool.map(lambda _: api.ask("PATCH", path, json={"age": 30}), range(30)):
            problem(answer, 503)
            assert int(answer.headers["Retry-After"]) >= 1
        assert api.ask("GET", path).json() == person
        assert api.ask("POST", "/v1/predictions", json=APPLICANT).ok
    assert api.ask("PATCH", path, json={"age": 30}).json()["version"] == 2


def test_without_postgresql_scores_go_on_and_when_it_comes_back_so_does_the_rest(
    tmp_path: Path, postgres: Postgres
) -> None:
    with running_api(tmp_path, DATABASE_URL=postgres.url, DATABASE_SECONDS="1") as api:
        path = f"/v1/applicants/{create(api)['id']}"
        assert requests.get(f"{api.url}/ready", timeout=5).ok
        with psycopg.connect(postgres.url) as locker:
            locker.execute("LOCK TABLE applicants IN ACCESS EXCLUSIVE MODE")
            problem(api.ask("GET", path), 503)
        postgres.stop()
        try:
            problem(requests.get(f"{api.url}/ready", timeout=5), 503)
            problem(api.ask("GET", path), 503)
            problem(api.ask("POST", "/v1/applicants", json=PERSON), 503)
            assert requests.get(f"{api.url}/health", timeout=5).ok
            assert api.ask("POST", "/v1/predictions", json=APPLICANT).ok
        finally:
            postgres.start()
        assert wait_until(lambda: requests.get(f"{api.url}/ready", timeout=5).ok)
        assert api.ask("GET", path).ok


def test_a_service_that_starts_without_its_database_gets_ready_when_it_appears(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "todavía no"
    with running_api(tmp_path, DATABASE_URL=f"sqlite:///{folder / 'x.db'}") as api:
        problem(requests.get(f"{api.url}/ready", timeout=5), 503)
        assert api.ask("POST", "/v1/predictions", json=APPLICANT).ok
        folder.mkdir()
        assert requests.get(f"{api.url}/ready", timeout=5).ok
        create(api)
