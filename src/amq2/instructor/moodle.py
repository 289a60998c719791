"""La hoja de calificaciones que importa un campus Moodle.

Es la de «Ver todas las entregas → Subir hoja de calificaciones» (módulo assignfeedback_offline).
Moodle reconoce cada columna por su título, que depende del idioma del campus, y a cada estudiante
por su número de participante, que `make collect` anotó al lado de la entrega. De la columna del
identificador corta tantas letras como tiene «Participante»: con un espacio en el medio el número
se entiende siempre, lo tenga o no la traducción instalada.
"""

import csv
import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from amq2.instructor.provenance import ORIGIN, Origin, read_origin

FOLDER = "campus"
COLUMNS = (
    "Identificador",
    "Nombre completo",
    "Estado",
    "Calificación",
    "Calificación máxima",
    "La calificación puede ser cambiada",
    "Última modificación (calificación)",
    "Comentarios de retroalimentación",
)
MAX_NOTE = 300
"""Hasta cuántas letras de la devolución de un ejercicio van al campus; entera está en feedback/."""

Row = dict[str, object]


@dataclass(frozen=True)
class Mark:
    """Lo que va al campus de un estudiante; sin `score`, la celda queda vacía."""

    participant: str
    full_name: str
    score: float | None
    comment: str


def marks(rows: Sequence[Row], unit: str, root: Path) -> list[Mark]:
    """Las notas de una unidad, de quienes entregaron por el campus.

    Args:
        rows: las notas, como las da `grades`.
        unit: la unidad.
        root: la carpeta del curso.
    """
    exercises: dict[str, list[Row]] = {}
    for row in rows:
        if row["unit"] == unit and row["missing"] == "no":
            exercises.setdefault(str(row["student"]), []).append(row)
    found = []
    for path in sorted(root.glob(f"submitted/[!.]*/{unit}/{ORIGIN}")):
        origin = read_origin(path)
        if origin.get("participant"):
            found.append(_mark(origin, exercises.get(path.parent.parent.name, [])))
    return found


def _mark(origin: Origin, exercises: Sequence[Row]) -> Mark:
    waiting = [str(row["exercise"]) for row in exercises if row["needs_manual"] == "sí"]
    comments = [_comment(row) for row in exercises] or ["Todavía no se corrigió."]
    if waiting:
        comments.insert(0, f"Espera corrección a mano: {', '.join(waiting)}.")
    is_final = exercises and not waiting
    return Mark(
        participant=str(origin["participant"]),
        full_name=str(origin.get("full_name", "")),
        score=sum(float(str(row["score"])) for row in exercises) if is_final else None,
        # Moodle guarda el comentario como HTML: sin esto se come los renglones y lo que va entre <>
        comment="<br>".join(html.escape(comment, quote=False) for comment in comments),
    )


def _comment(row: Row) -> str:
    score = "a mano" if row["needs_manual"] == "sí" else f"{float(str(row['score'])):g}"
    note = textwrap.shorten(str(row["note"]), MAX_NOTE, placeholder=" […]")
    return f"{row['exercise']}: {score} de {float(str(row['max_score'])):g}. {note}".strip()


def max_score(rows: Sequence[Row], unit: str) -> float:
    """Los puntos de una unidad."""
    points = {row["exercise"]: float(str(row["max_score"])) for row in rows if row["unit"] == unit}
    return sum(points.values())


def plain(text: str) -> str:
    """Un texto que una planilla de cálculo no toma por una fórmula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def write_worksheets(rows: Sequence[Row], root: Path) -> list[Path]:
    """Escribe `campus/<unidad>.csv` por cada unidad con entregas que vinieron de un campus.

    Quien espera una corrección a mano va sin calificación, no con un cero.
    """
    written = []
    for unit in sorted({str(row["unit"]) for row in rows}):
        if found := marks(rows, unit, root):
            total = f"{max_score(rows, unit):.2f}"
            lines = [list(COLUMNS), *(_line(mark, total) for mark in found)]
            written.append(write(root / FOLDER / f"{unit}.csv", lines))
    return written


def _line(mark: Mark, total: str) -> list[str]:
    return [
        f"Participante {mark.participant}",
        plain(mark.full_name),
        "Enviado para calificar",
        as_score(mark),
        total,
        "Sí",
        "-",
        plain(mark.comment),
    ]


def as_score(mark: Mark) -> str:
    return "" if mark.score is None else f"{mark.score:.2f}"


def write(path: Path, lines: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)
    return path
