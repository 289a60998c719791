"""Lo que cuesta un comando con todos los procesos que deja: `python -m benchmarks.cost comando …`.

Este proceso adopta a los huérfanos (`PR_SET_CHILD_SUBREAPER`, `man 2 prctl`) y suma lo que gastó
cada uno, hasta que no queda ninguno. Escribe en JSON los segundos de reloj y de procesador.
"""

import ctypes
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import LoadError

ADOPT_ORPHANS = 36


@dataclass(frozen=True)
class Cost:
    """Lo que costó una corrección: segundos de reloj y de procesador, si se midió."""

    seconds: float
    cpu: float | None


def cost_of(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    """Corre un comando en una carpeta y dice lo que costó.

    Raises:
        LoadError: si el comando falla.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cost", str(folder), *command],
        cwd=Path(__file__).parents[1],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LoadError(f"{' '.join(command)} falló: {done.stderr[-1000:]}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def main(folder: str, *command: str) -> int:
    """Corre el comando, escribe lo que costó y devuelve su código de salida."""
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder)
    status, cpu, seconds = 0, 0.0, 0.0
    while True:
        try:
            pid, code, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break
        cpu += usage.ru_utime + usage.ru_stime
        if pid == process.pid:
            status, seconds = os.waitstatus_to_exitcode(code), time.perf_counter() - start
    process.returncode = status
    print(json.dumps({"seconds": seconds, "cpu": cpu}), flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
