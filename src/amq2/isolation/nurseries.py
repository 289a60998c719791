"""Los viveros que encendió este proceso: uno por cada lista de importaciones.

Un vivero se apaga solo cuando termina quien lo encendió, aunque sea con SIGKILL.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from amq2.isolation.nursery import READY

KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ")
"""Lo único que un kernel ve del entorno de quien corrige, que puede tener claves."""


class NurseryError(Exception):
    """Un vivero no se pudo encender; su texto dice por qué."""


@dataclass(frozen=True)
class _Running:
    process: subprocess.Popen[str]
    folder: Path

    @property
    def address(self) -> Path:
        return self.folder / "vivero"


_running: dict[str, _Running] = {}


def nursery_for(code: str) -> Path:
    """El socket de un vivero que ya ejecutó `code`; si no había, lo enciende.

    Args:
        code: código de confianza, porque corre sin encierro: las importaciones de una unidad.

    Raises:
        NurseryError: si `code` falla.
    """
    nursery = _running.get(code)
    if nursery is None or nursery.process.poll() is not None:
        if nursery is not None:
            _turn_off(nursery)
        nursery = _running[code] = _turn_on(code)
    return nursery.address


def _turn_on(code: str) -> _Running:
    folder = Path(tempfile.mkdtemp(prefix="amq2-"))
    with (folder / "errores").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "amq2.isolation.nursery", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
            start_new_session=True,  # Ctrl-C es para quien lo encendió
            env={name: os.environ[name] for name in KEPT if name in os.environ}
            | {"HOME": str(folder / "cosas"), "TMPDIR": str(folder / "cosas")},
        )
    nursery = _Running(process, folder)
    assert process.stdin
    assert process.stdout
    print(json.dumps(code), file=process.stdin, flush=True)
    with process.stdout:
        is_ready = any(line.strip() == READY for line in process.stdout)
    if not is_ready:
        reason = (folder / "errores").read_text(errors="replace").strip().splitlines()
        _turn_off(nursery)
        raise NurseryError(f"Las importaciones no corren: {reason[-1] if reason else 'sin motivo'}")
    return nursery


def _turn_off(nursery: _Running) -> None:
    assert nursery.process.stdin
    nursery.process.stdin.close()
    nursery.process.kill()
    nursery.process.wait()
    shutil.rmtree(nursery.folder, ignore_errors=True)


@atexit.register
def turn_off_all() -> None:
    """Apaga los viveros de este proceso, con sus kernels."""
    while _running:
        _turn_off(_running.popitem()[1])
