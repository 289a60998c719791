"""La pantalla de Airflow en un navegador de verdad, en castellano y sin internet."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from amq2.orchestrator.standalone import running_airflow
from tests.browser import watched_page
from tests.running_dags import write_dags

MILLISECONDS_TO_SHOW = 60_000


def test_the_home_and_a_finished_run_are_shown_in_spanish_and_offline(
    browser: Browser, tmp_path: Path
) -> None:
    with running_airflow(write_dags(tmp_path / "dags", "numbers")) as airflow:
        airflow.wait_for_dag("numbers")
        airflow.unpause("numbers")
        run = airflow.wait("numbers", airflow.trigger("numbers"), timeout=120)
        with watched_page(browser, locale="es-AR") as watched:
            page = watched.page
            page.set_default_timeout(MILLISECONDS_TO_SHOW)
            page.goto(airflow.url)
            expect(page.get_by_text("Dags activos")).to_be_visible(timeout=MILLISECONDS_TO_SHOW)
            watched.screenshot("airflow-inicio")
            page.goto(f"{airflow.url}/dags/numbers/runs/{run.run_id}")
            for name in ("source", "double [ ]", "total"):
                expect(page.get_by_text(name, exact=True).first).to_be_visible(
                    timeout=MILLISECONDS_TO_SHOW
                )
            expect(page.get_by_text("Exitoso").first).to_be_visible(timeout=MILLISECONDS_TO_SHOW)
            watched.screenshot("airflow-grilla")
            page.get_by_role("button", name="Mostrar Gráfico").click()
            nodes = page.locator(".react-flow__node")
            expect(nodes).to_have_count(3, timeout=MILLISECONDS_TO_SHOW)
            expect(nodes.filter(has_text="total")).to_contain_text(
                "success", timeout=MILLISECONDS_TO_SHOW
            )
            watched.screenshot("airflow-grafo")
    assert not watched.problems
