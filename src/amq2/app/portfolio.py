"""Leer la cartera que sube una persona, diga lo que diga el archivo, y devolverla con puntajes.

Un CSV de verdad viene de cualquier lado: con coma o con punto y coma, con coma decimal, guardado
por Excel en Windows. Lo que se puede entender se entiende; lo que no, se explica.
"""

import csv
from codecs import BOM_UTF8
from collections import Counter
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amq2.credit import COLUMNS, FEATURES, Column

MAX_BYTES = 20_000_000
MAX_ROWS = 200_000
THOUSANDS = r"(?<=\d)\.(?=\d{3}(\D|$))"
"""El punto de 1.500.000, en un archivo que usa coma decimal; el de 2.0 queda."""

SCORE, REASON = "probabilidad", "motivo"
"""Las columnas que se agregan al archivo que se devuelve."""


class PortfolioError(Exception):
    """El archivo no sirve. Su texto es una línea que dice por qué y qué hacer."""


@dataclass(frozen=True)
class Portfolio:
    """Una cartera leída.

    Attributes:
        table: el archivo tal como vino, todo texto.
        values: las columnas de `FEATURES` como números; lo que no es un número, NaN.
        reasons: por qué no se puede calcular cada fila; vacío si se puede.
        separator: el que usa el archivo.
    """

    table: pd.DataFrame
    values: pd.DataFrame
    reasons: pd.Series
    separator: str

    @property
    def good(self) -> pd.DataFrame:
        """Las filas que el modelo puede mirar."""
        return self.values[self.reasons == ""]

    def with_scores(self, scores: NDArray[np.float64]) -> str:
        """El mismo archivo, con su puntaje o su motivo en cada fila: no se pierde ninguna.

        Args:
            scores: uno por fila de `good`.
        """
        decimal = "," if self.separator == ";" else "."
        column = pd.Series("", index=self.table.index)
        column[self.reasons == ""] = [f"{score:.6f}".replace(".", decimal) for score in scores]
        table = self.table.assign(**{SCORE: column, REASON: self.reasons})
        return str(table.to_csv(index=False, sep=self.separator))


def read_portfolio(path: Path) -> Portfolio:
    """Lee un CSV con una fila por solicitante.

    Raises:
        PortfolioError: si está vacío, pesa de más, no es un CSV o le faltan columnas.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        top = MAX_BYTES // 1_000_000
        raise PortfolioError(f"El archivo pesa {size / 1e6:.0f} MB y se aceptan {top}: partilo.")
    text = _text(path.read_bytes())
    separator = max(",;\t", key=text.splitlines()[0].count)
    table = _table(text, separator)
    given = table[list(FEATURES)].apply(lambda column: column.str.strip())
    if separator != "," and any(column.str.contains(",").any() for _, column in given.items()):
        given = given.replace(THOUSANDS, "", regex=True).replace(",", ".", regex=True)
    values = given.apply(pd.to_numeric, errors="coerce").astype(float)
    return Portfolio(table, values, reasons(values), separator)


def reasons(values: pd.DataFrame) -> pd.Series:
    """Por qué no se puede calcular cada fila: los datos que faltan o son imposibles."""
    found = pd.Series("", index=values.index)
    for column in COLUMNS:
        given = values[column.name]
        bad = ~given.between(column.minimum, column.maximum)
        found[bad] += "; " + rule(column)
    return found.str.removeprefix("; ")


def rule(column: Column) -> str:
    """Entre qué valores va una columna, dicho para una persona."""
    low, high = (f"{end:,.0f}".replace(",", ".") for end in (column.minimum, column.maximum))
    return f"{column.meaning}: va de {low} a {high}"


def _table(text: str, separator: str) -> pd.DataFrame:
    try:
        header, *rows = [row for row in csv.reader(StringIO(text), delimiter=separator) if row]
    except csv.Error:
        raise PortfolioError("El archivo no se entiende: guardalo de nuevo como CSV.") from None
    header = [name.strip() for name in header]
    times = Counter(header)
    missing = [name for name in FEATURES if name not in times]
    if missing:
        raise PortfolioError(f"Al archivo le faltan columnas: {', '.join(missing)}.")
    twice = [name or "(sin nombre)" for name, count in times.items() if count > 1][:5]
    if twice:
        raise PortfolioError(f"El archivo tiene columnas repetidas: {', '.join(twice)}.")
    if not rows:
        raise PortfolioError("El archivo tiene encabezado, pero ninguna fila.")
    if len(rows) > MAX_ROWS:
        raise PortfolioError(f"El archivo tiene {len(rows)} filas y se aceptan {MAX_ROWS}.")
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise PortfolioError(
                f"La fila {number} tiene {len(row)} columnas y el encabezado {len(header)}."
            )
    return pd.DataFrame(rows, columns=header, dtype=str)


def _text(content: bytes) -> str:
    if not content.removeprefix(BOM_UTF8).strip():
        raise PortfolioError("El archivo está vacío: subí un CSV con una fila por solicitante.")
    if b"\0" in content or content.startswith(b"PK\x03\x04"):
        raise PortfolioError(
            "Eso no es un CSV. Si es una planilla de Excel, guardala como CSV y subí ese archivo."
        )
    try:
        return content.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:  # como guarda Excel en Windows
        return content.decode("cp1252", errors="replace").strip("\r\n")
