"""Las partes de Airflow, cada una en su proceso, hasta que se cierra la entrada estándar.

`airflow standalone` hace algo parecido, pero prepara la base otra vez, tarda el triple en estar
listo y abre dos puertos más, a toda la red, para mostrar los registros de otras máquinas.

Quien lanza este programa tiene la otra punta del caño que es su entrada: si termina, también
porque lo mataron, el caño se cierra y acá se apaga todo. Corre en una sesión propia, así Ctrl-C o
interrumpir una celda no le llegan.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import psutil

from amq2.orchestrator.parts import Component

PROCESSES = "procesos.json"
"""El archivo de la casa que dice, mientras está encendido, qué proceso es cada parte."""

GRACE = 10.0
"""Segundos que se les da para terminar por las buenas; con la máquina libre usan cinco."""

LOOK = 0.5
"""Segundos entre una mirada a los procesos y la siguiente."""


def command(home: Path, components: Sequence[Component], is_temporary: bool) -> list[str]:
    """Cómo se lanza este programa; los argumentos son los de `main`."""
    written = json.dumps([asdict(component) for component in components])
    here = [sys.executable, "-m", "amq2.orchestrator.supervisor"]
    return [*here, str(home), written, *["temporary"] * is_temporary]


def main(home: Path, components: Sequence[Component], is_temporary: bool) -> int:
    """Lanza las partes y espera: a que se cierre la entrada, o a que termine sola una esencial.

    Args:
        home: la casa, ya preparada; el resto de la configuración está en las variables de entorno.
        components: las partes, en el orden en que se lanzan.
        is_temporary: si hay que borrar la casa al final.

    Returns:
        0 si se apagó porque se cerró la entrada, y 1 si una parte terminó sola.
    """
    signal.signal(signal.SIGTERM, _leave)
    alive: dict[Component, subprocess.Popen[bytes]] = {}
    try:
        for component in components:
            alive[component] = component.start()
        pids = {component.name: process.pid for component, process in alive.items()}
        (home / PROCESSES).write_text(json.dumps(pids), encoding="utf-8")
        while True:
            is_closed, _, _ = select.select([0], [], [], LOOK)
            if is_closed:
                return 0
            for component, process in list(alive.items()):
                if process.poll() is None:
                    continue
                print(f"{component.name} terminó solo, con {process.returncode}.", file=sys.stderr)
                del alive[component]
                if component.is_essential:
                    return 1
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _stop(alive)
        (home / PROCESSES).unlink(missing_ok=True)
        if is_temporary:
            shutil.rmtree(home, ignore_errors=True)


def _leave(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)


def _stop(alive: Mapping[Component, subprocess.Popen[bytes]]) -> None:
    """Pide a cada parte que termine; lo que quede después de GRACE segundos, muere."""
    # Una tarea puede tener sesión propia: por eso la lista se hace antes, con todos vivos.
    family = psutil.Process().children(recursive=True)
    for component, process in alive.items():
        process.send_signal(component.stop)
    psutil.wait_procs(family, GRACE)
    for process in {*family, *_session()}:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    for process in alive.values():
        process.wait()


def _session() -> list[psutil.Process]:
    """Los procesos de la sesión de este programa, menos él."""
    found = []
    for process in psutil.process_iter():
        try:
            is_ours = os.getsid(process.pid) == os.getsid(0)
        except (ProcessLookupError, PermissionError):
            continue
        if is_ours and process.pid != os.getpid():
            found.append(process)
    return found


if __name__ == "__main__":
    parts = [Component(**part) for part in json.loads(sys.argv[2])]
    sys.exit(main(Path(sys.argv[1]), parts, is_temporary=sys.argv[3:] == ["temporary"]))
