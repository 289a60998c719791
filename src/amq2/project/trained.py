"""Las preguntas a tu modelo: si el archivo es seguro, y qué dice de unos pacientes.

Se lo carga y se lo usa en otro proceso, siempre con skops y sin confiar en ningún tipo de más.
"""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import amq2.model  # noqa: F401 - antes que skops: lo importa sin los avisos de Airflow

# isort: split
import numpy as np
import pandas as pd
import skops.io
from numpy.typing import NDArray

from amq2.project.children import Child
from amq2.project.loading import complaint, execute, own_modules
from amq2.project.messages import failed
from amq2.project.patients import FEATURES
from amq2.project.workspace import MODEL, copied, require

SECONDS_TO_TRAIN = 12.0


def predictions(rows: pd.DataFrame, path: Path | None = None) -> NDArray[np.float64]:
    """Lo que tu modelo dice de cada fila.

    Args:
        rows: una tabla con `FEATURES`; puede tener más columnas.
        path: el archivo; si no se da, tu `model.skops`.

    Raises:
        CheckFailed: si no está, no es de skops, pide confiar en algo o no predice un número por
            fila.
    """
    path = path or require(MODEL)
    child = Child(_predict, Path(copied(with_model=False)), path.resolve(), rows[list(FEATURES)])
    return _heard(child, "El modelo no contestó", "cuánto tarda en cargarse y en predecir")


def trained_again(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Ejecuta tu `model.py` en una carpeta sin modelo, y usa el que escribe.

    Raises:
        CheckFailed: si `model.py` falla o no escribe el modelo, y lo mismo que `predictions`.
    """
    folder = copied("model.py", with_model=False)
    child = Child(_train, folder, rows[list(FEATURES)])
    return _heard(child, "model.py no terminó", "cuánto tarda el entrenamiento")


def run_here() -> str:
    """Ejecuta tu `model.py`, el de verdad, como `python model.py`.

    Returns:
        El último renglón que escribió: si falla, la excepción.
    """
    done = subprocess.run(
        [sys.executable, "model.py"], capture_output=True, text=True, timeout=120, check=False
    )
    lines = (done.stderr if done.returncode else done.stdout).strip().splitlines()
    return lines[-1] if lines else f"Terminó con {done.returncode} y no escribió nada."


def _heard(child: Child, what: str, look_at: str) -> NDArray[np.float64]:
    try:
        return np.asarray(child.hear(what, look_at, SECONDS_TO_TRAIN))
    finally:
        child.stop()


def _train(pipe: Connection, rows: pd.DataFrame) -> None:
    folder = Path.cwd()
    with own_modules(folder):
        execute("model.py", folder)
    if not (folder / MODEL).exists():
        raise failed(
            f"model.py terminó y no escribió {MODEL}.",
            'lo que hay abajo de `if __name__ == "__main__":`, y que la ruta sea '
            f'Path(__file__).with_name("{MODEL}")',
        )
    _predict(pipe, folder / MODEL, rows)


def _predict(pipe: Connection, path: Path, rows: pd.DataFrame) -> None:
    model = _load(path)
    predict: Callable[..., object] | None = getattr(model, "predict", None)
    if predict is None:
        raise failed(f"{MODEL} trae un {type(model).__name__}, sin `predict`.", "qué se guardó")
    try:
        found = np.asarray(predict(rows), dtype=float)
    except Exception as error:  # noqa: BLE001 - es un modelo ajeno
        raise complaint(f"El `predict` de {MODEL}", path.parent, error) from None
    if found.shape != (len(rows),) or not np.isfinite(found).all():
        raise failed(
            f"Para {len(rows)} pacientes, el modelo dio {found.shape} o algún número no finito.",
            "que sea una regresión: un número por fila",
        )
    pipe.send((True, found.tolist()))


def _load(path: Path) -> object:
    content = path.read_bytes()
    try:
        unknown = skops.io.get_untrusted_types(data=content)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
        raise failed(
            f"{MODEL} no es de skops: no se carga.",
            "que se guarde con skops.io.dump; un pickle o un joblib pueden ejecutar cualquier cosa",
        ) from None
    if unknown:
        raise failed(
            f"{MODEL} pide confiar en {', '.join(unknown)[:200]}: no se carga.",
            "no guardar funciones ni clases propias; los árboles de scikit-learn tampoco se cargan",
        )
    return skops.io.loads(content)
