"""`wiretap` anota exactamente los bytes que viajan, y no se cae con nadie."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from amq2.serving import Server, serve
from amq2.wiretap import wiretap

GIVE_UP = 5.0


async def mirror(request: Request) -> Response:
    return Response(await request.body())


async def hello(request: Request) -> Response:
    return PlainTextResponse(f"hola {request.query_params.get('n', '')}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(
        Starlette(routes=[Route("/", hello), Route("/mirror", mirror, methods=["POST"])])
    ) as it:
        yield it


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + GIVE_UP
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.005)
    return False


def read_all(client: socket.socket) -> bytes:
    client.settimeout(GIVE_UP)
    return b"".join(iter(lambda: client.recv(65536), b""))


def test_the_exchange_holds_exactly_the_bytes_that_travelled(server: Server) -> None:
    request = b"GET /?n=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with wiretap(server.url) as tap, socket.create_connection(("127.0.0.1", tap.port)) as client:
        client.sendall(request)
        answer = read_all(client)
    (exchange,) = tap.exchanges
    assert exchange.request == request
    assert exchange.response == answer
    assert answer.endswith(b"hola 1")
    assert 0 < exchange.seconds < GIVE_UP


def test_the_exchange_is_there_as_soon_as_the_client_has_its_answer(server: Server) -> None:
    with wiretap(server.url) as tap, requests.Session() as session:
        for n in range(20):
            answer = session.get(tap.url, params={"n": n}, timeout=GIVE_UP)
            assert tap.exchanges[-1].response.endswith(answer.content)
            assert len(tap.exchanges) == n + 1


def test_keep_alive_is_split_into_exchanges(server: Server) -> None:
    with wiretap(server.url) as tap, requests.Session() as session:
        session.get(tap.url, timeout=GIVE_UP)
        session.post(f"{tap.url}/mirror", data=b"cuerpo", timeout=GIVE_UP)
    assert [e.request.split()[0] for e in tap.exchanges] == [b"GET", b"POST"]
    assert tap.exchanges[1].request.endswith(b"\r\n\r\ncuerpo")
    assert tap.exchanges[1].response.endswith(b"\r\n\r\ncuerpo")


def test_bodies_of_several_megabytes_arrive_whole(server: Server) -> None:
    body = bytes(range(256)) * 4096 * 5
    with wiretap(server.url) as tap:
        answer = requests.post(f"{tap.url}/mirror", data=body, timeout=GIVE_UP)
    assert answer.content == body
    (exchange,) = tap.exchanges
    assert exchange.request.endswith(body)
    assert exchange.response.endswith(body)


def test_concurrent_connections_do_not_mix(server: Server) -> None:
    def ask(n: int) -> str:
        return requests.get(tap.url, params={"n": n}, timeout=GIVE_UP).text

    with wiretap(server.url) as tap, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(40)))
    assert answers == [f"hola {n}" for n in range(40)]
    assert len(tap.exchanges) == 40
    for exchange in tap.exchanges:
        asked = exchange.request.split(b"n=")[1].split(b" ")[0]
        assert exchange.response.endswith(b"hola " + asked)


def test_a_client_that_leaves_early_is_recorded_without_answer(server: Server) -> None:
    with wiretap(server.url) as tap:
        with socket.create_connection(("127.0.0.1", tap.port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert wait_until(lambda: bool(tap.exchanges))
        assert requests.get(tap.url, timeout=GIVE_UP).ok
    assert tap.exchanges[0].request == b"GET / HTTP/1.1\r\nHost:"
    assert tap.exchanges[0].response == b""


def test_a_server_that_hangs_up_is_passed_on_to_the_client() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nmedia")

        rude = threading.Thread(target=hang_up)
        rude.start()
        port = listener.getsockname()[1]
        broken = pytest.raises(requests.exceptions.ChunkedEncodingError)
        with wiretap(f"http://127.0.0.1:{port}") as tap, broken:
            requests.get(tap.url, timeout=GIVE_UP)
        rude.join()
    assert tap.exchanges[0].response.endswith(b"media")


def test_nobody_behind_the_tap_is_a_connection_error(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    refused = pytest.raises(requests.exceptions.ConnectionError)
    with wiretap(f"http://127.0.0.1:{port}") as tap, refused:
        requests.get(tap.url, timeout=GIVE_UP)
    assert capfd.readouterr() == ("", "")


def test_leaving_the_block_closes_everything(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    before = set(threading.enumerate())
    with requests.Session() as session:
        with wiretap(server.url) as tap:
            session.get(tap.url, timeout=GIVE_UP)
        with pytest.raises(requests.exceptions.ConnectionError):
            session.get(tap.url, timeout=GIVE_UP)
    assert set(threading.enumerate()) == before
    assert len(tap.exchanges) == 1
    assert capfd.readouterr() == ("", "")


def test_an_address_that_is_not_http_is_refused() -> None:
    with pytest.raises(ValueError, match="Esperaba una dirección"):
        wiretap("localhost:8000").__enter__()
