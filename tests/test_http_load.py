"""El generador de carga: pide de verdad, desde otro proceso, y cuenta lo que pasó."""

import itertools

import pandas as pd
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

from amq2.http_load import Load, measure, start
from amq2.serving import serve

QUICK = {"connections": 4, "seconds": 0.4}


def test_it_counts_what_the_server_answers() -> None:
    app, seen = FastAPI(), list[object]()

    @app.post("/echo")
    async def echo(request: Request) -> object:
        seen.append((await request.json(), request.headers["x-api-key"]))
        return seen[-1]

    with serve(app) as server:
        load = measure(f"{server.url}/echo", {"x": 1}, headers={"X-API-Key": "k"}, **QUICK)
    assert set(map(repr, seen)) == {"({'x': 1}, 'k')"}
    assert 0 < len(load.requests) <= len(seen)  # los del calentamiento no se cuentan
    summary = load.summary()
    assert summary["pedidos/s"] == pytest.approx(len(load.requests) / 0.4, abs=0.1)
    assert 0 < summary["p50 (ms)"] <= summary["p99 (ms)"]
    assert summary["fallados"] == 0


def test_without_a_body_it_gets_and_reads_answers_in_pieces() -> None:
    app = FastAPI()
    app.get("/pieces")(lambda: StreamingResponse(iter(["una ", "respuesta ", "larga"])))
    with serve(app) as server:
        load = measure(f"{server.url}/pieces", **QUICK)
    assert load.failed == 0
    assert set(load.requests["status"]) == {200}


@pytest.mark.parametrize("reuse", [True, False])
def test_a_client_keeps_its_connection_or_opens_one_for_each_request(reuse: bool) -> None:
    app, ports = FastAPI(), list[int]()

    @app.get("/port")
    async def port(request: Request) -> None:
        assert request.client
        ports.append(request.client.port)

    with serve(app) as server:
        load = measure(f"{server.url}/port", connections=2, seconds=0.4, reuse=reuse)
    assert load.failed == 0
    if reuse:
        assert len(set(ports)) == 2
    else:  # el sistema puede volver a dar un puerto que ya se soltó: casi nunca el mismo
        assert len(set(ports)) > len(ports) / 2


def test_a_5xx_is_a_failure_and_a_4xx_is_an_answer() -> None:
    app, turns = FastAPI(), itertools.cycle([200, 404, 503])
    app.get("/")(lambda: JSONResponse({}, next(turns)))
    with serve(app) as server:
        load = measure(server.url, connections=1, seconds=0.4)
    counted = load.requests["status"].value_counts()
    assert load.failed == counted[503]
    assert set(counted.index) == {200, 404, 503}


def test_when_the_server_goes_the_rest_fail_and_it_ends() -> None:
    app = FastAPI()
    app.get("/")(lambda: "hola")
    with serve(app) as server:
        load = start(server.url, connections=2, seconds=4)
        measure(server.url, **QUICK)
    requests = load.result().requests
    lost = requests["status"] == 0
    assert lost.any()
    assert not lost.all()
    assert requests.loc[lost, "at"].min() > requests.loc[~lost, "at"].median()


def test_nobody_answering_is_said_in_one_line() -> None:
    rows = pd.DataFrame({"at": [1.0], "ms": [0.1], "status": [0]})
    with pytest.raises(RuntimeError, match="Ningún pedido fue contestado"):
        Load(rows, 1.0).summary()
