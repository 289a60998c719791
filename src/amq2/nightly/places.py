"""Dónde queda cada cosa de la noche: todo adentro de una carpeta, que comparten los workers."""

from datetime import date
from pathlib import Path
from urllib.parse import quote

from amq2.orchestrator.data import data_folder

NAME = "nightly_scoring"
"""El nombre del DAG, y el de su carpeta."""


def closing_file(day: date) -> Path:
    """El cierre del día, que dejan las sucursales."""
    return _folder("inbox") / f"{day}.csv"


def staging(day: date, run_id: str) -> Path:
    """La carpeta de trabajo de una corrida: nadie más la lee, ni otra corrida del mismo día.

    El nombre de una corrida trae dos puntos y signos más, y podría ser `..`.
    """
    return _folder("staging", str(day), f"run={quote(run_id, safe='')}")


def published_folder() -> Path:
    """Lo que ven los demás: una carpeta por día."""
    return _folder("published")


def published_file(day: date) -> Path:
    """Los puntajes del día, una partición: la reemplaza `publication.publish`."""
    return _folder("published", f"day={day}") / "scores.parquet"


def rejected_file(day: date) -> Path:
    """Las filas que quedaron en cuarentena ese día, y por qué."""
    return _folder("quarantine") / f"{day}.csv"


def report_file(day: date) -> Path:
    """El informe del día."""
    return _folder("reports") / f"{day}.html"


def notices_file() -> Path:
    """Los avisos de lo que falló, uno por renglón, en JSON."""
    return _folder() / "notices.jsonl"


def models_folder() -> Path:
    """Los modelos guardados, y cuál está activo."""
    return _folder("models")


def _folder(*names: str) -> Path:
    folder = data_folder(NAME).joinpath(*names)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
