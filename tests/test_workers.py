"""`serve_workers`: procesos de verdad detrás de un socket, que mueren con quien los creó."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from amq2.serving import ServerStartError
from amq2.workers import serve_workers

GIVE_UP = 10.0
APP = """
import asyncio, os, time
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

async def who(request):
    await asyncio.sleep(0.01)
    return PlainTextResponse(str(os.getpid()))

def block(request):
    time.sleep(60)

async def slow(request):
    print("empezó", flush=True)
    await asyncio.sleep(0.5)
    return PlainTextResponse("terminado")

app = Starlette(routes=[Route("/", who), Route("/block", block), Route("/slow", slow)])

def create_app():
    print("armada con", os.environ["FLAVOR"])
    return app

def flask_app(environ, start_response):
    start_response("200 OK", [])
    return [b"WSGI"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "toy.py").write_text(APP, encoding="utf-8")
    return tmp_path


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + GIVE_UP
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def is_alive(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def who(url: str) -> int:
    return int(requests.get(url, timeout=GIVE_UP).text)


def test_every_worker_answers_at_the_same_address(folder: Path) -> None:
    with serve_workers("toy:app", folder=folder) as workers:
        assert len(workers.pids) == 2
        seen: set[int] = set()

        def ask() -> bool:
            seen.add(who(workers.url))
            return False

        def ask_often() -> None:
            wait_until(lambda: ask() or len(seen) == 2)

        clients = [threading.Thread(target=ask_often) for _ in range(8)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        assert seen == set(workers.pids)


def test_with_one_worker_killed_the_other_answers_and_one_more_can_be_started(folder: Path) -> None:
    with serve_workers("toy:app", folder=folder) as workers:
        victim, survivor = workers.pids
        workers.kill(victim)
        assert workers.pids == [survivor]
        assert {who(workers.url) for _ in range(20)} == {survivor}
        workers.start()
        assert workers.pids[0] == survivor
        assert len(workers.pids) == 2


def test_leaving_the_block_finishes_what_began_and_ends_every_process(folder: Path) -> None:
    answers: list[str] = []
    with serve_workers("toy:app", folder=folder) as workers:
        pids = workers.pids
        asked = threading.Thread(
            target=lambda: answers.append(requests.get(f"{workers.url}/slow", timeout=5).text)
        )
        asked.start()
        assert wait_until(lambda: "empezó" in workers.log())
    asked.join()
    assert answers == ["terminado"]
    assert not any(map(is_alive, pids))
    with pytest.raises(requests.ConnectionError):
        requests.get(workers.url, timeout=GIVE_UP)


def test_a_worker_that_is_stuck_does_not_hold_the_end(folder: Path) -> None:
    with serve_workers("toy:app", 1, folder=folder) as workers:
        pids = workers.pids
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{workers.url}/block", timeout=0.2)
        start = time.monotonic()
    assert time.monotonic() - start < 5
    assert not any(map(is_alive, pids))


def test_the_app_can_be_made_by_a_call_with_its_own_environment(folder: Path) -> None:
    target, env = "toy:create_app()", {"FLAVOR": "dulce"}
    with serve_workers(target, 1, folder=folder, env=env) as workers:
        assert requests.get(workers.url, timeout=GIVE_UP).ok
        assert "armada con dulce" in workers.log()


def test_a_wsgi_app_has_workers_too(folder: Path) -> None:
    with serve_workers("toy:flask_app", 1, folder=folder) as workers:
        assert requests.get(workers.url, timeout=GIVE_UP).text == "WSGI"


def test_a_worker_that_does_not_start_says_why_and_leaves_nothing(folder: Path) -> None:
    with (
        pytest.raises(ServerStartError, match="module 'toy' has no attribute 'nada'"),
        serve_workers("toy:nada", folder=folder),
    ):
        pytest.fail("no tenía que arrancar")


PARENT = """
import sys, time
from amq2.workers import serve_workers
with serve_workers("toy:app") as workers:
    print(*workers.pids, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_workers_die_with_whoever_made_them(folder: Path, number: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        assert all(map(is_alive, pids))
        os.kill(parent.pid, number)
    assert wait_until(lambda: not any(map(is_alive, pids)))
