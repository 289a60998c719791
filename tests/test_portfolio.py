"""La cartera que sube una persona: se entiende lo que se puede, se explica lo que no."""

import csv
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from amq2.app import LocalScorer
from amq2.app.portfolio import (
    MAX_BYTES,
    MAX_ROWS,
    REASON,
    SCORE,
    Portfolio,
    PortfolioError,
    read_portfolio,
)
from amq2.credit import COLUMNS, FEATURES, applicants

ROWS = applicants(6)[list(FEATURES)]
GOOD = ROWS.to_csv(index=False)
HEADER = ",".join(FEATURES)
ROW = "40,1500000,0.35,2,60,1,9000000"


def read(folder: Path, content: str | bytes) -> Portfolio:
    path = folder / "cartera.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_portfolio(path)


def refusal(folder: Path, content: str | bytes) -> str:
    """Con qué se rechaza un archivo, que es un renglón y nada más."""
    with pytest.raises(PortfolioError) as caught:
        read(folder, content)
    [line] = str(caught.value).splitlines()
    assert line.endswith(".")
    return line


def table(text: str, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text), delimiter=separator))


# Lo que se entiende


def local(number: float) -> str:
    """Un número como lo escribe una planilla en castellano: 1.500.000 y 0,35."""
    return f"{number:,}".translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        f"{GOOD}\n\n",
        GOOD.replace("\n", "\n\n"),
        ROWS.to_csv(index=False, sep=";", decimal=","),
        ROWS.to_csv(index=False, sep=";"),
        ROWS.map(local).to_csv(index=False, sep=";"),
        ROWS.map(local).to_csv(index=False, sep="\t"),
        ROWS.to_csv(index=False, sep="\t"),
        ROWS.to_csv(index=False, quoting=csv.QUOTE_ALL),
        ROWS[list(reversed(FEATURES))].to_csv(index=False),
        GOOD.replace(",", " , "),
    ],
    ids=[
        "comma",
        "crlf",
        "no last line break",
        "blank lines at the end",
        "blank lines between",
        "semicolon and decimal comma",
        "semicolon and decimal point",
        "semicolon and thousands",
        "tab and thousands",
        "tab",
        "quoted",
        "other order",
        "spaces",
    ],
)
def test_a_portfolio_is_read_however_it_was_written(tmp_path: Path, content: str) -> None:
    found = read(tmp_path, content)
    assert list(found.reasons) == [""] * len(ROWS)
    np.testing.assert_array_equal(found.good, ROWS)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.500.000,00", 1_500_000),
        ("1.500.000", 1_500_000),
        ("850.000", 850_000),
        ("1500000", 1_500_000),
        (" 1500000,0 ", 1_500_000),
    ],
)
def test_with_decimal_comma_a_point_separates_thousands(
    tmp_path: Path, written: str, number: float
) -> None:
    row = f"40;{written};0,35;2;60;1;9000000"
    assert list(read(tmp_path, f"{';'.join(FEATURES)}\n{row}").good["income"]) == [number]


