"""`make airflow`: Airflow con los DAGs del curso en esta máquina, hasta Ctrl-C."""

import contextlib
import os
import signal
import sys
import time
from importlib.metadata import version
from pathlib import Path

from amq2.orchestrator.home import COURSE_DAGS, AirflowError
from amq2.orchestrator.standalone import LOG, running_airflow
from amq2.orchestrator.supervisor import LOOK, PROCESSES
from amq2.ports import free_port_or_exit
from amq2.settings import PORTS

# La base de una versión de Airflow no le sirve a otra.
HOME = COURSE_DAGS.with_name(".airflow") / version("apache-airflow")
"""Dónde queda la historia de las corridas, de una vez a la otra."""


def main() -> None:
    """Enciende Airflow en AIRFLOW_PORT, o en 8080, y espera; si no se puede, dice por qué."""
    port = free_port_or_exit(
        os.environ.get("AIRFLOW_PORT") or str(PORTS["Airflow"]), "make airflow AIRFLOW_PORT"
    )
    signal.signal(signal.SIGINT, _interrupt)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            with running_airflow(port=port, home=HOME) as airflow:
                print(f"Airflow está en {airflow.url}", flush=True)
                _wait_until_off(HOME)
        except AirflowError as error:
            sys.exit(str(error))
        sys.exit(f"Airflow se apagó solo: el motivo está al final de {HOME / LOG}")


def _interrupt(_number: int, _frame: object) -> None:
    # El apagado ya empezó: otro Ctrl-C no lo corta por la mitad.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("Apago Airflow: unos segundos.", flush=True)
    raise KeyboardInterrupt


def _wait_until_off(home: Path) -> None:
    while (home / PROCESSES).exists():
        time.sleep(LOOK)


if __name__ == "__main__":
    main()
