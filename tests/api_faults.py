"""Carga y fallas: cada función rompe algo, mira qué vuelve y lo cuenta en un renglón.

Las corre `make test` en chico (`tests/test_api_faults.py`) y `make stress` en grande.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from amq2.workers import serve_workers
from tests.api_load import CREATE, PREDICT, load, load_for
from tests.api_server import APPLICANT, KEY, PERSON, Api, running_api, wait_until
from tests.api_sockets import connect, exchange, read_answer

MEBIBYTE = 1024
"""En KiB, que es como dice `ps` la memoria."""

HEAD = f"POST /v1/predictions HTTP/1.1\r\nHost: x\r\nX-API-Key: {KEY}\r\n".encode()
IMPATIENT = {"CLIENT_SECONDS": "1"}
"""Para no esperar los 20 segundos de siempre a quien no termina de mandar, o de leer."""


@dataclass(frozen=True)
class Outcome:
    """Lo que pasó con una falla.

    Attributes:
        fault: qué se hizo.
        came_back: qué volvió.
        problems: lo que no tenía que pasar; vacío si salió bien.
        published: qué quedó publicado, si la falla fue en la noche del banco.
    """

    fault: str
    came_back: str
    problems: list[str]
    published: str = ""


class Checks:
    """Junta lo que no tenía que pasar."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def __call__(self, is_right: bool, problem: str) -> None:
        """Anota el problema si no está bien."""
        if not is_right:
            self.problems.append(problem)