def test_a_small_number_with_a_decimal_point_is_not_multiplied_by_ten(tmp_path: Path) -> None:
    row = "40;1500000;0,35;2.0;60;1;9000000"
    found = read(tmp_path, f"{';'.join(FEATURES)}\n{row}")
    assert list(found.values["months_in_arrears"]) == [2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_accents_survive_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    text = f"{HEADER},año\n{ROW},Núñez\n"
    found = read(tmp_path, text.encode(encoding))
    assert list(found.table["año"]) == ["Núñez"]
    assert list(found.reasons) == [""]


def test_the_other_columns_come_back_as_they_were(tmp_path: Path) -> None:
    text = f"dni,{HEADER},PK\n007,{ROW},NaN\n,{ROW},1e3\n"
    back = table(read(tmp_path, text).with_scores(np.array([0.25, 0.5])))
    assert [(row["dni"], row["PK"], row[SCORE]) for row in back] == [
        ("007", "NaN", "0.250000"),
        ("", "1e3", "0.500000"),
    ]


def test_a_first_column_called_pk_is_not_a_spreadsheet(tmp_path: Path) -> None:
    assert len(read(tmp_path, f"PK,{HEADER}\n1,{ROW}").good) == 1


def test_a_field_may_have_quotes_separators_and_line_breaks(tmp_path: Path) -> None:
    note = 'dijo "sí", y\nfirmó;\r\nayer'
    quoted = note.replace('"', '""')
    text = f'{HEADER},nota\n{ROW},"{quoted}"\n{ROW},\n'
    found = read(tmp_path, text)
    assert list(found.table["nota"]) == [note, ""]
    back = StringIO(found.with_scores(np.array([0.1, 0.2])), newline="")
    assert [row["nota"] for row in csv.DictReader(back)] == [note, ""]


def test_what_is_given_back_can_be_uploaded_again(tmp_path: Path) -> None:
    text = ROWS.map(local).to_csv(index=False, sep=";")
    first = read(tmp_path, text)
    scores = LocalScorer().scores(first.good)
    back = first.with_scores(scores)
    assert [row[SCORE] for row in table(back, ";")] == [
        f"{s:.6f}".replace(".", ",") for s in scores
    ]
    again = read(tmp_path, back.encode("utf-8-sig"))
    assert again.with_scores(scores) == back


# Lo que no se entiende


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content).startswith("El archivo está vacío")


@pytest.mark.parametrize("content", [HEADER, f"{HEADER}\n", f"{HEADER}\r\n\r\n"])
def test_a_header_alone_has_no_rows(tmp_path: Path, content: str) -> None:
    assert refusal(tmp_path, content) == "El archivo tiene encabezado, pero ninguna fila."


def test_the_missing_columns_are_named(tmp_path: Path) -> None:
    text = ROWS.drop(columns=["age", "amount"]).to_csv(index=False)
    assert refusal(tmp_path, text) == "Al archivo le faltan columnas: age, amount."


def test_a_file_without_header_says_what_it_lacks(tmp_path: Path) -> None:
    assert all(
        name in refusal(tmp_path, ROWS.to_csv(index=False, header=False)) for name in FEATURES
    )


def test_the_repeated_columns_are_named(tmp_path: Path) -> None:
    text = f"{HEADER},age,nota,nota\n{ROW},41,a,b"
    assert refusal(tmp_path, text) == "El archivo tiene columnas repetidas: age, nota."


def test_repeated_columns_without_name_are_said_so(tmp_path: Path) -> None:
    text = f"{HEADER},,\n{ROW},,"
    assert refusal(tmp_path, text) == "El archivo tiene columnas repetidas: (sin nombre)."


def test_a_header_with_a_huge_number_of_columns_is_refused_at_once(tmp_path: Path) -> None:
    names = ",".join(map(str, range(200_000)))
    line = refusal(tmp_path, f"{HEADER},{names},{names}\n{ROW}")
    assert line.startswith("El archivo tiene columnas repetidas: 0, 1, 2")
    assert len(line) < 200


def test_a_row_with_other_columns_is_named(tmp_path: Path) -> None:
    for wrong, count in ((f"{ROW},1", 8), (ROW.rpartition(",")[0], 6)):
        line = refusal(tmp_path, f"{HEADER}\n{ROW}\n{wrong}\n{ROW}")
        assert line == f"La fila 2 tiene {count} columnas y el encabezado 7."


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", bytes(range(256)) * 40, GOOD.encode("utf-16")],
)
def test_a_binary_file_is_not_a_csv(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content).startswith("Eso no es un CSV.")


