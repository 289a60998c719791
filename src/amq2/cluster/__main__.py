"""`make cluster`: Airflow repartido, con los DAGs del curso, en esta máquina, hasta Ctrl-C."""

import os

from amq2.cluster.running import SERVERS, running_cluster
from amq2.orchestrator.__main__ import HOME
from amq2.orchestrator.foreground import keep_until_interrupted
from amq2.ports import free_port_or_exit
from amq2.settings import PORTS


def main() -> None:
    """Enciende el cluster, con la pantalla en AIRFLOW_PORT o en 8080; si no puede, dice por qué."""
    port = free_port_or_exit(
        os.environ.get("AIRFLOW_PORT") or str(PORTS["Airflow"]), "make cluster AIRFLOW_PORT"
    )
    home = HOME.with_name(f"cluster-{HOME.name}")
    keep_until_interrupted(running_cluster(port=port, home=home, say=_say), home / SERVERS)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
