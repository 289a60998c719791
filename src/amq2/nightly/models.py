"""Qué versión del modelo se publica, cuál corre en sombra y a cuál se vuelve.

Un modelo nuevo no reemplaza al anterior de un día para el otro: primero corre *en sombra*, o sea
que puntúa lo mismo, pero nadie ve sus puntajes; el informe compara. Después se lo activa, y si algo
sale mal se vuelve atrás. Los tres pasos son cambiar un archivo chico, entero o nada.
"""

import json
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
    path = models_folder() / f"{version}.skops"
    # La ficha es lo último que se guarda: si falta, quedó por la mitad.
    if metadata_path(path).exists():
        raise ModelError(f"La versión {version} ya está en {path}: elegí otro número.")
    with TemporaryDirectory(dir=models_folder()) as folder:
        half = Path(folder) / path.name
        save(model, half, version)
        half.replace(path)
        metadata_path(half).replace(metadata_path(path))
    return path


def load_version(version: str) -> Pipeline:
    """El modelo de una versión.

    Raises:
        ModelError: si no está, o no se puede cargar.
    """
    return load(models_folder() / f"{version}.skops")


def choice() -> Choice:
    """Qué versión es cuál ahora. La primera vez guarda el modelo del curso y lo activa."""
    path = models_folder() / CHOICE
    if not path.exists():
        if not metadata_path(models_folder() / f"{MODEL_VERSION}.skops").exists():
            add(train(), MODEL_VERSION)
        return _choose(Choice(MODEL_VERSION))
    return Choice(**json.loads(path.read_text(encoding="utf-8")))


def shadow(version: str) -> Choice:
    """Pone una versión a correr en sombra, al lado de la activa.

    Raises:
        ModelError: si esa versión no se puede cargar.
    """
    load_version(version)
    return _choose(replace(choice(), shadow=version))


def activate(version: str) -> Choice:
    """Publica desde la próxima corrida con esa versión, y recuerda la anterior.

    Raises:
        ModelError: si esa versión no se puede cargar.
    """
    load_version(version)
    now = choice()
    return now if version == now.active else _choose(Choice(version, previous=now.active))


def roll_back() -> Choice:
    """Vuelve a la versión anterior; la que estaba activa queda en sombra, para mirarla.

    Raises:
        ModelError: si no hay una anterior.
    """
    now = choice()
    if now.previous is None:
        raise ModelError(f"No hay una versión anterior a la {now.active}: no se puede volver.")
    load_version(now.previous)
    return _choose(Choice(now.previous, shadow=now.active))


def _choose(found: Choice) -> Choice:
    replace_file(models_folder() / CHOICE, json.dumps(asdict(found), indent=1) + "\n")
    return found
