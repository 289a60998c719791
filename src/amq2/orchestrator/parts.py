"""Qué es una parte de Airflow: el proceso que lanza y cuida `amq2.orchestrator.supervisor`."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO


@dataclass(frozen=True, eq=False)
class Component:
    """Un proceso a cargo del supervisor.

    Attributes:
        name: cómo se lo llama.
        command: con qué se lanza.
        env: variables de entorno que tiene él y no los demás.
        user: con qué usuario corre, si no es el de este programa.
        stop: la señal que le pide terminar.
        is_essential: si al terminar solo hay que apagar a los demás.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop: int = signal.SIGTERM
    is_essential: bool = True

    def start(self, log: IO[bytes] | None = None) -> "subprocess.Popen[bytes]":
        """Lo lanza; escribe en `log` o, si no se da, donde escribe este programa."""
        return subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **self.env},
            user=self.user,
        )


def airflow(name: str, *options: str) -> Component:
    """Una parte de Airflow: `airflow("scheduler")`."""
    return Component(name, [sys.executable, "-m", "airflow", name, *options])


COMPONENTS = (
    airflow("api-server", "--proxy-headers"),  # detrás de un hub, el navegador habla https
    airflow("scheduler", "--skip-serve-logs"),
    airflow("dag-processor"),
    airflow("triggerer", "--skip-serve-logs"),
)
"""Las partes de Airflow y con qué opciones se lanza cada una."""
