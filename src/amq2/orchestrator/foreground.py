"""Lo que hacen `make airflow` y `make cluster` cuando está todo encendido: esperar a Ctrl-C."""

import contextlib
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from amq2.orchestrator.client import Airflow
from amq2.orchestrator.home import AirflowError
from amq2.orchestrator.launching import LOG
from amq2.orchestrator.supervisor import LOOK, PROCESSES
from amq2.proxied import public_url


def keep_until_interrupted(running: AbstractContextManager[Airflow], *others: Path) -> None:
    """Enciende un Airflow y espera; si no se puede o se apaga solo, dice por qué y termina.

    Args:
        running: lo que lo enciende.
        others: las carpetas de los demás supervisores de los que depende.
    """
    signal.signal(signal.SIGINT, _interrupt)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            with running as airflow:
                print(f"Airflow está en {public_url(airflow.url)}", flush=True)
                _wait_until_off([airflow.home, *others])
        except AirflowError as error:
            sys.exit(str(error))
        sys.exit(f"Airflow se apagó solo: el motivo está al final de {airflow.home / LOG}")


def _interrupt(_number: int, _frame: object) -> None:
    # El apagado ya empezó: otro Ctrl-C no lo corta por la mitad.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("Apago Airflow: unos segundos.", flush=True)
    raise KeyboardInterrupt


def _wait_until_off(homes: Sequence[Path]) -> None:
    """Hasta que un supervisor apague lo suyo."""
    while all((home / PROCESSES).exists() for home in homes):
        time.sleep(LOOK)
