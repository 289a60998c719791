"""Qué es cada celda: de qué ejercicio, si es la respuesta, si es una prueba."""

import re

from nbformat import NotebookNode

DEMO = "demo"
"""Etiqueta de las celdas que son para mirar: no se ejecutan al corregir."""

TEACHERS = "docente"
"""Etiqueta de la nota para docentes de un máster: no se publica."""

IMPORTS = "importaciones"
"""Identificador de la primera celda de código, que vale para todos los ejercicios."""

_GRADE_ID = re.compile(r"ejercicio-(\d+)-(\d+)(?:-[a-z0-9-]+)?")


def grade_id_of(cell: NotebookNode) -> str | None:
    """El identificador de nbgrader de una celda, o `None` si es una celda común."""
    metadata = cell.metadata.get("nbgrader")
    grade_id = metadata.get("grade_id") if isinstance(metadata, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def exercise_of(grade_id: str) -> str:
    """El ejercicio al que pertenece una celda: `ejercicio-2-3-ocultas` es del `2.3`.

    Raises:
        ValueError: si `grade_id` no tiene esa forma.
    """
    match = _GRADE_ID.fullmatch(grade_id)
    if match is None:
        raise ValueError(f"«{grade_id}» no tiene la forma ejercicio-UNIDAD-NÚMERO[-parte]")
    return f"{match[1]}.{match[2]}"


def is_of_exercise(grade_id: str) -> bool:
    """Si una celda es de un ejercicio; las importaciones, por ejemplo, son de todos."""
    return _GRADE_ID.fullmatch(grade_id) is not None


def is_locked(cell: NotebookNode) -> bool:
    """Si una celda publicada no es para que la cambie el estudiante."""
    return bool(cell.metadata["nbgrader"].get("locked"))


def has_tag(cell: NotebookNode, tag: str) -> bool:
    """Si una celda lleva una etiqueta."""
    return tag in cell.metadata.get("tags", [])


def describe(cell: NotebookNode, index: int) -> str:
    """Cómo nombrar una celda ante una persona: por su identificador o por su lugar."""
    name = grade_id_of(cell)
    return f"la celda {name}" if name else f"la celda número {index + 1}"
