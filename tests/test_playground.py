"""El playground cumple con HTTP, recuerda lo que vio y falla sólo cuando se lo piden."""

import csv
import gzip
import hashlib
import http.client
import io
import re
import socket
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest
import requests

from amq2.playground import Fault, Playground, chaos, playground

GIVE_UP = 5.0
ANA: dict[str, Any] = {"document": "30123456", "name": "Ana Díaz", "income": 900_000, "debt": 0}
Ask = Callable[..., requests.Response]


@pytest.fixture
def server() -> Iterator[Playground]:
    with playground() as it:
        yield it


@pytest.fixture
def ask(server: Playground) -> Ask:
    return asker(server)


@pytest.fixture(scope="module")
def look() -> Iterator[Ask]:
    """Como `ask`, con un servidor para todas: para las pruebas que no cambian nada."""
    with playground() as it:
        yield asker(it)


def asker(server: Playground) -> Ask:
    def ask(method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401
        options = {"timeout": GIVE_UP, "allow_redirects": False, **options}
        answer = requests.request(method, server.url + path, **options)
        if answer.status_code >= 400 and method != "HEAD":
            check_problem(answer)
        return answer

    return ask


def check_problem(answer: requests.Response) -> None:
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + GIVE_UP
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.005)
    return False


# --- El índice y los datos -------------------------------------------------------------------


def test_the_index_names_every_endpoint(look: Ask) -> None:
    index = look("GET", "/").json()
    assert {"/applicants", "/loans/{id}", "/slow", "/upload"} <= {each["path"] for each in index}
    assert all(each["about"] and each["methods"] for each in index)


def test_it_starts_with_23_applicants_and_no_loans(server: Playground) -> None:
    assert len(server.store.items("applicants")) == 23
    assert server.store.items("loans") == []


def test_two_playgrounds_start_equal_and_do_not_share_anything(server: Playground) -> None:
    with playground() as other:
        assert other.store.items("applicants") == server.store.items("applicants")
        asker(other)("DELETE", "/applicants/1")
        assert len(server.store.items("applicants")) == 23


def test_the_seeds_obey_the_rules() -> None:
    with playground(applicants=60, loans=60) as server:
        for name in ("applicants", "loans"):
            for item in server.store.items(name):
                answer = asker(server)("PUT", f"/{name}/{item['id']}", json=item)
                assert answer.json() == item


# --- Listar ----------------------------------------------------------------------------------


@pytest.mark.parametrize("links", ["absolute", "relative"])
def test_following_next_gives_every_item_once(links: Any) -> None:  # noqa: ANN401
    with playground(links=links) as server:
        url, ids = f"{server.url}/applicants?limit=10", []
        while url:
            answer = requests.get(url, timeout=GIVE_UP)
            assert answer.headers["X-Total-Count"] == "23"
            ids += [item["id"] for item in answer.json()]
            target = answer.links.get("next", {}).get("url", "")
            assert not target or target.startswith("http") == (links == "absolute")
            url = server.url + target if target.startswith("/") else target
    assert ids == list(range(1, 24))


def test_the_last_page_has_no_link_even_when_it_is_full() -> None:
    with playground(applicants=10) as server:
        assert "Link" not in asker(server)("GET", "/applicants").headers
    with playground(applicants=11) as server:
        assert "Link" in asker(server)("GET", "/applicants").headers


@pytest.mark.parametrize("limit", ["0", "51", "x", "-1", "1.5", ""])
def test_a_limit_out_of_range_is_422(look: Ask, limit: str) -> None:
    assert look("GET", f"/applicants?limit={limit}").status_code == 422


@pytest.mark.parametrize("cursor", ["x", "", "ñ", "WyJsb2FucyIsIDFd", "MTA"])
def test_a_cursor_that_the_server_did_not_give_is_400(look: Ask, cursor: str) -> None:
    assert look("GET", f"/applicants?cursor={cursor}").status_code == 400


