"""Respuestas muy parecidas: una pregunta para una persona, no un veredicto.

El método es el de las huellas de k tokens (S. Schleimer, D. Wilkerson y A. Aiken, «Winnowing: local
algorithms for document fingerprinting», SIGMOD 2003). Winnowing elige unas pocas huellas de cada
documento para que entren millones; una clase entra entera, así que se comparan todas.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
from scipy.sparse import triu
from sklearn.feature_extraction.text import CountVectorizer

from amq2.instructor.course import ROOT, released
from amq2.instructor.report.tokens import tokens
from amq2.instructor.report.work import Work

K = 8
"""Tokens de cada huella."""

MIN_SHARED = 25
"""Con menos huellas en común, dos respuestas son demasiado cortas para distinguirlas."""

SIMILAR = 0.7
"""Qué parte de las huellas de la más corta tiene que estar en la otra."""

COMMON = 0.1
MIN_COMMON = 5
"""Una huella que tiene más del 10 % de la clase (y más de 5) es la manera común de resolverlo."""


@dataclass(frozen=True)
class Likeness:
    """Un ejercicio que dos estudiantes resolvieron casi igual."""

    unit: str
    exercise: str
    share: float
    first_code: str
    second_code: str


@dataclass(frozen=True)
class Pair:
    """Dos estudiantes y los ejercicios que tienen casi iguales."""

    first: str
    second: str
    likenesses: tuple[Likeness, ...]


def similar_pairs(works: Iterable[Work], root: Path = ROOT) -> list[Pair]:
    """Los pares con respuestas muy parecidas; primero, los que coinciden en más ejercicios.

    No cuenta lo que está en el notebook publicado ni lo que tiene mucha gente. Las respuestas
    cortas y las que no son Python válido quedan afuera.
    """
    given: dict[str, set[str]] = {}
    written: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for work in works:
        for exercise, code in work.answers.items():
            written[work.unit, exercise][work.student] = code
    found: defaultdict[tuple[str, str], list[Likeness]] = defaultdict(list)
    for (unit, exercise), codes in sorted(written.items()):
        if unit not in given:
            given[unit] = given_grams(released(unit, root))
        for first, second, share in alike(codes, given[unit]):
            likeness = Likeness(unit, exercise, share, codes[first], codes[second])
            found[first, second].append(likeness)
    pairs = [Pair(*names, tuple(likenesses)) for names, likenesses in found.items()]
    return sorted(
        pairs, key=lambda pair: (-len(pair.likenesses), -max(one.share for one in pair.likenesses))
    )


def alike(codes: dict[str, str], given: set[str]) -> list[tuple[str, str, float]]:
    """Los pares de respuestas a un ejercicio que se parecen demasiado.

    Args:
        codes: la respuesta de cada estudiante.
        given: las huellas que no cuentan.

    Returns:
        Los dos estudiantes y qué parte de las huellas de la respuesta más corta está en la otra.
    """
    students = sorted(codes)
    grams = [[gram for gram in grams_of(codes[name]) if gram not in given] for name in students]
    if not any(grams):
        return []
    counts = CountVectorizer(analyzer=list, binary=True, dtype=np.int32).fit_transform(grams)
    # la más corta se mide con lo que queda al sacar lo común
    most = max(MIN_COMMON, COMMON * len(students))
    counts = counts[:, np.asarray(counts.sum(axis=0)).ravel() <= most]
    sizes = np.asarray(counts.sum(axis=1)).ravel()
    shared = triu(counts @ counts.T, k=1).tocoo()
    return [
        (students[i], students[j], float(count / min(sizes[i], sizes[j])))
        for i, j, count in zip(shared.row, shared.col, shared.data, strict=True)
        if count >= MIN_SHARED and count >= SIMILAR * min(sizes[i], sizes[j])
    ]


def grams_of(source: str) -> list[str]:
    """Las huellas de un código: cada grupo de `K` tokens seguidos."""
    return _grams(tokens(source))


def given_grams(notebook: Path) -> set[str]:
    """Las huellas de lo que el notebook publicado ya trae escrito."""
    cells = nbformat.read(notebook, as_version=4).cells
    return {gram for cell in cells if cell.cell_type == "code" for gram in grams_of(cell.source)}


def _grams(of: Sequence[str]) -> list[str]:
    return [" ".join(of[start : start + K]) for start in range(len(of) - K + 1)]
