"""La hoja de calificaciones que importa un campus Moodle.

Es la de «Ver todas las entregas → Subir hoja de calificaciones» (módulo assignfeedback_offline).
Moodle reconoce cada columna por su título, que depende del idioma del campus, y a cada estudiante
por su número de participante, que `make collect` anotó al lado de la entrega. De la columna del
identificador corta tantas letras como tiene «Participante»: con un espacio en el medio el número
se entiende siempre, lo tenga o no la traducción instalada.
"""

import csv
import html
import io
import json
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from amq2.instructor.collect import ORIGIN
from amq2.instructor.course import CourseError

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

_NUMBER = re.compile(r"\D+(\d+)")
_COMMENTS = re.compile(r"[ck]omm?ent|feedback|retro", re.IGNORECASE)

Row = dict[str, object]


@dataclass(frozen=True)
class Mark:
    """Lo que va al campus de un estudiante; sin `score`, la celda queda vacía."""

    participant: str
    full_name: str
    score: float | None
    comment: str


@dataclass(frozen=True)
class Filled:
    """Una hoja exportada del campus, ya completada."""

    path: Path
    count: int
    warnings: tuple[str, ...]


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
        origin = json.loads(path.read_text(encoding="utf-8"))
        if origin.get("participant"):
            found.append(_mark(origin, exercises.get(path.parent.parent.name, [])))
    return found


def _mark(origin: dict[str, str], exercises: Sequence[Row]) -> Mark:
    waiting = [str(row["exercise"]) for row in exercises if row["needs_manual"] == "sí"]
    comments = [_comment(row) for row in exercises] or ["Todavía no se corrigió."]
    if waiting:
        comments.insert(0, f"Espera corrección a mano: {', '.join(waiting)}.")
    is_final = exercises and not waiting
    return Mark(
        participant=origin["participant"],
        full_name=origin["full_name"],
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


# --- Una hoja nueva --------------------------------------------------------------------------


def write_worksheets(rows: Sequence[Row], root: Path) -> list[Path]:
    """Escribe `campus/<unidad>.csv` por cada unidad con entregas que vinieron de un campus.

    Quien espera una corrección a mano va sin calificación, no con un cero.
    """
    written = []
    for unit in sorted({str(row["unit"]) for row in rows}):
        if found := marks(rows, unit, root):
            total = f"{max_score(rows, unit):.2f}"
            lines = [list(COLUMNS), *(_line(mark, total) for mark in found)]
            written.append(_write(root / FOLDER / f"{unit}.csv", lines))
    return written


def _line(mark: Mark, total: str) -> list[str]:
    return [
        f"Participante {mark.participant}",
        plain(mark.full_name),
        "Enviado para calificar",
        _score(mark),
        total,
        "Sí",
        "-",
        plain(mark.comment),
    ]


def _score(mark: Mark) -> str:
    return "" if mark.score is None else f"{mark.score:.2f}"


def _write(path: Path, lines: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)
    return path


# --- Una hoja que dio el campus --------------------------------------------------------------


def fill_worksheet(rows: Sequence[Row], unit: str, worksheet: Path, root: Path) -> Filled:
    """Completa una hoja exportada del campus, con sus columnas y renglones, en cualquier idioma.

    Args:
        rows: las notas, como las da `grades`.
        unit: la unidad de la hoja.
        worksheet: el csv que dio el campus; no se modifica.
        root: la carpeta del curso.

    Raises:
        CourseError: si no se puede leer o no es una hoja de calificaciones.
    """
    header, body, delimiter = _read(worksheet)
    number, score, comment = _columns(header, body, worksheet)
    pending = {mark.participant: mark for mark in marks(rows, unit, root)}
    if not pending:
        raise CourseError(f"No hay entregas del campus en {unit}: primero make collect y grade.")
    warnings = []
    total, theirs = max_score(rows, unit), _as_number(body[0][score + 1])
    if theirs != total:
        warnings.append(
            f"La tarea del campus vale {theirs:g} y la unidad {total:g}: "
            f"poné {total:g} como calificación máxima de la tarea."
        )
    if comment is None:
        warnings.append("La hoja no trae comentarios: en la tarea, activá ese tipo de devolución.")
    count = 0
    for line in body:
        match = _NUMBER.fullmatch(line[number])
        mark = pending.pop(match[1], None) if match else None
        if mark is None:
            continue
        line[score] = _score(mark)
        if comment is not None:
            line[comment] = plain(mark.comment)
        count += 1
    warnings += [
        f"No está en la hoja: {mark.full_name}, participante {mark.participant}."
        for mark in pending.values()
    ]
    path = _write(root / FOLDER / f"{unit}.csv", [header, *body], delimiter)
    return Filled(path, count, tuple(warnings))


def _read(worksheet: Path) -> tuple[list[str], list[list[str]], str]:
    if not worksheet.is_file():
        raise CourseError(f"No existe {worksheet}: decí cuál es la hoja con WORKSHEET=…")
    try:
        text = worksheet.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(f"{worksheet} no está en UTF-8: usá la que da el campus.") from None
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header, body = (lines[0], [line for line in lines[1:] if line]) if lines else ([], [])
    if not body or any(len(line) != len(header) for line in body):
        raise CourseError(
            f"{worksheet} no es una hoja de calificaciones: sus renglones no coinciden."
        )
    return header, body, delimiter


def _columns(
    header: list[str], body: list[list[str]], worksheet: Path
) -> tuple[int, int, int | None]:
    """Dónde están el identificador, la calificación y el comentario, por lo que traen.

    La calificación está justo antes de la máxima, que es el mismo número en todos los renglones.
    El comentario es la última columna, si no es la fecha: una fecha nunca está vacía.
    """
    columns = [[line[index] for line in body] for index in range(len(header))]
    numbers = [i for i, cells in enumerate(columns) if all(map(_NUMBER.fullmatch, cells))]
    scores = [
        i
        for i in range(1, len(columns) - 1)
        if len(set(columns[i + 1])) == 1
        and (maximum := _as_number(columns[i + 1][0])) is not None
        and all(_fits(cell, maximum) for cell in columns[i])
    ]
    if not numbers or not scores:
        raise CourseError(
            f"{worksheet} no es una hoja de calificaciones: bajala de «Ver todas las entregas → "
            "Descargar hoja de calificaciones»."
        )
    last = len(header) - 1
    has_comments = _COMMENTS.search(header[last]) or "" in columns[last]
    return numbers[0], scores[-1], last if has_comments else None


def _as_number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


def _fits(cell: str, maximum: float) -> bool:
    value = _as_number(cell)
    return cell in ("", "-") or (value is not None and value <= maximum)
