"""El cierre del día: la lista de lo que las sucursales dicen haber cargado.

Un banco no supone que la base tiene todo: lo compara con un control que llega por otro camino. El
cierre es un CSV con una solicitud por renglón y, en el último, cuántas son:

    applicant_id,amount
    9557001,2500000
    9557002,800000
    total,2

Sin el último renglón no habría manera de saber si el archivo llegó entero.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from amq2.nightly.places import closing_file
from amq2.orchestrator.data import replace_file

HEADER = ["applicant_id", "amount"]
TOTAL = "total"


class ClosingError(Exception):
    """El cierre no sirve. Su texto es una línea que dice por qué y qué hacer."""


@dataclass(frozen=True)
class Closing:
    """Un cierre leído.

    Attributes:
        amounts: el monto de cada solicitud, en ARS, con `applicant_id` de índice, sin repetidas.
        repeated: cuántos renglones estaban de más, iguales a otro.
    """

    amounts: "pd.Series[float]"
    repeated: int


def write_closing(day: date, rows: Iterable[tuple[int, float]]) -> Path:
    """Escribe el cierre de un día en el lugar del que hubiera, y lo devuelve."""
    lines = [f"{applicant_id},{amount:.0f}" for applicant_id, amount in rows]
    text = "\n".join([",".join(HEADER), *lines, f"{TOTAL},{len(lines)}"])
    return replace_file(closing_file(day), text + "\n")


def read_closing(day: date) -> Closing:
    """Lee el cierre de un día y lo revisa.

    Raises:
        ClosingError: si falta, está vacío, cortado o con otras columnas, o si una solicitud
            figura dos veces con montos distintos.
    """
    path = closing_file(day)
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    except FileNotFoundError:
        raise ClosingError(f"No está {path}: esperá el cierre o pedilo a las sucursales.") from None
    except (UnicodeDecodeError, csv.Error):
        raise ClosingError(f"{path} no es un CSV en UTF-8: {_ask_again(day)}") from None
    if not lines:
        raise ClosingError(f"{path} está vacío: {_ask_again(day)}")
    header, *body = lines
    if header != HEADER:
        raise ClosingError(
            f"{path} trae las columnas {', '.join(header)} y no {', '.join(HEADER)}: "
            f"{_ask_again(day)}"
        )
    if not body or body[-1] != [TOTAL, str(len(body) - 1)]:
        raise ClosingError(
            f"{path} está cortado: trae {len(body)} renglones y el último no es su total. "
            f"{_ask_again(day).capitalize()}"
        )
    return _without_repeated(path, day, body[:-1])


def _without_repeated(path: Path, day: date, body: list[list[str]]) -> Closing:
    try:
        rows = pd.DataFrame(body, columns=HEADER).astype({HEADER[0]: "int64", HEADER[1]: float})
        if not np.isfinite(rows["amount"]).all():
            raise ValueError("nan o inf")
    except (ValueError, OverflowError):
        raise ClosingError(f"{path} trae algo que no es un número: {_ask_again(day)}") from None
    unique = rows.drop_duplicates()
    clashing = unique["applicant_id"][unique["applicant_id"].duplicated()]
    if len(clashing):
        raise ClosingError(
            f"{path} trae dos montos para la solicitud {clashing.iloc[0]}: {_ask_again(day)}"
        )
    return Closing(unique.set_index("applicant_id")["amount"], len(rows) - len(unique))


def _ask_again(day: date) -> str:
    return f"pedí otra vez el cierre del {day} y limpiá la tarea."