def saved(folder: Path) -> set[int]:
    """Los números de los solicitantes que quedaron en la base SQLite de esa carpeta."""
    connection = sqlite3.connect(folder / "applicants.db")
    try:
        return {row[0] for row in connection.execute("SELECT id FROM applicants")}
    finally:
        connection.close()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """La base SQLite de esa carpeta tomada por otro programa, que no la suelta."""
    locker = sqlite3.connect(folder / "applicants.db", isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        locker.execute("ROLLBACK")
        locker.close()


def sustained_load(api: Api, *, seconds: float, connections: int) -> Outcome:
    """Muchos clientes durante un rato: todo se contesta, nada se pierde, la memoria no crece."""
    check = Checks()
    first = load_for(api.port, connections, min(5, seconds / 3))
    there, before = saved(api.folder), api.memory()
    tally = load_for(api.port, connections, seconds)
    growth = (api.memory() - before) / MEBIBYTE
    check(set(tally.statuses) <= {200, 201}, f"estados: {tally.answered()}")
    check(not tally.cut, f"sin respuesta: {dict(tally.cut)}")
    check(tally.refused == 0, f"conexiones rechazadas: {tally.refused}")
    check(not first.cut, f"sin respuesta: {dict(first.cut)}")
    check(saved(api.folder) - there == set(tally.created), "lo guardado no es lo confirmado")
    check(growth < 30, f"la memoria creció {growth:.0f} MiB")
    rate = tally.statuses.total() / seconds
    return Outcome(
        f"{connections} clientes, {seconds:.0f} s",
        f"{tally.answered()}; {rate:.0f} pedidos/s, p99 {1000 * tally.p99():.0f} ms; "
        f"{len(tally.created)} altas, todas guardadas; memoria {growth:+.1f} MiB",
        check.problems,
    )


def half_requests(api: Api, *, clients: int) -> Outcome:
    """Clientes que mandan medio pedido y se quedan: se los espera un rato y se los corta."""
    check = Checks()
    halves = (
        b"",
        b"POST /v1/pred",
        HEAD + b"Content-Type: applica",
        HEAD + b"Content-Type: application/json\r\nContent-Length: 200\r\n\r\n" + b'{"age": 30',
    )
    with ExitStack() as stack:
        before = api.memory()
        start = time.monotonic()
        waiting = []
        for number in range(clients):
            client = stack.enter_context(connect(api.port))
            client.sendall(halves[number % len(halves)])
            waiting.append(client)
        meanwhile = load_for(api.port, 4, 0.5, mixture=(PREDICT,))
        answers = [read_answer(client).status for client in waiting]
        waited = time.monotonic() - start
        closed = [client.recv(1) for client in waiting]
        growth = (api.memory() - before) / MEBIBYTE
    check(set(answers) == {408}, f"los que se quedaron recibieron {set(answers)}")
    check(set(closed) == {b""}, "alguna conexión quedó abierta")
    check(set(meanwhile.statuses) == {200} and not meanwhile.cut, meanwhile.answered())
    check(growth < 30, f"la memoria creció {growth:.0f} MiB")
    return Outcome(
        f"{clients} clientes mandan medio pedido y se quedan",
        f"a los {waited:.1f} s (límite de 1), {len(answers)} de 408 y conexión cerrada; los demás, "
        f"{meanwhile.answered()}; memoria {growth:+.1f} MiB",
        check.problems,
    )


def slow_readers(api: Api, *, clients: int) -> Outcome:
    """Clientes que piden un archivo grande y no lo leen: se los corta y no ocupan memoria."""
    check = Checks()
    path = "/static-offline-docs/swagger-ui-bundle.js"
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with ExitStack() as stack:
        size = len(requests.get(api.url + path, timeout=10).content)
        before = api.memory()
        waiting = []
        for _ in range(clients):
            client = stack.enter_context(connect(api.port, receive_buffer=4096))
            client.sendall(request * 3)
            waiting.append(client)
        meanwhile = load_for(api.port, 4, 0.5, mixture=(PREDICT,))
        growth = (api.memory() - before) / MEBIBYTE
        is_cut = wait_until(lambda: _connections(api) == 0)
    check(is_cut, "quedaron conexiones abiertas")
    check(set(meanwhile.statuses) == {200} and not meanwhile.cut, meanwhile.answered())
    check(growth < clients / 4 + 20, f"la memoria creció {growth:.0f} MiB")
    return Outcome(
        f"{clients} clientes piden {size / 1e6:.1f} MB y no leen",
        f"todos cortados al pasar el límite; los demás, {meanwhile.answered()}; "
        f"memoria {growth:+.1f} MiB",
        check.problems,
    )


def _connections(api: Api) -> int:
    """Cuántas conexiones tiene abiertas el servicio."""
    open_ones = psutil.Process(api.process.pid).net_connections(kind="tcp")
    return sum(connection.status == psutil.CONN_ESTABLISHED for connection in open_ones)


def dripping_client(api: Api) -> Outcome:
    """Un cliente que manda un byte cada tanto no esquiva el límite."""
    check = Checks()
    with connect(api.port) as client:
        client.sendall(HEAD)
        client.settimeout(0.1)
        start, received = time.monotonic(), b""
        while not received and time.monotonic() - start < 10:
            try:
                client.sendall(b"x")
                received = client.recv(100)
            except TimeoutError:
                continue
            except OSError:
                break
        seconds = time.monotonic() - start
    check(b" 408 " in received, f"recibió {received!r}")
    check(seconds < 4, f"aguantó {seconds:.0f} s")
    return Outcome("un byte cada 0,1 s", f"408 a los {seconds:.1f} s (límite de 1)", check.problems)


def huge_body(api: Api, *, megabytes: int) -> Outcome:
    """Un cuerpo enorme, anunciado o no: 413 sin guardarlo en memoria."""
    check = Checks()
    chunk = b" " * 1_000_000

    def chunks() -> Iterator[bytes]:
        for _ in range(megabytes):
            yield chunk

    before = api.memory()
    headers = {"Content-Type": "application/json"}
    statuses = []
    for path in ("/v1/predictions", "/v1/applicants"):
        for body in (chunks(), chunk * megabytes):
            statuses.append(api.ask("POST", path, data=body, headers=headers).status_code)
    growth = (api.memory() - before) / MEBIBYTE
    is_alive = api.ask("POST", "/v1/predictions", json=APPLICANT).ok
    check(set(statuses) == {413}, f"contestó {statuses}")
    check(is_alive, "después ya no atiende")
    check(growth < 20, f"la memoria creció {growth:.0f} MiB")
    return Outcome(
        f"cuerpos de {megabytes} MB, anunciados y en trozos",
        f"{len(statuses)} de 413; memoria {growth:+.1f} MiB",
        check.problems,
    )


def endless_head(api: Api, *, megabytes: int) -> Outcome:
    """Encabezados que no terminan: 431 y conexión cerrada."""
    check = Checks()
    before = api.memory()
    answer = exchange(api.port, b"GET /health HTTP/1.1\r\nX-Big: " + b"x" * 40_000)
    with connect(api.port) as client:
        sent = 0
        try:
            client.sendall(b"GET /health HTTP/1.1\r\nX-Big: ")
            for _ in range(megabytes):
                client.sendall(b"x" * 1_000_000)
                sent += 1
        except OSError:
            pass
    growth = (api.memory() - before) / MEBIBYTE
    check(answer.status == 431, f"contestó {answer.status}")
    check(sent < megabytes, "aceptó todo")
    check(growth < 20, f"la memoria creció {growth:.0f} MiB")
    return Outcome(
        f"encabezados de {megabytes} MB",
        f"431 y cortado; memoria {growth:+.1f} MiB",
        check.problems,
    )


def locked_database(folder: Path, *, writers: int) -> Outcome:
    """La base tomada por otro: quien escribe recibe 503; leer y pedir puntajes sigue igual."""
    check = Checks()
    with running_api(folder, DATABASE_SECONDS="1") as api:
        api.ask("POST", "/v1/applicants", json=PERSON)
        with locked(folder), ThreadPoolExecutor(1) as pool:
            writing = pool.submit(load_for, api.port, writers, 2.0, mixture=(CREATE,))
            meanwhile = load_for(api.port, 4, 2.0, mixture=(PREDICT,))
            is_readable = api.ask("GET", "/v1/applicants").ok
            blocked = writing.result()
        after = load_for(api.port, writers, 1.0, mixture=(CREATE,))
    check(set(blocked.statuses) == {503}, f"con la base tomada: {blocked.answered()}")
    check(not blocked.cut, f"sin respuesta: {dict(blocked.cut)}")
    check(is_readable, "no se podía leer")
    check(set(meanwhile.statuses) == {200}, f"puntajes: {meanwhile.answered()}")
    check(set(after.statuses) == {201}, f"después: {after.answered()}")
    check(len(saved(folder)) == 1 + len(after.created), "hay altas de más o de menos")
    return Outcome(
        f"base tomada, {writers} clientes escriben",
        f"{blocked.answered()}, en {max(blocked.waits):.1f} s como mucho; puntajes mientras tanto: "
        f"{meanwhile.answered()}; al soltarla, {after.answered()}, todas guardadas",
        check.problems,
    )


def terminated_while_writing(folder: Path, *, writers: int) -> Outcome:
    """SIGTERM con pedidos a medio hacer: todos se contestan, y recién ahí termina."""
    check = Checks()
    with running_api(folder, DATABASE_SECONDS="8") as api, ThreadPoolExecutor(writers) as pool:
        api.ask("POST", "/v1/applicants", json=PERSON)
        with locked(folder):
            pending = [
                pool.submit(api.ask, "POST", "/v1/applicants", json=PERSON) for _ in range(writers)
            ]
            check(wait_until(lambda: _connections(api) >= writers), "los pedidos no llegaron")
            api.process.terminate()
            check(wait_until(lambda: not _accepts(api.port)), "sigue aceptando conexiones")
            check(api.process.poll() is None, "no esperó a los que había")
        statuses = [future.result().status_code for future in pending]
        code = api.process.wait(20)
    check(set(statuses) == {201}, f"contestó {statuses}")
    check(len(saved(folder)) == writers + 1, "lo guardado no es lo confirmado")
    return Outcome(
        f"SIGTERM con {writers} altas a medio hacer",
        f"{statuses.count(201)} de 201, todas guardadas; después terminó (código {code})",
        check.problems,
    )


def _accepts(port: int) -> bool:
    try:
        connect(port).close()
    except OSError:
        return False
    return True


def terminated_under_load(folder: Path, *, connections: int) -> Outcome:
    """SIGTERM en plena carga: lo que se cortó no se hizo, y lo que se hizo se contestó."""
    check = Checks()
    with running_api(folder) as api:
        timer = threading.Timer(1.5, api.process.terminate)
        timer.start()
        tally = asyncio.run(load(api.port, connections, lambda: api.process.poll() is not None))
        timer.join()
    check(set(tally.statuses) <= {200, 201}, f"estados: {tally.answered()}")
    check(saved(folder) == set(tally.created), "lo guardado no es lo confirmado")
    return Outcome(
        f"SIGTERM con {connections} clientes pidiendo",
        f"{tally.answered()}; {tally.cut.total()} llegaron tarde, cuando ya cerraba, y no se "
        f"hicieron; {len(tally.created)} altas confirmadas, las mismas que hay guardadas",
        check.problems,
    )


def killed_worker(folder: Path, *, connections: int, seconds: float) -> Outcome:
    """Uno de dos workers muere sin aviso, en plena carga, y después se repone."""
    check = Checks()
    env = {"API_KEY": KEY, "DATABASE_URL": f"sqlite:///{folder / 'applicants.db'}"}
    with serve_workers("amq2.api:create_app()", 2, env=env, folder=folder) as workers:
        end = time.monotonic() + seconds

        def disaster() -> None:
            time.sleep(seconds / 3)
            workers.kill(workers.pids[0])
            time.sleep(seconds / 3)
            workers.start()

        thread = threading.Thread(target=disaster)
        thread.start()
        tally = asyncio.run(load(workers.port, connections, lambda: time.monotonic() > end))
        thread.join()
        alone = load_for(workers.port, connections, 1.0)
    total = tally.statuses.total() + tally.cut.total()
    there, confirmed = saved(folder), {*tally.created, *alone.created}
    check(set(tally.statuses) <= {200, 201}, f"estados: {tally.answered()}")
    check(tally.cut.total() <= connections, f"se cortaron {tally.cut.total()}")
    check(tally.refused == 0, f"{tally.refused} no encontraron a nadie")
    check(set(alone.statuses) <= {200, 201} and not alone.cut, f"después: {alone.answered()}")
    check(confirmed <= there, "se perdió un alta confirmada")
    in_doubt = len(there - confirmed)
    check(in_doubt <= tally.cut.total(), "hay altas que nadie pidió")
    return Outcome(
        f"muere 1 de 2 workers, {connections} clientes, {seconds:.0f} s",
        f"{tally.answered()}; fallaron {tally.cut.total()} de {total} pedidos "
        f"({100 * tally.cut.total() / total:.2f} %), ninguno después; "
        f"{len(confirmed)} altas confirmadas, ninguna perdida ({in_doubt} hechas sin confirmar)",
        check.problems,
    )