def test_a_spreadsheet_is_told_how_to_be_saved(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "cartera.xlsx", "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
    content = (tmp_path / "cartera.xlsx").read_bytes()
    assert "guardala como CSV" in refusal(tmp_path, content)


@pytest.mark.parametrize(
    "content", [f'{HEADER}\n"{"x" * 200_000}"', GOOD.replace("\n", "\r")], ids=["huge field", "cr"]
)
def test_what_is_not_understood_is_said_without_details(tmp_path: Path, content: str) -> None:
    assert refusal(tmp_path, content).startswith("El archivo no se entiende")


def test_a_file_that_is_too_big_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "enorme.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1_000_000)
    with pytest.raises(PortfolioError, match=r"pesa 21 MB y se aceptan 20: partilo\.$"):
        read_portfolio(path)


def test_too_many_rows_are_refused_and_as_many_as_said_are_read(tmp_path: Path) -> None:
    full = f"{HEADER}\n" + f"{ROW}\n" * MAX_ROWS
    assert len(read(tmp_path, full).good) == MAX_ROWS
    line = refusal(tmp_path, full + ROW)
    assert line == f"El archivo tiene {MAX_ROWS + 1} filas y se aceptan {MAX_ROWS}."


# Fila por fila


@pytest.mark.parametrize(
    "value",
    ["", " ", "nan", "NaN", "inf", "-inf", "1e309", "abc", "-1", "1e9", "0x10", "1_0", "años"],
)
@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_an_impossible_value_is_explained_and_its_row_is_kept(
    tmp_path: Path, column: object, value: str
) -> None:
    name, meaning = column.name, column.meaning  # type: ignore[attr-defined]
    rows = [dict(zip(FEATURES, ROW.split(","), strict=True)) for _ in range(3)]
    rows[1][name] = value
    found = read(tmp_path, pd.DataFrame(rows).to_csv(index=False))
    first, bad, last = table(found.with_scores(np.array([0.1, 0.3])))
    assert (first[SCORE], bad[SCORE], last[SCORE]) == ("0.100000", "", "0.300000")
    assert (first[REASON], last[REASON]) == ("", "")
    assert bad[REASON].startswith(f"{meaning}: va de ")
    assert bad[name] == value


def test_the_limits_of_each_column_are_possible(tmp_path: Path) -> None:
    ends = pd.DataFrame([[c.minimum for c in COLUMNS], [c.maximum for c in COLUMNS]])
    found = read(tmp_path, ends.to_csv(index=False, header=list(FEATURES)))
    assert list(found.reasons) == ["", ""]


def test_all_that_is_wrong_in_a_row_is_said_together(tmp_path: Path) -> None:
    [reason] = read(tmp_path, f"{HEADER}\n18,1500000,35,2,60,1,9000000").reasons
    assert reason == "edad: va de 21 a 75; parte del ingreso que ya se va en deudas: va de 0 a 1"


def test_every_row_comes_back_in_order_with_its_score_or_its_reason(tmp_path: Path) -> None:
    rows = applicants(500)[list(FEATURES)].reset_index()
    rows.loc[::7, "age"] = 130
    found = read(tmp_path, rows.to_csv(index=False))
    scores = LocalScorer().scores(found.good)
    back = table(found.with_scores(scores))
    assert [row["applicant_id"] for row in back] == [str(number) for number in range(1, 501)]
    assert all(bool(row[SCORE]) != bool(row[REASON]) for row in back)
    assert [row["applicant_id"] for row in back if row[REASON]] == [
        str(n) for n in range(1, 501, 7)
    ]
    expected = LocalScorer().scores(applicants(500))
    given = {int(row["applicant_id"]): float(row[SCORE]) for row in back if row[SCORE]}
    assert all(expected[number - 1] == score for number, score in given.items())


def test_a_portfolio_without_any_good_row_comes_back_whole(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADER}\n{ROW.replace('40', '4')}\n")
    [row] = table(found.with_scores(np.empty(0)))
    assert (row[SCORE], row[REASON]) == ("", "edad: va de 21 a 75")
