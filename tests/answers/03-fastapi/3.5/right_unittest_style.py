import json
from urllib.error import HTTPError
from urllib.request import Request as Ask
from urllib.request import urlopen


def call(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    ask = Ask(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urlopen(ask, timeout=5) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except HTTPError as error:
        return error.code, None


class Checker:
    def __init__(self, url):
        self.quotes = f"{url}/quotes"

    def create(self, months=6, amount=100_000):
        return call("POST", self.quotes, {"amount": amount, "months": months})

    def test_creates(self):
        for months in (1, 6, 60):
            status, quote = self.create(months)
            assert status == 201, status
            assert round(quote["total"], 2) == round(100_000 * (1 + 0.05 * months), 2)

    def test_limits(self):
        assert [self.create(months)[0] for months in (0, 61)] == [422, 422]
        assert self.create(amount=0)[0] == 422

    def test_reads_each_one(self):
        made = [self.create(months)[1] for months in (3, 4, 5)]
        for quote in made:
            status, read = call("GET", f"{self.quotes}/{quote['id']}")
            assert status == 200
            assert read["months"] == quote["months"]
        assert call("GET", f"{self.quotes}/no-existe")[0] == 404

    def test_deletes(self):
        where = f"{self.quotes}/{self.create()[1]['id']}"
        assert call("DELETE", where)[0] == 204
        assert call("GET", where)[0] == 404


def check_quotes(url):
    for name in dir(Checker):
        if name.startswith("test_"):
            getattr(Checker(url), name)()
