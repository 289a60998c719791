"""Carga y fallas, en chico: lo mismo que `make stress` hace en grande."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import api_faults as faults
from tests.api_server import Api, running_api

ON_ONE_SERVICE: dict[str, Callable[[Api], faults.Outcome]] = {
    "carga sostenida": lambda api: faults.sustained_load(api, seconds=3, connections=50),
    "medio pedido": lambda api: faults.half_requests(api, clients=20),
    "lectores lentos": lambda api: faults.slow_readers(api, clients=10),
    "de a un byte": faults.dripping_client,
    "cuerpo enorme": lambda api: faults.huge_body(api, megabytes=20),
    "encabezados sin fin": lambda api: faults.endless_head(api, megabytes=20),
}

ON_ITS_OWN: dict[str, Callable[[Path], faults.Outcome]] = {
    "base tomada": lambda folder: faults.locked_database(folder, writers=20),
    "SIGTERM con altas a medio hacer": lambda folder: faults.terminated_while_writing(
        folder, writers=10
    ),
    "SIGTERM en plena carga": lambda folder: faults.terminated_under_load(folder, connections=20),
    "muere un worker": lambda folder: faults.killed_worker(folder, connections=16, seconds=4),
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running_api(tmp_path_factory.mktemp("faults"), **faults.IMPATIENT) as api:
        yield api


@pytest.mark.parametrize("fault", ON_ONE_SERVICE.values(), ids=ON_ONE_SERVICE)
def test_the_service_withstands(fault: Callable[[Api], faults.Outcome], api: Api) -> None:
    outcome = fault(api)
    assert not outcome.problems, f"{outcome.fault}: {outcome.came_back}"


@pytest.mark.parametrize("fault", ON_ITS_OWN.values(), ids=ON_ITS_OWN)
def test_the_service_loses_nothing(fault: Callable[[Path], faults.Outcome], tmp_path: Path) -> None:
    outcome = fault(tmp_path)
    assert not outcome.problems, f"{outcome.fault}: {outcome.came_back}"
