"""Los mensajes que más se repiten: qué es lo que la clase no entendió."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import pandas as pd

SHOWN = 15
"""Cuántos mensajes entran en la página."""

_ONE_ANSWER = re.compile(r"^ *(?:Llegó|Pasó en):.*\n?", re.MULTILINE)
"""Los renglones de un mensaje que dependen de la respuesta de cada uno."""


@dataclass(frozen=True)
class Message:
    """Un mensaje y cuántos lo recibieron.

    Attributes:
        unit: la unidad.
        exercises: en qué ejercicios.
        text: el mensaje, sin lo que depende de cada respuesta.
        students: cuántos estudiantes lo recibieron.
        share: qué parte son de quienes entregaron la unidad.
    """

    unit: str
    exercises: tuple[str, ...]
    text: str
    students: int
    share: float


def frequent_messages(exercises: pd.DataFrame, shown: int = SHOWN) -> list[Message]:
    """Los mensajes que recibieron más estudiantes, según el motivo guardado con cada nota.

    A cada estudiante se lo cuenta una vez por mensaje y unidad, aunque un aviso sobre todo el
    notebook se haya guardado en cada ejercicio.

    Args:
        exercises: `Marks.exercises`.
        shown: cuántos, como mucho.
    """
    handed_in = exercises[~exercises["missing"]]
    sizes = handed_in.groupby("unit")["student"].nunique()
    students: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    places: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in handed_in.itertuples():
        for text in filter(None, row.note.split("\n\n")):
            key = (row.unit, _ONE_ANSWER.sub("", text).strip())
            students[key].add(row.student)
            places[key][row.exercise] += 1
    most = sorted(students, key=lambda key: (-len(students[key]), key))[:shown]
    return [
        Message(
            unit,
            tuple(sorted(places[unit, text])),
            text,
            len(students[unit, text]),
            len(students[unit, text]) / sizes[unit],
        )
        for unit, text in most
    ]
