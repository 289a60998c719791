"""`make airflow`: Airflow con los DAGs del curso en esta máquina, hasta Ctrl-C."""

import os
from importlib.metadata import version

from amq2.orchestrator.foreground import keep_until_interrupted
from amq2.orchestrator.home import COURSE_DAGS
from amq2.orchestrator.standalone import running_airflow
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
    keep_until_interrupted(running_airflow(port=port, home=HOME))


if __name__ == "__main__":
    main()
