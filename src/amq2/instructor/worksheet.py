"""Completar una hoja de calificaciones que exportó el campus, en cualquier idioma.

Las columnas se reconocen por lo que traen y no por su título; los renglones quedan como estaban.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from amq2.instructor.course import CourseError
from amq2.instructor.moodle import FOLDER, Row, as_score, marks, max_score, plain, write

_NUMBER = re.compile(r"\D+(\d+)")
_COMMENTS = re.compile(r"[ck]omm?ent|feedback|retro", re.IGNORECASE)


@dataclass(frozen=True)
class Filled:
    """Una hoja exportada del campus, ya completada."""

    path: Path
    count: int
    warnings: tuple[str, ...]


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
        line[score] = as_score(mark)
        if comment is not None:
            line[comment] = plain(mark.comment)
        count += 1
    warnings += [
        f"No está en la hoja: {mark.full_name}, participante {mark.participant}."
        for mark in pending.values()
    ]
    path = write(root / FOLDER / f"{unit}.csv", [header, *body], delimiter)
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
