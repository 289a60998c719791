"""El cluster: reparte, sobrevive a la muerte de un worker y no deja nada atrás."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from amq2.cluster import broker, postgres
from amq2.cluster.running import Cluster, running_cluster
from amq2.cluster.services import Services
from amq2.orchestrator.home import COURSE_DAGS, AirflowError
from amq2.serving import listen
from amq2.settings import HOST
from tests.api_server import wait_until
from tests.cluster_faults import (
    DAY,
    Night,
    close_day,
    end_night,
    kill_in_the_middle,
    open_branches,
    start_night,
)
from tests.conftest import not_run

ROOT = Path(__file__).parents[1]
ROWS, PARTITIONS = 1_200, 12
SECONDS_TO_STOP = 30

PARENT = """
import dataclasses, json, sys
from pathlib import Path
from amq2.cluster.running import running_cluster
with running_cluster(Path(sys.argv[1]), concurrency=1) as cluster:
    services = dataclasses.asdict(cluster.services)
    print(json.dumps([cluster.url, str(cluster.home), services]), flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class Launched:
    """Un cluster, y el programa que lo tiene encendido."""

    program: "subprocess.Popen[str]"
    cluster: Cluster

    def family(self) -> list[psutil.Process]:
        """Todos los procesos que lanzó el programa."""
        return list(psutil.Process(self.program.pid).children(recursive=True))


def processes_of(launched: Launched, what: str) -> list[Any]:
    """Algo de cada uno de sus procesos; alguno puede terminar mientras se pregunta."""
    pids = {process.pid for process in launched.family()}
    found = [one.info[what] for one in psutil.process_iter([what]) if one.pid in pids]
    return list(filter(None, found))


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    if postgres.find_programs() is None:
        not_run("postgresql", "sudo apt install postgresql")
    if broker.find_program() is None:
        not_run("redis-server", "sudo apt install redis-server")
    dags = tmp_path_factory.mktemp("dags")
    for name in ("close_the_day.py", "nightly_scoring.py"):
        (dags / name).symlink_to(COURSE_DAGS / name)
    command = [sys.executable, "-c", PARENT, str(dags)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        url, home, services = json.loads(program.stdout.readline())
        cluster = Cluster(url, Path(home), Services(**services), 2)
        open_branches(cluster)
        yield Launched(program, cluster)
        program.kill()


@pytest.fixture(scope="module")
def cluster(launched: Launched) -> Cluster:
    return launched.cluster


@pytest.fixture(scope="module")
def killed_night(cluster: Cluster) -> Night:
    """La noche del banco, con uno de los dos workers muerto en el medio."""
    close_day(cluster, DAY, ROWS)
    run_id = start_night(cluster, DAY, ROWS, PARTITIONS)
    kill_in_the_middle(cluster, run_id, "worker-2", after=4)
    assert list(cluster.workers()) == ["worker-1"]
    return end_night(cluster, run_id, DAY, ROWS)


def test_nobody_enters_its_servers_without_the_password(cluster: Cluster) -> None:
    services = cluster.services
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url("no", services.postgres_port, "airflow"))
    with (
        redis.Redis(HOST, services.redis_port, retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_everything_listens_in_this_machine_only(launched: Launched) -> None:
    found = processes_of(launched, "net_connections")
    listening = [one for connections in found for one in connections if one.status == "LISTEN"]
    assert {one.laddr.ip for one in listening} == {HOST}
    assert len(listening) == 3  # api-server, PostgreSQL y Redis


def test_the_night_of_the_bank_is_shared_by_two_workers(killed_night: Night) -> None:
    assert set(killed_night.hosts) == {"worker-1", "worker-2"}
    assert killed_night.hosts.total() == PARTITIONS


def test_with_a_worker_killed_in_the_middle_no_row_is_lost_or_double(killed_night: Night) -> None:
    assert killed_night.repeated > 0
    assert not killed_night.wrong


def test_a_dead_worker_cannot_be_killed_again(cluster: Cluster, killed_night: Night) -> None:
    with pytest.raises(AirflowError, match=r"worker-2 no está vivo\. Los que hay: worker-1\."):
        cluster.kill_worker("worker-2")


def test_with_its_program_killed_it_leaves_no_process_and_no_folder(launched: Launched) -> None:
    processes = launched.family()
    assert {"postgres", "redis-server"} <= set(processes_of(launched, "name"))
    folders = set(map(Path, processes_of(launched, "cwd")))
    launched.program.send_signal(signal.SIGKILL)
    _, left = psutil.wait_procs(processes, SECONDS_TO_STOP)
    assert all(process.status() == psutil.STATUS_ZOMBIE for process in left)
    assert launched.cluster.home in folders
    assert wait_until(lambda: not any(folder.exists() for folder in folders))


# Cuando no se puede


@pytest.mark.parametrize(
    ("module", "name", "package"),
    [(postgres, "find_programs", "postgresql"), (broker, "find_program", "redis-server")],
)
def test_a_missing_program_is_one_line_that_says_how_to_install_it(
    module: object, name: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres, "FOLDERS", ())
    if module is broker:
        monkeypatch.setattr(postgres, "find_programs", lambda: tmp_path)
    with (
        pytest.raises(AirflowError, match=rf"sudo apt install {package} .*Repetí el comando\.$"),
        running_cluster(tmp_path),
    ):
        pytest.fail("no tenía que arrancar")


def test_make_cluster_with_a_taken_port_says_which_command_works() -> None:
    with closing(listen()) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            ["make", "--no-print-directory", "cluster", f"AIRFLOW_PORT={port}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2  # el código de make cuando lo que ejecutó salió con 1
    found = re.search(rf"^El puerto {port} .* make cluster AIRFLOW_PORT=\d+$", done.stderr, re.M)
    assert found
    assert "Traceback" not in done.stderr
