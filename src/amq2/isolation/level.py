"""Qué aislamiento puede dar esta máquina, y si alcanza para correr código ajeno."""

import os
import subprocess
import sys
import tempfile
from functools import cache

ALLOW_UNSAFE = "ALLOW_UNSAFE"
"""Con esta variable en 1, lo que no se puede encerrar corre igual."""


class UnsafeError(Exception):
    """La máquina no puede encerrar un kernel; su texto dice por qué y qué hacer."""


@cache
def why_not() -> str | None:
    """Por qué esta máquina no puede encerrar un kernel; `None` si puede. La primera vez prueba."""
    if sys.platform != "linux":
        return "los namespaces son de Linux"
    with tempfile.TemporaryDirectory(prefix="amq2-") as folder:
        command = [sys.executable, "-m", "amq2.isolation.room", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stderr.strip().splitlines() or [f"terminó con {done.returncode}"]
    return lines[-1] if done.returncode else None


def is_isolated() -> bool:
    """Si los kernels van encerrados.

    Raises:
        UnsafeError: si no se puede y nadie dijo ALLOW_UNSAFE=1.
    """
    reason = why_not()
    if reason and os.environ.get(ALLOW_UNSAFE) != "1":
        raise UnsafeError(
            f"No corrijo sin protección: esta máquina no puede encerrar las entregas ({reason}). "
            f"Usá Linux con namespaces de usuario, o {ALLOW_UNSAFE}=1 si confiás en todas."
        )
    return reason is None


def describe() -> str:
    """El aislamiento que está en vigor, en un renglón.

    Raises:
        UnsafeError: como `is_isolated`.
    """
    if is_isolated():
        return "Aislamiento: namespaces de Linux; sin red, sin la carpeta del curso y con límites."
    return f"Aislamiento: NINGUNO, por {ALLOW_UNSAFE}=1. Lo que haga una entrega lo hacés vos."
