"""Cuántas entregas se ejecutan a la vez."""

import psutil
import pytest

from amq2.instructor import pace
from amq2.instructor.pace import Pace, cores


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Una máquina de la que se elige cuánto procesador y cuánta memoria están en uso."""
    state = {"busy": 0.0, "memory": float(pace.SPARE_MEMORY * 2)}

    class Memory:
        available = property(lambda _: state["memory"])

    monkeypatch.setattr(psutil, "cpu_percent", lambda: state["busy"])
    monkeypatch.setattr(psutil, "virtual_memory", Memory)
    monkeypatch.setattr(pace, "SECONDS_BETWEEN_LOOKS", -1)
    return state


def test_one_for_each_core_starts_even_on_a_busy_machine(machine: dict[str, float]) -> None:
    machine |= {"busy": 100, "memory": 0}
    assert Pace(100).admits(cores() - 1)
    assert not Pace(100).admits(cores())


def test_one_more_starts_while_there_is_processor_and_memory(machine: dict[str, float]) -> None:
    assert Pace(100).admits(cores() + 5)
    machine["memory"] = pace.SPARE_MEMORY - 1
    assert not Pace(100).admits(cores() + 5)


def test_there_are_never_more_than_the_most(machine: dict[str, float]) -> None:
    assert machine["busy"] == 0
    assert Pace(1).admits(0)
    assert not Pace(1).admits(1)


def test_between_looks_none_of_the_extra_ones_starts(
    machine: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine["busy"] == 0
    monkeypatch.setattr(pace, "SECONDS_BETWEEN_LOOKS", 60)
    assert not Pace(100).admits(cores())
