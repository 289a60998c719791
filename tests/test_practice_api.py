"""La API de cotizaciones: las dos buenas cumplen su contrato, y una falla plantada se nota."""

import pytest
import requests

from amq2.checks import CheckFailed
from amq2.practice_api import (
    Quotes,
    TextQuotes,
    check_spares_the_good_ones,
    finds_a_fault,
    quotes_api,
)
from amq2.serving import serve


@pytest.mark.parametrize("good", [Quotes, TextQuotes])
def test_a_good_one_keeps_the_contract(good: type[Quotes]) -> None:
    with serve(quotes_api(good())) as server:
        url = f"{server.url}/quotes"
        made = requests.post(url, json={"amount": 100_000, "months": 12}, timeout=5)
        assert (made.status_code, made.json()["total"]) == (201, 160_000)
        resource = server.url + made.headers["location"]
        assert requests.get(resource, timeout=5).json() == made.json()
        for amount, months in ((0, 1), (-1, 1), (1, 0), (1, 61), ("x", 1)):
            wrong = requests.post(url, json={"amount": amount, "months": months}, timeout=5)
            assert wrong.status_code == 422
        assert requests.delete(resource, timeout=5).status_code == 204
        for method in ("GET", "DELETE"):
            assert requests.request(method, resource, timeout=5).status_code == 404


def test_the_two_good_ones_differ() -> None:
    assert isinstance(Quotes().new_id(), int)
    assert isinstance(TextQuotes().new_id(), str)
    assert "currency" in TextQuotes().describe({})


def test_tests_that_complain_find_a_fault() -> None:
    def tests(url: str) -> None:
        answer = requests.post(f"{url}/quotes", json={"amount": 1, "months": 1}, timeout=5)
        assert answer.status_code == 201

    assert not finds_a_fault(tests, quotes_api())
    assert finds_a_fault(tests, quotes_api(created=200))


def test_a_test_that_fails_without_complaining_is_told() -> None:
    def tests(url: str) -> None:
        answer = requests.post(f"{url}/quotes", json={"amount": 1, "months": 1}, timeout=5)
        print({201: "bien"}[answer.status_code])

    with pytest.raises(CheckFailed, match=r"KeyError(.|\n)*la queja se hace con `assert`"):
        finds_a_fault(tests, quotes_api(created=200))


def test_a_complaint_about_a_good_one_says_which_and_where() -> None:
    def tests(url: str) -> None:
        answer = requests.post(f"{url}/quotes", json={"amount": 1, "months": 1}, timeout=5)
        assert isinstance(answer.json()["id"], int)

    line = tests.__code__.co_firstlineno + 2
    with pytest.raises(CheckFailed, match=rf"con textos en `id`(.|\n)*línea {line} de tu celda"):
        check_spares_the_good_ones(tests)
