"""Medir una API paso a paso, y cuánto espera un pedido mientras otro trabaja."""

import time

import pytest
from fastapi import FastAPI

from amq2.api_speed import Steps, compare, wait_while
from amq2.serving import serve


def test_each_step_is_measured_with_each_model() -> None:
    steps = Steps({"suma": 1, "doble": 2}, {"x": 3}, seconds=0.3)
    first = steps.try_it("1", lambda model: lambda: {"model": model})
    steps.try_it("2", lambda model: lambda: {"model": model})
    assert list(first["modelo"]) == ["suma", "doble"]
    table = steps.table()
    assert list(table["paso"]) == ["1", "1", "2", "2"]
    assert (table["pedidos/s"] > 0).all()
    assert (table["fallados"] == 0).all()


def test_repeating_a_step_replaces_what_was_measured() -> None:
    steps = Steps({"uno": 1}, {}, seconds=0.2)
    for _ in range(2):
        steps.try_it("1", lambda model: lambda: model)
    assert len(steps.table()) == 1


def test_only_an_async_endpoint_makes_the_others_wait() -> None:
    def work() -> None:
        time.sleep(0.6)

    assert wait_while(work, use_async=True) > 400
    assert wait_while(work, use_async=False) < 400


def test_servers_are_compared_in_requests_a_second_and_milliseconds_a_request() -> None:
    fast, slow = FastAPI(), FastAPI()
    fast.post("/")(lambda: None)
    slow.post("/")(lambda: time.sleep(0.05))
    with serve(fast) as one, serve(slow) as other:
        speeds = compare({"rápido": one.url, "lento": other.url}, {}, seconds=0.2)
    assert list(speeds.index) == ["rápido", "lento"]
    per_second, each = speeds["pedidos/s"], speeds["ms por pedido"]
    assert per_second["rápido"] > 1.5 * per_second["lento"] > 0
    assert (each * per_second).tolist() == pytest.approx([1000, 1000])
