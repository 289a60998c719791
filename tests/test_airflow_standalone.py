"""Airflow encendido de verdad: lo que hace, lo que cuenta, y que no deja nada atrás."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from playwright.sync_api import Browser, Locator, Response, expect

from amq2.orchestrator.client import Airflow
from amq2.orchestrator.home import AirflowError
from amq2.orchestrator.parts import COMPONENTS
from amq2.orchestrator.runs import Run
from amq2.orchestrator.standalone import running_airflow
from amq2.orchestrator.supervisor import PROCESSES
from amq2.serving import listen
from amq2.settings import HOST
from tests.api_server import free_port, wait_until
from tests.browser import watched_page
from tests.running_dags import FRAGILE, write_dags

ROOT = Path(__file__).parents[1]
NAMES = [component.name for component in COMPONENTS]
SECONDS_TO_START = 90
SECONDS_TO_STOP = 20
MILLISECONDS_TO_SHOW = 60_000


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dags(tmp_path_factory.mktemp("dags"))


@pytest.fixture(scope="module")
def airflow(dags: Path) -> Iterator[Airflow]:
    with running_airflow(dags) as airflow:
        for dag_id in ("numbers", "fragile", "daily", "stuck"):
            airflow.wait_for_dag(dag_id)
        yield airflow


@pytest.fixture(scope="module")
def finished(airflow: Airflow) -> Run:
    airflow.unpause("numbers")
    return airflow.wait("numbers", airflow.trigger("numbers"))


def family(airflow: Airflow) -> list[psutil.Process]:
    """El proceso que apaga a los demás, y los demás."""
    pids = json.loads((airflow.home / PROCESSES).read_text(encoding="utf-8"))
    supervisor = psutil.Process(pids["scheduler"]).parent()
    assert supervisor is not None
    return [supervisor, *supervisor.children(recursive=True)]


def told_by_family(airflow: Airflow, what: str) -> list[Any]:
    """Algo de cada uno de sus procesos; alguno puede terminar mientras se pregunta."""
    pids = {process.pid for process in family(airflow)}
    found = [one.info[what] for one in psutil.process_iter([what]) if one.pid in pids]
    return list(filter(None, found))


def are_gone(processes: Sequence[psutil.Process]) -> bool:
    gone, left = psutil.wait_procs(processes, SECONDS_TO_STOP)
    assert len(gone) + len(left) == len(processes)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in left)


# Qué hace con un DAG


def test_a_run_ends_with_the_states_tries_and_results_of_its_tasks(finished: Run) -> None:
    assert finished.state == "success"
    doubles = [f"double [{number}]" for number in range(3)]
    assert finished.states == dict.fromkeys(["source", *doubles, "total"], "success")
    assert set(finished.tries.values()) == {1}
    assert finished.results == {"source": [1, 2, 3], "double": [2, 4, 6], "total": 12}
    assert all(task.seconds >= 0 for task in finished.tasks)
    assert list(finished.table()["operador"])


def test_a_run_gets_its_date_and_its_parameters(airflow: Airflow, finished: Run) -> None:
    when = datetime(2024, 5, 17, tzinfo=UTC)
    run_id = airflow.trigger("numbers", when, {"values": [10]})
    run = airflow.wait("numbers", run_id)
    assert run.results["total"] == 20
    assert [one.run_id for one in airflow.runs("numbers")] == [finished.run_id, run_id]


def test_watching_tells_the_life_of_a_task_step_by_step(airflow: Airflow, finished: Run) -> None:
    changes = list(airflow.watch("numbers", airflow.trigger("numbers")))
    of_total = [change for change in changes if change.task == "total"]
    assert [change.state for change in of_total] == [
        "sin estado",
        "scheduled",
        "queued",
        "running",
        "success",
    ]
    moments = [change.moment for change in of_total]
    assert moments == sorted(moments)
    assert str(moments[0].tzinfo) == "America/Argentina/Buenos_Aires"


def test_a_log_has_what_the_task_printed_and_no_other(airflow: Airflow, finished: Run) -> None:
    [line] = [
        line
        for line in airflow.log("numbers", finished.run_id, "source").splitlines()
        if "van los números" in line
    ]
    assert re.fullmatch(r"\d\d:\d\d:\d\d INFO van los números", line)
    copy = airflow.log("numbers", finished.run_id, "double", map_index=2)
    assert "Returned value was: 6" in copy
    assert "van los números" not in copy


def test_a_failed_task_is_repaired_cleared_and_done_again(airflow: Airflow, dags: Path) -> None:
    airflow.unpause("fragile")
    run_id = airflow.trigger("fragile")
    failed = airflow.wait("fragile", run_id)
    assert failed.state == "failed"
    assert failed.states == {"before": "success", "breaks": "failed", "after": "upstream_failed"}
    log = airflow.log("fragile", run_id, "breaks")
    assert "ZeroDivisionError: division by zero" in log
    assert re.search(r"fragile\.py, renglón \d+, en breaks", log)

    repaired = FRAGILE.replace("DIVISOR = 0", "DIVISOR = 4")
    (dags / "fragile.py").write_text(repaired, encoding="utf-8")
    airflow.wait_for_dag("fragile")
    assert airflow.clear("fragile", run_id) == ["after", "breaks"]
    run = airflow.wait("fragile", run_id)
    assert run.state == "success"
    assert run.tries == {"before": 1, "breaks": 2, "after": 1}
    assert run.results["after"] == 0.25
    # El registro del primer intento sigue ahí.
    assert "ZeroDivisionError" in airflow.log("fragile", run_id, "breaks", try_number=1)
    assert airflow.clear("fragile", run_id, ["breaks"]) == ["after", "breaks"]
    assert airflow.wait("fragile", run_id).tries == {"before": 1, "breaks": 3, "after": 2}


def test_a_backfill_makes_one_run_for_each_date(airflow: Airflow) -> None:
    airflow.unpause("daily")
    start, end = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 3, tzinfo=UTC)
    run_ids = airflow.backfill("daily", start, end)
    days = [airflow.wait("daily", run_id).results["day"] for run_id in run_ids]
    assert days == ["2024-03-01", "2024-03-02", "2024-03-03"]


def test_a_file_that_cannot_be_read_says_why(airflow: Airflow, dags: Path) -> None:
    path = dags / "broken.py"
    path.write_text("from airflow.sdk import dag\nimport no_such_thing", encoding="utf-8")
    try:
        with pytest.raises(AirflowError, match=r"No aparece el DAG 'broken'.*No module named"):
            airflow.wait_for_dag("broken", timeout=30)
        [(name, error)] = airflow.import_errors().items()
    finally:
        path.unlink()
    assert name.endswith("broken.py")
    assert error == "ModuleNotFoundError: No module named 'no_such_thing'"


# Cuando algo no va


def test_an_unknown_dag_is_one_line_with_those_there_are(airflow: Airflow) -> None:
    for ask in (airflow.trigger, airflow.unpause, airflow.runs):
        with pytest.raises(AirflowError) as caught:
            ask("nada")
        assert str(caught.value) == (
            "No hay un DAG 'nada'. Los que hay: daily, fragile, numbers, stuck."
        )


def test_an_unknown_run_says_what_airflow_said(airflow: Airflow) -> None:
    with pytest.raises(AirflowError, match=r"Airflow contestó 404: .*nada"):
        airflow.run("numbers", "nada")


def test_a_run_that_does_not_end_in_time_says_where_it_is(airflow: Airflow) -> None:
    run_id = airflow.trigger("stuck")
    with pytest.raises(AirflowError, match=r"sigue en queued.*hacé airflow.unpause\('stuck'\)"):
        airflow.wait("stuck", run_id, timeout=0)
    airflow.unpause("stuck")
    for change in airflow.watch("stuck", run_id):
        if change.state == "running":
            break
    with pytest.raises(AirflowError, match=r"sigue en running .* Falta sleep \(running\): mirá"):
        airflow.wait("stuck", run_id, timeout=0)


def test_an_airflow_that_is_off_is_one_line() -> None:
    url = f"http://{HOST}:{free_port()}"
    with pytest.raises(AirflowError, match=f"Airflow no contesta en {url}: fijate"):
        Airflow(url).dag_ids()
    with pytest.raises(AirflowError, match="Falta decir cuál es la casa"):
        Airflow(url).tables()


# Qué hay encendido


def test_the_components_are_healthy_and_have_a_heartbeat(airflow: Airflow) -> None:
    health = airflow.health()
    assert list(health.index) == ["api-server", "metadatabase", *NAMES[1:]]
    assert set(health["estado"]) == {"healthy"}
    for name in ("scheduler", "dag-processor", "triggerer"):
        assert re.fullmatch(r"\d\d:\d\d:\d\d", health.loc[name, "último latido"])


def test_the_processes_are_told_by_component_with_their_memory(
    airflow: Airflow, finished: Run
) -> None:
    processes = airflow.processes()
    mains = processes[processes["proceso"] == "principal"]
    assert list(mains["parte"]) == NAMES
    assert (mains["MiB"] > 20).all()
    workers = processes[processes["proceso"].str.startswith("worker")]
    assert set(workers["parte"]) == {"scheduler"}
    assert psutil.Process(int(workers.index[0])).is_running()


def test_the_tables_of_the_database_are_counted(airflow: Airflow, finished: Run) -> None:
    tables = airflow.tables()["filas"]
    assert tables["dag"] >= 4
    assert tables["task_instance"] >= len(finished.tasks)
    assert tables["xcom"] >= 5
    assert tables["connection"] == 0


def test_it_only_listens_on_this_machine_and_only_on_its_port(airflow: Airflow) -> None:
    listening = {
        (connection.laddr.ip, connection.laddr.port)
        for connections in told_by_family(airflow, "net_connections")
        for connection in connections
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {(HOST, int(airflow.url.rpartition(":")[2]))}


# La pantalla


def test_the_home_a_finished_run_and_the_course_page_are_in_spanish_and_offline(
    airflow: Airflow, finished: Run, browser: Browser
) -> None:
    with watched_page(browser, locale="es-AR") as watched:
        page = watched.page
        page.set_default_timeout(MILLISECONDS_TO_SHOW)
        page.goto(airflow.url)
        see(page.get_by_text("Dags activos"))
        watched.screenshot("airflow-inicio")
        page.goto(f"{airflow.url}/dags/numbers/runs/{finished.run_id}")
        for name in ("source", "double [ ]", "total"):
            see(page.get_by_text(name, exact=True).first)
        see(page.get_by_text("Exitoso").first)
        watched.screenshot("airflow-grilla")
        page.get_by_role("button", name="Mostrar Gráfico").click()
        nodes = page.locator(".react-flow__node")
        expect(nodes).to_have_count(3, timeout=MILLISECONDS_TO_SHOW)
        expect(nodes.filter(has_text="total")).to_contain_text(
            "success", timeout=MILLISECONDS_TO_SHOW
        )
        watched.screenshot("airflow-grafo")
        page.get_by_text("Feriados").first.click()
        see(page.frame_locator("iframe").get_by_text("Navidad").last)
        watched.screenshot("airflow-feriados")
    assert not watched.problems


def test_a_failed_task_is_cleared_from_the_screen_and_done_again(
    airflow: Airflow, dags: Path, browser: Browser
) -> None:
    def write(divisor: int) -> None:
        text = FRAGILE.replace("DIVISOR = 0", f"DIVISOR = {divisor}")
        (dags / "fragile.py").write_text(text, encoding="utf-8")
        airflow.wait_for_dag("fragile")

    write(0)
    airflow.unpause("fragile")
    run_id = airflow.trigger("fragile")
    assert airflow.wait("fragile", run_id).states["breaks"] == "failed"
    write(4)
    with watched_page(browser, locale="es-AR") as watched:
        page = watched.page
        page.set_default_timeout(MILLISECONDS_TO_SHOW)
        page.goto(f"{airflow.url}/dags/fragile/runs/{run_id}/tasks/breaks")
        page.get_by_role("button", name="limpiar").click()
        see(page.get_by_text("Tareas Afectadas: 2"))
        watched.screenshot("airflow-limpiar")
        # Hasta que Airflow conteste: cerrar antes la página corta el pedido. Con `dry_run`, la
        # página sólo pregunta, cada tanto y en la misma dirección, qué tareas limpiaría.
        with page.expect_response(is_clearing) as answer:
            page.get_by_role("button", name="Confirmar").click()
        assert answer.value.ok
    assert not watched.problems
    run = airflow.wait("fragile", run_id)
    assert run.state == "success"
    assert run.tries == {"before": 1, "breaks": 2, "after": 1}


def is_clearing(response: Response) -> bool:
    asked = response.request.post_data_json or {}
    return response.url.endswith("/clearTaskInstances") and asked["dry_run"] is False


def see(place: Locator) -> None:
    expect(place).to_be_visible(timeout=MILLISECONDS_TO_SHOW)


# Que no quede nada

PARENT = """
import sys
from pathlib import Path
from amq2.orchestrator.standalone import running_airflow
with running_airflow(Path(sys.argv[1])) as airflow:
    airflow.wait_for_dag("stuck")
    airflow.unpause("stuck")
    for change in airflow.watch("stuck", airflow.trigger("stuck")):
        if change.state == "running":
            print(airflow.url, airflow.home, flush=True)
            sys.stdin.read()
