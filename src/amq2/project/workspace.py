"""Una copia de tus archivos en una carpeta de paso: se prueban ahí, y los tuyos no se tocan.

Se copia lo que se entrega y nada más: lo que anda acá, anda cuando se corrige.
"""

import atexit
import hashlib
import shutil
import tempfile
from pathlib import Path

from amq2.notebook.files import FILES, why_refused
from amq2.project.messages import failed
from amq2.project.practice import write_practice_model

NAMES = FILES["07-integrador"]

MODEL = "model.skops"
LOG = "registro.txt"
"""En la copia, lo que tu código escribió."""


def require(name: str, folder: Path | None = None) -> Path:
    """La ruta de uno de tus archivos.

    Raises:
        CheckFailed: si no está, o no se puede usar.
    """
    path = (folder or Path.cwd()) / name
    if why := why_refused(path):
        how = "que esté al lado del notebook, con ese nombre"
        if name == MODEL:
            how += "; lo escribe model.py cuando lo ejecutás"
        raise failed(f"{name}: {why}.", how)
    return path


def fingerprint(folder: Path | None = None) -> str:
    """Cambia cuando cambia alguno de tus archivos de Python."""
    digest = hashlib.sha256()
    for path in _sources(folder or Path.cwd()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def copied(*needed: str, with_model: bool = True) -> Path:
    """Una carpeta nueva con tus archivos de Python; se borra cuando termina este proceso.

    Args:
        needed: los que tienen que estar.
        with_model: si además va el modelo de práctica, como `model.skops`.

    Raises:
        CheckFailed: si falta alguno de `needed`.
    """
    for name in needed:
        require(name)
    folder = Path(tempfile.mkdtemp(prefix="amq2-integrador-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for path in _sources(Path.cwd()):
        shutil.copyfile(path, folder / path.name)
    if with_model:
        write_practice_model(folder / MODEL)
    return folder


def _sources(folder: Path) -> list[Path]:
    found = [folder / name for name in NAMES if name.endswith(".py")]
    return [path for path in found if why_refused(path) is None]