def test_the_list_can_be_had_as_csv(look: Ask) -> None:
    answer = look("GET", "/applicants?limit=3", headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert list(rows[0]) == ["id", "document", "name", "income", "debt"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/json"),
        ("application/json;q=0.5, text/csv", "text/csv; charset=utf-8"),
        ("text/*", "text/csv; charset=utf-8"),
        ("text/csv;q=0.1, */*;q=0.2", "application/json"),
        ("application/json;q=0, */*", "text/csv; charset=utf-8"),
    ],
)
def test_accept_is_honoured(look: Ask, accept: str, expected: str) -> None:
    answer = look("GET", "/applicants", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == expected
    assert "Accept" in answer.headers["Vary"]


def test_a_format_that_is_not_there_is_406_with_the_list(look: Ask) -> None:
    answer = look("GET", "/applicants", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer.json()["available"] == ["application/json", "text/csv"]


# --- Crear -----------------------------------------------------------------------------------


def test_a_post_creates_and_says_where(ask: Ask, server: Playground) -> None:
    answer = ask("POST", "/applicants", json=ANA)
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/applicants/24"
    assert answer.json() == {"id": 24, **ANA}
    assert ask("GET", "/applicants/24").json() == server.store.items("applicants")[-1]


def test_every_bad_field_is_named(look: Ask) -> None:
    bad = {"document": "12", "name": " ", "income": -1, "color": "rojo"}
    answer = look("POST", "/applicants", json=bad)
    assert answer.status_code == 422
    named = {error["field"] for error in answer.json()["errors"]}
    assert named == {"document", "name", "income", "debt", "color"}


@pytest.mark.parametrize("income", [True, "1", None, [], -0.5])
def test_what_is_not_a_number_is_refused(look: Ask, income: object) -> None:
    assert look("POST", "/applicants", json={**ANA, "income": income}).status_code == 422


@pytest.mark.parametrize(
    ("change", "status"),
    [({}, 201), ({"months": 0}, 422), ({"months": 361}, 422), ({"amount": 0}, 422)],
)
def test_loans_have_their_own_rules(look: Ask, change: dict[str, int], status: int) -> None:
    loan = {"reference": "PR-1", "amount": 1000, "months": 12, **change}
    assert look("POST", "/loans", json=loan).status_code == status


@pytest.mark.parametrize(
    "body", [b"{", b"", b"\xff", b'{"income": NaN}', b'"\\ud800"', b"[" * 100_000]
)
def test_broken_json_is_400(look: Ask, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert look("POST", "/applicants", data=body, headers=headers).status_code == 400


def test_a_body_that_is_not_declared_json_is_415(look: Ask) -> None:
    assert look("POST", "/applicants", data=ANA).status_code == 415
    assert look("POST", "/applicants").status_code == 415


def test_json_that_is_not_an_object_is_422(look: Ask) -> None:
    assert look("POST", "/applicants", json=[ANA]).status_code == 422


def test_a_repeated_document_is_409(ask: Ask) -> None:
    ask("POST", "/applicants", json=ANA)
    assert ask("POST", "/applicants", json=ANA).status_code == 409
    assert ask("PATCH", "/applicants/1", json={"document": "30123456"}).status_code == 409


def test_a_post_with_the_same_key_creates_one_resource(ask: Ask, server: Playground) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = ask("POST", "/applicants", json=ANA, headers=key)
    again = ask("POST", "/applicants", json=ANA, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(server.store.items("applicants")) == 24


def test_the_same_key_with_another_body_is_422(ask: Ask) -> None:
    key = {"Idempotency-Key": "k-1"}
    ask("POST", "/applicants", json=ANA, headers=key)
    answer = ask("POST", "/applicants", json={**ANA, "debt": 1}, headers=key)
    assert answer.status_code == 422


def test_a_rejected_post_does_not_use_up_its_key(ask: Ask) -> None:
    key = {"Idempotency-Key": "k-1"}
    assert ask("POST", "/applicants", json={}, headers=key).status_code == 422
    assert ask("POST", "/applicants", json=ANA, headers=key).status_code == 201


# --- Un elemento -----------------------------------------------------------------------------


def test_a_known_etag_gives_304_without_body(look: Ask) -> None:
    etag = look("GET", "/applicants/1").headers["ETag"]
    for condition in (etag, f'"x", {etag}', f"W/{etag}", "*"):
        answer = look("GET", "/applicants/1", headers={"If-None-Match": condition})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == etag
    assert look("GET", "/applicants/1", headers={"If-None-Match": '"x"'}).status_code == 200


def test_the_etag_changes_with_the_content_only(ask: Ask) -> None:
    before = ask("GET", "/applicants/1").headers["ETag"]
    ask("PATCH", "/applicants/1", json={})
    assert ask("GET", "/applicants/1").headers["ETag"] == before
    ask("PATCH", "/applicants/1", json={"debt": 7})
    assert ask("GET", "/applicants/1").headers["ETag"] != before


def test_head_is_get_without_body(look: Ask) -> None:
    for path in ("/applicants", "/applicants/1"):
        head, get = look("HEAD", path), look("GET", path)
        assert head.content == b""
        assert head.headers["Content-Type"] == get.headers["Content-Type"]
        assert head.headers.get("ETag") == get.headers.get("ETag")


def test_put_replaces_everything(ask: Ask) -> None:
    answer = ask("PUT", "/applicants/1", json=ANA)
    assert (answer.status_code, answer.json()) == (200, {"id": 1, **ANA})


def test_put_with_a_missing_field_is_422_and_changes_nothing(look: Ask) -> None:
    before = look("GET", "/applicants/1").json()
    assert look("PUT", "/applicants/1", json={"debt": 1}).status_code == 422
    assert look("GET", "/applicants/1").json() == before


def test_patch_changes_only_what_it_brings(ask: Ask) -> None:
    before = ask("GET", "/applicants/1").json()
    assert ask("PATCH", "/applicants/1", json={"debt": 5}).json() == {**before, "debt": 5}


def test_the_id_cannot_be_changed(look: Ask) -> None:
    assert look("PATCH", "/applicants/1", json={"id": 2}).status_code == 422
    assert look("POST", "/applicants", json={"id": 99, **ANA}).status_code == 422


def test_if_match_protects_from_a_lost_update(ask: Ask) -> None:
    etag = ask("GET", "/applicants/1").headers["ETag"]
    condition = {"If-Match": etag}
    assert ask("PATCH", "/applicants/1", json={"debt": 5}, headers=condition).status_code == 200
    assert ask("PUT", "/applicants/1", json=ANA, headers=condition).status_code == 412
    assert ask("DELETE", "/applicants/1", headers=condition).status_code == 412


def test_delete_twice_is_204_and_then_404(ask: Ask, server: Playground) -> None:
    assert ask("DELETE", "/applicants/1").status_code == 204
    assert ask("DELETE", "/applicants/1").status_code == 404
    assert ask("GET", "/applicants/1").status_code == 404
    assert ask("PUT", "/applicants/1", json=ANA).status_code == 404
    assert len(server.store.items("applicants")) == 22


def test_options_tells_what_is_allowed(look: Ask) -> None:
    answer = look("OPTIONS", "/applicants/1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Allow"] == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"
    assert look("OPTIONS", "/applicants").headers["Allow"] == "GET, HEAD, POST, OPTIONS"


def test_a_method_that_is_not_there_is_405_with_allow(look: Ask) -> None:
    answer = look("DELETE", "/applicants")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("path", ["/nada", "/applicants/", "/applicants/x", "/applicants/999"])
def test_what_does_not_exist_is_404(look: Ask, path: str) -> None:
    assert look("GET", path).status_code == 404


# --- Los rincones ----------------------------------------------------------------------------


def test_the_old_address_moved_for_good(look: Ask) -> None:
    answer = look("GET", "/old/applicants")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/applicants")
    assert len(look("GET", "/old/applicants", allow_redirects=True).json()) == 10


@pytest.mark.parametrize(
    ("code", "method", "body"),
    [(301, "GET", ""), (302, "GET", ""), (303, "GET", ""), (307, "POST", "a"), (308, "POST", "a")],
)
def test_each_redirect_changes_the_method_or_not(
    look: Ask, code: int, method: str, body: str
) -> None:
    answer = look("POST", f"/redirect/{code}", data=b"a", allow_redirects=True).json()
    assert (answer["method"], answer["body"]) == (method, body)


def test_echo_tells_what_the_server_saw(look: Ask) -> None:
    answer = look("PUT", "/echo?a=1&b=%20", data="ñandú".encode(), headers={"X-Color": "rojo"})
    seen = answer.json()
    assert (seen["method"], seen["path"], seen["body"]) == ("PUT", "/echo?a=1&b=%20", "ñandú")
    assert seen["headers"]["x-color"] == "rojo"


@pytest.mark.parametrize("code", [200, 201, 204, 304, 400, 404, 418, 451, 500, 503, 599])
def test_status_answers_what_it_is_asked(look: Ask, code: int) -> None:
    assert look("GET", f"/status/{code}").status_code == code


@pytest.mark.parametrize("code", [0, 100, 199, 600])
def test_status_only_gives_final_statuses(look: Ask, code: int) -> None:
    assert look("GET", f"/status/{code}").status_code == 422


@pytest.mark.parametrize(
    ("method", "token", "status"),
    [
        ("GET", None, 401),
        ("GET", "Bearer otro", 401),
        ("GET", "Basic lectura", 401),
        ("GET", "Bearer lectura", 200),
        ("DELETE", "Bearer lectura", 403),
        ("DELETE", "Bearer administracion", 204),
    ],
)
def test_private_tells_who_may_do_what(
    look: Ask, method: str, token: str | None, status: int
) -> None:
    answer = look(method, "/private", headers={"Authorization": token} if token else {})
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_slow_takes_its_time(look: Ask) -> None:
    assert look("GET", "/slow?seconds=0.2").elapsed.total_seconds() >= 0.2
    assert look("GET", "/slow?seconds=31").status_code == 422


def test_a_slow_request_does_not_hold_the_stop() -> None:
    with socket.socket() as client:
        with playground() as server:
            client.connect(("127.0.0.1", server.port))
            client.sendall(b"GET /slow?seconds=30 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert wait_until(lambda: len(server.seen) == 1)
            leaving = time.monotonic()
        assert time.monotonic() - leaving < 2


def test_who_gives_up_is_not_waited_for() -> None:
    with playground() as server, pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(f"{server.url}/slow?seconds=30", timeout=0.05)
    assert server.seen[0].status is None


def test_flaky_fails_the_first_times_of_each_name(look: Ask) -> None:
    def statuses(name: str) -> list[int]:
        return [look("GET", f"/flaky?failures=2&name={name}").status_code for _ in range(4)]

    assert statuses("a") == [503, 503, 200, 200]
    assert statuses("b") == [503, 503, 200, 200]


def test_limited_lets_three_pass_and_recovers_after_what_it_says(look: Ask) -> None:
    answers = [look("GET", "/limited") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert wait_until(lambda: look("GET", "/limited").status_code == 200)


def test_long_answers_travel_compressed_and_short_ones_do_not(server: Playground) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=GIVE_UP)
    connection.request("GET", "/applicants", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.getheader("Content-Encoding") == "gzip"
    assert answer.getheader("Vary") == "Accept, Accept-Encoding"
    assert gzip.decompress(answer.read()).startswith(b'[{"id":1,')
    connection.request("GET", "/applicants/1", headers={"Accept-Encoding": "gzip"})
    assert connection.getresponse().getheader("Content-Encoding") is None
    connection.close()


def test_upload_takes_a_form_or_a_raw_body(look: Ask) -> None:
    content = b"a,b\r\n1,2\r\n"
    expected = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    form = look("POST", "/upload", files={"file": ("datos.csv", content)}).json()
    assert form == {"name": "datos.csv", **expected}
    assert look("POST", "/upload", data=content).json() == {"name": None, **expected}


def test_an_upload_over_one_megabyte_is_413(look: Ask) -> None:
    big = b"x" * 1_000_001
    assert look("POST", "/upload", data=big).status_code == 413
    assert look("POST", "/upload", files={"file": big}).status_code == 413
    assert look("POST", "/upload", data=big[:-1]).status_code == 200


def test_a_broken_form_is_a_clear_error(look: Ask, capfd: pytest.CaptureFixture[str]) -> None:
    assert look("POST", "/upload", files={"otro": b"x"}).status_code == 422
    for kind in ("multipart/form-data", "multipart/form-data; boundary=b"):
        answer = look("POST", "/upload", data=b"--b\r\nroto", headers={"Content-Type": kind})
        assert answer.status_code in (400, 422)
    assert capfd.readouterr() == ("", "")


def test_a_crash_is_a_500_that_tells_nothing_inside(
    ask: Ask, server: Playground, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = ask("GET", "/crash")
    assert answer.status_code == 500
    assert "planeada" not in answer.text
    assert server.seen[-1].status == 500
    assert capfd.readouterr() == ("", "")


# --- Lo que vio el servidor, y las fallas ----------------------------------------------------


def test_seen_records_each_request_in_order(ask: Ask, server: Playground) -> None:
    before = time.monotonic()
    ask("GET", "/applicants?limit=2", headers={"X-Color": "rojo"})
    ask("POST", "/echo", data=b"hola")
    first, second = server.seen
    assert (first.method, first.path, first.status) == ("GET", "/applicants?limit=2", 200)
    assert first.headers["x-color"] == "rojo"
    assert (second.method, second.body, second.status) == ("POST", b"hola", 200)
    assert before <= first.at <= second.at <= time.monotonic()


def test_a_request_cut_short_is_not_attended(ask: Ask, server: Playground) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        assert wait_until(lambda: len(server.seen) == 1)
    assert ask("GET", "/").status_code == 200
    assert server.seen[0].status is None


def test_faults_are_used_up_in_order_and_then_it_behaves() -> None:
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    faults = [Fault.error(503, retry_after=1), Fault.none(), Fault.error(429, retry_after=date)]
    with playground(faults=faults) as server:
        answers = [asker(server)("POST", "/applicants", json=ANA) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [503, 201, 429, 409]
    assert [a.headers.get("Retry-After") for a in answers] == ["1", None, date, None]
    assert [seen.status for seen in server.seen] == [503, 201, 429, 409]


def test_a_late_answer_did_its_work_all_the_same() -> None:
    with playground(faults=[Fault.late(30)]) as server:
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.post(f"{server.url}/applicants", json=ANA, timeout=0.2)
        assert len(server.store.items("applicants")) == 24
    assert server.seen[0].status is None


def test_a_late_answer_reaches_who_waits() -> None:
    with playground(faults=[Fault.late(0.2)]) as server:
        answer = asker(server)("POST", "/applicants", json=ANA)
    assert answer.status_code == 201
    assert answer.elapsed.total_seconds() >= 0.2
    assert server.seen[0].status == 201


@pytest.mark.parametrize(("method", "path"), [("POST", "/applicants"), ("DELETE", "/applicants/1")])
def test_a_broken_answer_did_its_work_all_the_same(method: str, path: str) -> None:
    with playground(faults=[Fault.broken()]) as server:
        before = server.store.items("applicants")
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            requests.request(method, server.url + path, json=ANA, timeout=GIVE_UP)
        assert server.store.items("applicants") != before
        assert server.seen[0].status is None
        assert asker(server)("GET", "/applicants").status_code == 200


def test_a_fault_that_is_not_an_error_is_refused() -> None:
    with pytest.raises(ValueError, match="400 a 599"):
        Fault.error(200)


def test_chaos_is_the_same_for_the_same_seed() -> None:
    one, same, other = (list(islice(chaos(seed), 300)) for seed in (1, 1, 2))
    assert one == same != other
    failed = sum(fault.kind != "none" for fault in one)
    assert 60 < failed < 120
    assert not any(fault.kind == "late" for fault in one)


def test_chaos_can_be_the_script_of_a_server() -> None:
    with playground(faults=chaos(seed=3, rate=1)) as server:
        for _ in range(10):
            try:
                assert requests.get(server.url, timeout=GIVE_UP).status_code in (429, 503)
            except requests.exceptions.ChunkedEncodingError:
                assert server.seen[-1].status is None
    assert len(server.seen) == 10


def test_prose_is_spanish_and_raw_bytes_are_readable(server: Playground) -> None:
    answer = requests.get(f"{server.url}/applicants/999", timeout=GIVE_UP)
    assert re.search("No hay ningún elemento 999", answer.content.decode())
