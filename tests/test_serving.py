"""`serve` levanta y detiene servidores de verdad, sin ensuciar la salida ni dejar restos."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from amq2.serving import ServerStartError, serve

GIVE_UP = 5.0


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hola")


async def crash(request: Request) -> PlainTextResponse:
    raise ZeroDivisionError("planificado")


async def sleep(request: Request) -> PlainTextResponse:
    request.app.state.asleep.set()
    await asyncio.sleep(60)
    return PlainTextResponse("tarde")


def make_app() -> Starlette:
    routes = [Route("/", hello), Route("/crash", crash), Route("/sleep", sleep)]
    app = Starlette(routes=routes)
    app.state.asleep = threading.Event()
    return app


def wsgi_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    print("algo salió mal", file=environ["wsgi.errors"])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hola desde WSGI, ", environ["REQUEST_METHOD"].encode()]


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + GIVE_UP
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.005)
    return False


def test_a_starlette_app_answers_over_a_real_socket() -> None:
    with serve(make_app()) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert requests.get(server.url, timeout=GIVE_UP).text == "hola"


def test_a_bare_asgi_function_is_served() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with serve(app) as server:
        assert requests.get(server.url, timeout=GIVE_UP).status_code == 204


def test_a_wsgi_app_is_served(capfd: pytest.CaptureFixture[str]) -> None:
    with serve(wsgi_app) as server:
        assert requests.post(server.url, timeout=GIVE_UP).text == "hola desde WSGI, POST"
    assert capfd.readouterr() == ("", "")


def test_after_the_block_nobody_listens() -> None:
    with serve(make_app()) as server:
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_it_works_while_another_event_loop_is_running() -> None:
    async def cell() -> str:
        with serve(make_app()) as server:
            answer = await asyncio.to_thread(requests.get, server.url, timeout=GIVE_UP)
            return answer.text

    assert asyncio.run(cell()) == "hola"


def test_two_servers_live_side_by_side() -> None:
    with serve(make_app()) as one, serve(wsgi_app) as other:
        assert one.port != other.port
        assert requests.get(one.url, timeout=GIVE_UP).ok
        assert requests.get(other.url, timeout=GIVE_UP).ok


def test_twenty_cycles_leave_no_thread_behind() -> None:
    before = set(threading.enumerate())
    for turn in range(20):
        with serve(make_app() if turn % 2 else wsgi_app) as server:
            requests.get(server.url, timeout=GIVE_UP)
    assert wait_until(lambda: set(threading.enumerate()) <= before)


def test_starting_and_stopping_are_quick() -> None:
    starts, stops = [], []
    for _ in range(5):
        began = time.monotonic()
        with serve(make_app()):
            starts.append(time.monotonic() - began)
            leaving = time.monotonic()
        stops.append(time.monotonic() - leaving)
    assert min(starts) < 0.1
    assert min(stops) < 0.25


def test_a_crash_answers_500_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with serve(make_app()) as server:
        assert requests.get(f"{server.url}/crash", timeout=GIVE_UP).status_code == 500
    assert isinstance(server.last_error, ZeroDivisionError)
    assert capfd.readouterr() == ("", "")


def test_a_lifespan_that_fails_is_told_with_its_cause(capfd: pytest.CaptureFixture[str]) -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        raise FileNotFoundError("no está model.skops")
        yield

    with pytest.raises(ServerStartError, match=r"no está model\.skops") as info:
        serve(Starlette(lifespan=lifespan)).__enter__()
    assert isinstance(info.value.__cause__, FileNotFoundError)
    assert capfd.readouterr() == ("", "")


def test_a_lifespan_that_never_ends_gives_a_clear_error() -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await asyncio.sleep(60)
        yield

    before = set(threading.enumerate())
    with pytest.raises(ServerStartError, match=r"no arrancó en 0\.1 s"):
        serve(Starlette(lifespan=lifespan), start_timeout=0.1).__enter__()
    assert set(threading.enumerate()) == before


def test_a_request_in_progress_does_not_hold_the_stop(capfd: pytest.CaptureFixture[str]) -> None:
    app = make_app()
    with serve(app) as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /sleep HTTP/1.1\r\nHost: x\r\n\r\n")
        assert app.state.asleep.wait(GIVE_UP)
        leaving = time.monotonic()
        server.stop()
        assert time.monotonic() - leaving < 2
    assert capfd.readouterr() == ("", "")


def test_a_blocked_def_endpoint_does_not_hold_the_stop(capfd: pytest.CaptureFixture[str]) -> None:
    asleep, wake_up = threading.Event(), threading.Event()

    def block(request: Request) -> PlainTextResponse:
        asleep.set()
        wake_up.wait(60)
        return PlainTextResponse("tarde")

    before = set(threading.enumerate())
    with (
        serve(Starlette(routes=[Route("/", block)])) as server,
        socket.create_connection(("127.0.0.1", server.port)) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert asleep.wait(GIVE_UP)
        leaving = time.monotonic()
        server.stop()
        assert time.monotonic() - leaving < 4
    wake_up.set()
    assert wait_until(lambda: set(threading.enumerate()) <= before)
    assert capfd.readouterr() == ("", "")


def test_a_wsgi_app_that_outlives_its_server_prints_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    asleep, wake_up = threading.Event(), threading.Event()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asleep.set()
        wake_up.wait(60)
        return wsgi_app(environ, start_response)

    before = set(threading.enumerate())
    with socket.socket() as client:
        with serve(app) as server:
            client.connect(("127.0.0.1", server.port))
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert asleep.wait(GIVE_UP)
        wake_up.set()
        assert wait_until(lambda: set(threading.enumerate()) <= before)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("wrong", ["app:app", Starlette, lambda: None, 42])
def test_what_is_not_an_app_is_refused_with_advice(wrong: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="No sé servir"):
        serve(wrong).__enter__()
