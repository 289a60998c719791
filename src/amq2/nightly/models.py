"""Qué versión del modelo se publica, cuál corre en sombra y a cuál se vuelve.

Un modelo nuevo no reemplaza al anterior de un día para el otro: primero corre *en sombra*, o sea
que puntúa lo mismo, pero nadie ve sus puntajes; el informe compara. Después se lo activa, y si algo
sale mal se vuelve atrás. Los tres pasos son cambiar un archivo chico, entero o nada.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sklearn.pipeline import Pipeline

from amq2.model import MODEL_VERSION, ModelError, load, metadata_path, save, train
from amq2.nightly.places import models_folder
from amq2.orchestrator.data import replace_file

CHOICE = "active.json"
"""El archivo que dice qué versión es cuál."""


@dataclass(frozen=True)
class Choice:
    """Qué hace cada versión.

    Attributes:
        active: la que se publica.
        shadow: la que corre en sombra, si hay una.
        previous: a la que se vuelve, si hubo otra antes.
    """

    active: str
    shadow: str | None = None
    previous: str | None = None


def add(model: Pipeline, version: str) -> Path:
    """Guarda una versión nueva; todavía no la usa nadie.

    Raises:
        ModelError: si esa versión ya está: una versión no cambia.
    """
    with _alone():
        if _is_whole(version):
            path = _path(version)
            raise ModelError(f"La versión {version} ya está en {path}: elegí otro número.")
        return _save(model, version)


def load_version(version: str) -> Pipeline:
    """El modelo de una versión.

    Raises:
        ModelError: si no está, o no se puede cargar.
    """
    return load(_path(version))


def choice() -> Choice:
    """Qué versión es cuál ahora. La primera vez guarda el modelo del curso y lo activa."""
    if not (models_folder() / CHOICE).exists():
        with _alone():
            return _choice()
    return _choice()


def shadow(version: str) -> Choice:
    """Pone una versión a correr en sombra, al lado de la activa.

    Raises:
        ModelError: si esa versión no se puede cargar.
    """
    load_version(version)
    with _alone():
        return _choose(replace(_choice(), shadow=version))


def activate(version: str) -> Choice:
    """Publica desde la próxima corrida con esa versión, y recuerda la anterior.

    Raises:
        ModelError: si esa versión no se puede cargar.
    """
    load_version(version)
    with _alone():
        now = _choice()
        return now if version == now.active else _choose(Choice(version, previous=now.active))


def roll_back() -> Choice:
    """Vuelve a la versión anterior; la que estaba activa queda en sombra, para mirarla.

    Raises:
        ModelError: si no hay una anterior.
    """
    with _alone():
        now = _choice()
        if now.previous is None:
            raise ModelError(f"No hay una versión anterior a la {now.active}: no se puede volver.")
        load_version(now.previous)
        return _choose(Choice(now.previous, shadow=now.active))


def _path(version: str) -> Path:
    return models_folder() / f"{version}.skops"


def _is_whole(version: str) -> bool:
    """Si está guardada. La ficha es lo último que se guarda: si falta, quedó por la mitad."""
    return metadata_path(_path(version)).exists()


def _save(model: Pipeline, version: str) -> Path:
    path = _path(version)
    with TemporaryDirectory(dir=models_folder()) as folder:
        half = Path(folder) / path.name
        save(model, half, version)
        half.replace(path)
        metadata_path(half).replace(metadata_path(path))
    return path


@contextmanager
def _alone() -> Iterator[None]:
    """De a uno: la ficha de otro modelo, o una elección ya vieja, no se escriben encima.

    Si matan a quien tiene la llave, el sistema operativo la suelta.
    """
    with (models_folder() / ".llave").open("w") as key:
        fcntl.flock(key, fcntl.LOCK_EX)
        yield


def _choice() -> Choice:
    """Lo que dice el archivo; si todavía no está lo escribe, y para eso hace falta la llave."""
    path = models_folder() / CHOICE
    if not path.exists():
        if not _is_whole(MODEL_VERSION):
            _save(train(), MODEL_VERSION)
        _choose(Choice(MODEL_VERSION))
    return Choice(**json.loads(path.read_text(encoding="utf-8")))


def _choose(found: Choice) -> Choice:
    replace_file(models_folder() / CHOICE, json.dumps(asdict(found), indent=1) + "\n")
    return found
