"""El modelo del banco: entrenarlo, usarlo, guardarlo y volver a cargarlo sin sorpresas.

Es uno solo para todo el curso. Estima la probabilidad de que un solicitante no pague, con los datos
sintéticos de `amq2.credit`; `amq2.evaluation` dice cuánto acierta.
"""

import hashlib
import json
import warnings
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from amq2.credit import FEATURES, TARGET, applicants

with warnings.catch_warnings():
    # skops recorre todo lo ya importado; si está Airflow, cada nombre viejo que le queda avisa.
    warnings.filterwarnings("ignore", message="The `airflow")
    import skops.io

MODEL_VERSION = "1.0.0"
TRAINING_ROWS = 20_000


class ModelError(Exception):
    """El modelo no se puede cargar. Su texto es una línea que dice por qué y qué hacer."""


@dataclass(frozen=True)
class Metadata:
    """La ficha que acompaña al archivo del modelo, como JSON."""

    model_version: str
    sklearn_version: str
    features: tuple[str, ...]
    sha256: str


def train(rows: pd.DataFrame | None = None) -> Pipeline:
    """Entrena el modelo: estandariza las columnas y ajusta una regresión logística.

    Args:
        rows: solicitantes con su `default`. Si no se dan, los primeros `TRAINING_ROWS`.
    """
    if rows is None:
        rows = applicants(TRAINING_ROWS)
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(
        rows[list(FEATURES)], rows[TARGET]
    )


def predict_default(model: Pipeline, rows: pd.DataFrame) -> NDArray[np.float64]:
    """La probabilidad de no pagar de cada fila, en una sola llamada al modelo.

    Args:
        rows: una tabla con, al menos, las columnas de `FEATURES`, en cualquier orden.

    Returns:
        Un arreglo de forma (filas,), entre 0 y 1; vacío si no hay filas. Va con 6 decimales: una
        fila sola y la misma fila en un lote pueden diferir en el último bit, y el puntaje de una
        persona no depende de cómo se lo pidió.
    """
    if rows.empty:
        return np.empty(0)
    return round_scores(model.predict_proba(rows[list(FEATURES)])[:, 1])


def round_scores(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Los puntajes como los da el curso: con 6 decimales (ver `predict_default`)."""
    return np.asarray(scores).round(6)


def metadata_path(path: Path) -> Path:
    """Dónde va la ficha de un modelo: al lado, con el mismo nombre y extensión `.json`."""
    return path.with_suffix(".json")


def save(model: Pipeline, path: Path, version: str = MODEL_VERSION) -> Metadata:
    """Guarda el modelo con skops en `path`, por ejemplo `model.skops`, y su ficha al lado."""
    content = skops.io.dumps(model)
    metadata = Metadata(
        model_version=version,
        sklearn_version=sklearn.__version__,
        features=tuple(map(str, model.feature_names_in_)),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    path.write_bytes(content)
    text = json.dumps(asdict(metadata), indent=2)
    metadata_path(path).write_text(text + "\n", encoding="utf-8")
    return metadata


def read_metadata(path: Path) -> Metadata:
    """Lee la ficha del modelo guardado en `path`.

    Raises:
        ModelError: si falta o no se entiende.
    """
    sheet = metadata_path(path)
    try:
        fields = json.loads(sheet.read_text(encoding="utf-8"))
        return Metadata(**{**fields, "features": tuple(fields["features"])})
    except FileNotFoundError:
        raise ModelError(f"No está {sheet}: guardá el modelo de nuevo con save.") from None
    except (ValueError, TypeError, KeyError):
        raise ModelError(f"{sheet} no es una ficha: guardá el modelo de nuevo con save.") from None


def load(path: Path) -> Pipeline:
    """Carga un modelo guardado con `save`, después de revisarlo; nunca ejecuta lo que trae adentro.

    La huella detecta un archivo dañado o cambiado por error. No es una firma: quien pueda escribir
    el archivo puede escribir también su ficha. De eso protege no confiar en ningún tipo de más.

    Raises:
        ModelError: si falta, cambió, es de otra versión de scikit-learn, pide confiar en tipos
            desconocidos o no es el modelo que dice su ficha.
    """
    if not path.is_file():
        raise ModelError(f"No está {path}: entrená el modelo con train y guardalo con save.")
    metadata = read_metadata(path)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != metadata.sha256:
        raise ModelError(f"{path} no es el que se guardó (cambió su SHA-256): copialo de nuevo.")
    if metadata.sklearn_version != sklearn.__version__:
        raise ModelError(
            f"{path} es de scikit-learn {metadata.sklearn_version} y acá está "
            f"{sklearn.__version__}: entrenalo de nuevo, o instalá esa versión."
        )
    try:
        unknown = skops.io.get_untrusted_types(data=content)
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise ModelError(f"{path} no es de skops: guardá el modelo con save.") from None
    if unknown:
        raise ModelError(f"{path} pide confiar en {', '.join(unknown)}: no lo cargues.")
    model = skops.io.loads(content)
    if not hasattr(model, "predict_proba"):
        raise ModelError(f"{path} trae un {type(model).__name__} y no un modelo: revisá la ruta.")
    if tuple(getattr(model, "feature_names_in_", ())) != metadata.features:
        raise ModelError(f"{path} no usa las columnas de su ficha: guardá el modelo de nuevo.")
    return model
