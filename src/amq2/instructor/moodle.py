"""La hoja de calificaciones que importa un campus Moodle en castellano.

Es la de «Ver todas las entregas → Subir hoja de calificaciones». Moodle reconoce a cada estudiante
por su número de participante, que `make collect` anotó al lado de la entrega. Las columnas son las
del módulo assignfeedback_offline, con los nombres de la traducción al castellano.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from amq2.instructor.collect import ORIGIN

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

Row = dict[str, object]


def write_worksheets(rows: Sequence[Row], root: Path) -> list[Path]:
    """Escribe `campus/<unidad>.csv` por cada unidad con entregas que vinieron de un campus.

    Quien espera una corrección a mano va sin calificación, no con un cero.

    Args:
        rows: las notas, como las da `grades`.
        root: la carpeta del curso.
    """
    units: defaultdict[str, dict[str, list[Row]]] = defaultdict(dict)
    for row in rows:
        units[str(row["unit"])].setdefault(str(row["student"]), []).append(row)
    written = []
    for unit, students in units.items():
        lines = [
            _line(_origin(root, student, unit), exercises)
            for student, exercises in students.items()
            if _origin(root, student, unit).get("participant")
        ]
        if lines:
            written.append(_write(root / FOLDER / f"{unit}.csv", lines))
    return written


def _origin(root: Path, student: str, unit: str) -> dict[str, str]:
    path = root / "submitted" / student / unit / ORIGIN
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _line(origin: dict[str, str], exercises: Sequence[Row]) -> Row:
    waiting = [str(row["exercise"]) for row in exercises if row["needs_manual"] == "sí"]
    scores = [float(str(row["score"])) for row in exercises if row["score"] != ""]
    comments = [_comment(row) for row in exercises]
    if waiting:
        comments.insert(0, f"Espera corrección a mano: {', '.join(waiting)}.")
    return {
        "Identificador": f"Participante {origin['participant']}",
        "Nombre completo": _plain(origin["full_name"]),
        "Estado": "Enviado para calificar",
        "Calificación": "" if waiting else f"{sum(scores):.2f}",
        "Calificación máxima": f"{sum(float(str(row['max_score'])) for row in exercises):.2f}",
        "La calificación puede ser cambiada": "Sí",
        "Última modificación (calificación)": "-",
        "Comentarios de retroalimentación": _plain("\n".join(comments)),
    }


def _comment(row: Row) -> str:
    score = "a mano" if row["needs_manual"] == "sí" else f"{float(str(row['score'])):g}"
    note = f" {row['note']}" if row["note"] else ""
    return f"{row['exercise']}: {score} de {float(str(row['max_score'])):g}.{note}"


def _plain(text: str) -> str:
    """Un texto que una planilla de cálculo no toma por una fórmula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _write(path: Path, lines: Sequence[Row]) -> Path:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(lines)
    return path