"""


def test_with_its_parent_killed_two_at_once_leave_no_process_and_no_home(
    airflow: Airflow, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", PARENT, str(write_dags(tmp_path / "dags", "stuck"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        url, home = parent.stdout.readline().split()
        other = Airflow(url, Path(home))
        assert wait_until(lambda: "sleep" in told_by_family(other, "name"), 60)
        processes = family(other)
        assert set(other.health()["estado"]) == set(airflow.health()["estado"]) == {"healthy"}
        parent.kill()
        assert are_gone(processes)
    assert wait_until(lambda: not Path(home).exists())


def test_a_port_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    with closing(listen()) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(AirflowError, match=f"El puerto {port} no se puede usar"),
            running_airflow(tmp_path, port=port),
        ):
            pytest.fail("no tenía que arrancar")


def test_a_home_in_use_is_one_line(airflow: Airflow, dags: Path) -> None:
    with (
        pytest.raises(AirflowError, match="Ya hay un Airflow encendido en"),
        running_airflow(dags, home=airflow.home),
    ):
        pytest.fail("no tenía que arrancar")
    assert airflow.tables()["filas"]["dag"] == 4


def test_an_airflow_that_does_not_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    wrong = {"AIRFLOW__CORE__EXECUTOR": "NoSuchExecutor"}
    with (
        pytest.raises(AirflowError, match=r"(?s)Airflow terminó solo.*NoSuchExecutor"),
        running_airflow(tmp_path, env=wrong),
    ):
        pytest.fail("no tenía que arrancar")


# make airflow


def make_airflow(port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        ["make", "--no-print-directory", "airflow", f"AIRFLOW_PORT={port}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_make_airflow_answers_until_ctrl_c_and_leaves_no_process() -> None:
    port = free_port()
    with make_airflow(port) as make:
        assert make.stdout is not None
        assert make.stdout.readline().startswith("Preparo Airflow: unos 20 segundos.")
        url = f"http://{HOST}:{port}"
        assert make.stdout.readline() == f"Airflow está en {url}\n"
        [program] = psutil.Process(make.pid).children()
        processes = [program, *program.children(recursive=True)]
        assert len(processes) > len(COMPONENTS)
        assert requests.get(url, timeout=30).ok
        # Ctrl-C en una terminal le llega a todo el grupo de procesos; impaciente, dos veces.
        os.killpg(make.pid, signal.SIGINT)
        assert make.stdout.readline() == "Apago Airflow: unos segundos.\n"
        program.send_signal(signal.SIGINT)
        assert make.wait(SECONDS_TO_STOP) in (0, 2, -signal.SIGINT)
        assert "Traceback" not in make.stdout.read()
    assert are_gone(processes)


def test_make_airflow_with_a_taken_port_says_which_command_works() -> None:
    with closing(listen()) as taken:
        port = taken.getsockname()[1]
        with make_airflow(port) as make:
            assert make.stdout is not None
            output = make.stdout.read()
    assert make.returncode == 2  # el código de make cuando lo que ejecutó salió con 1
    found = re.search(rf"^El puerto {port} .* make airflow AIRFLOW_PORT=(\d+)$", output, re.M)
    assert found
    assert found[1] != str(port)
    assert "Traceback" not in output
