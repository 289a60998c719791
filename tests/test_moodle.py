"""La hoja de calificaciones: lo que importa un campus Moodle, nueva o completada."""

import csv
from pathlib import Path

import pytest

from amq2.instructor.collect import collect
from amq2.instructor.course import CourseError
from amq2.instructor.moodle import COLUMNS, plain, write_worksheets
from amq2.instructor.worksheet import fill_worksheet
from tests.test_collect import campus, moodle, root, submission
from tests.test_grading import UNIT

__all__ = ["root"]

ENGLISH = (
    "Identifier,Full name,ID number,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 55,"Ana Pérez",301,Submitted for grading,,4.00,Yes,"Friday, 20 November",-,\n'
    "Participant 56,Beto Gómez,302,No submission,,4.00,Yes,-,-,\n"
)


def row(
    exercise: str, score: object, waits: str = "no", note: str = "", student: str = "ana"
) -> dict[str, object]:
    return {
        "student": student,
        "unit": UNIT,
        "exercise": exercise,
        "score": score,
        "max_score": 2.0,
        "needs_manual": waits,
        "missing": "no",
        "late": "no",
        "note": note,
    }


RIGHT = [row("99.1", 2.0), row("99.2", 1.5, note="✗ Fijate")]


def place(root: Path, tmp_path: Path, *names: str) -> None:
    files = {
        moodle(name, 55 + number, f"{name[:3].lower()}_{UNIT}.zip"): submission(name[:3].lower())
        for number, name in enumerate(names)
    }
    collect(campus(tmp_path / "c.zip", files), root)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def worksheet(root: Path, tmp_path: Path, *rows: dict[str, object]) -> dict[str, str]:
    place(root, tmp_path, "Ana Pérez")
    [path] = write_worksheets(rows, root)
    [line] = read(path)
    assert tuple(line) == COLUMNS
    return line


def test_the_worksheet_has_the_mark_and_the_notes(root: Path, tmp_path: Path) -> None:
    line = worksheet(root, tmp_path, *RIGHT)
    assert line["Identificador"] == "Participante 55"
    assert line["Nombre completo"] == "Ana Pérez"
    assert line["Calificación"] == "3.50"
    assert line["Calificación máxima"] == "4.00"
    assert line["Comentarios de retroalimentación"] == "99.1: 2 de 2.<br>99.2: 1.5 de 2. ✗ Fijate"


def test_who_waits_for_a_mark_by_hand_has_no_mark(root: Path, tmp_path: Path) -> None:
    line = worksheet(root, tmp_path, row("99.1", 2.0), row("99.3", "", waits="sí"))
    assert line["Calificación"] == ""
    comment = line["Comentarios de retroalimentación"]
    assert comment.startswith("Espera corrección a mano: 99.3.")
    assert "99.3: a mano de 2." in comment


def test_who_was_not_graded_yet_has_a_row_without_a_mark(root: Path, tmp_path: Path) -> None:
    place(root, tmp_path, "Ana Pérez", "Beto Gómez")
    missing = row("99.1", "", student="bet") | {"missing": "sí"}
    [path] = write_worksheets([*RIGHT, missing], root)
    ana, beto = read(path)
    assert ana["Calificación"] == "3.50"
    assert beto["Calificación"] == ""
    assert beto["Comentarios de retroalimentación"] == "Todavía no se corrigió."


def test_a_note_reaches_the_campus_whole_and_short(root: Path, tmp_path: Path) -> None:
    note = "esperaba <class 'int'> & vino\n<script>" + " más" * 500
    comment = worksheet(root, tmp_path, row("99.1", 0.0, note=note))[COLUMNS[-1]]
    assert "&lt;class 'int'&gt; &amp; vino &lt;script&gt;" in comment
    assert comment.endswith("[…]")
    assert len(comment) < 400


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1"])
def test_a_text_of_a_student_is_never_a_formula(text: str) -> None:
    assert plain(text) == f"'{text}"


def test_a_name_that_looks_like_a_formula_is_written_as_text(root: Path, tmp_path: Path) -> None:
    files = {moodle("=Ana", 55, f"ana_{UNIT}.zip"): submission("ana")}
    collect(campus(tmp_path / "c.zip", files), root)
    [path] = write_worksheets(RIGHT, root)
    assert read(path)[0]["Nombre completo"] == "'=Ana"


def test_students_that_did_not_come_from_a_campus_have_no_worksheet(root: Path) -> None:
    assert write_worksheets(RIGHT, root) == []


def test_earlier_attempts_have_no_row(root: Path, tmp_path: Path) -> None:
    name = moodle("Ana Pérez", 55, f"ana_{UNIT}.zip")
    for minute, content in enumerate([b"[1]", b"[2]"]):
        when = (2026, 11, 20, 21, minute, 0)
        collect(campus(tmp_path / "c.zip", {name: submission("ana", content)}, when), root)
    [path] = write_worksheets(RIGHT, root)
    assert len(read(path)) == 1


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_worksheet_of_the_campus_keeps_its_headers_and_rows(
    root: Path, tmp_path: Path, delimiter: str
) -> None:
    place(root, tmp_path, "Ana Pérez")
    given = tmp_path / "hoja.csv"
    lines = list(csv.reader(ENGLISH.splitlines()))
    with given.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)
    before = given.read_bytes()
    filled = fill_worksheet(RIGHT, UNIT, given, root)
    with filled.path.open(encoding="utf-8", newline="") as file:
        header, ana, beto = csv.reader(file, delimiter=delimiter)
    assert (filled.count, filled.warnings) == (1, ())
    assert (header, beto) == (lines[0], lines[2])
    assert ana[4] == "3.50"
    assert ana[9].startswith("99.1: 2 de 2.")
    assert ana[:4] + ana[5:9] == lines[1][:4] + lines[1][5:9]
    assert given.read_bytes() == before


def test_a_worksheet_without_comments_keeps_its_dates(root: Path, tmp_path: Path) -> None:
    place(root, tmp_path, "Ana Pérez")
    given = tmp_path / "hoja.csv"
    given.write_text(
        "Identificador,Nombre completo,Estado,Calificación,Calificación máxima,"
        "La calificación puede ser cambiada,Última modificación (calificación)\n"
        'Participante55,Ana Pérez,Enviado,"1,00","4,00",Sí,-\n',
        encoding="utf-8",
    )
    filled = fill_worksheet(RIGHT, UNIT, given, root)
    [line] = read(filled.path)
    assert line["Calificación"] == "3.50"
    assert line["Última modificación (calificación)"] == "-"
    assert "no trae comentarios" in filled.warnings[0]


def test_what_does_not_match_the_worksheet_is_said(root: Path, tmp_path: Path) -> None:
    place(root, tmp_path, "Ana Pérez", "Beto Gómez", "Carla Díaz")
    given = tmp_path / "hoja.csv"
    given.write_text(ENGLISH.replace("4.00", "100.00"), encoding="utf-8")
    maximum, absent = fill_worksheet(RIGHT, UNIT, given, root).warnings
    assert "vale 100 y la unidad 4" in maximum
    assert absent == "No está en la hoja: Carla Díaz, participante 57."


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Nombre;Nota\nAna;7\n", "x\n"])
def test_another_csv_is_one_clear_line(root: Path, tmp_path: Path, text: str) -> None:
    given = tmp_path / "hoja.csv"
    given.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match="no es una hoja de calificaciones"):
        fill_worksheet(RIGHT, UNIT, given, root)
    with pytest.raises(CourseError, match="WORKSHEET="):
        fill_worksheet(RIGHT, UNIT, tmp_path / "no-esta.csv", root)


def test_an_origin_that_someone_broke_stops_nothing(root: Path, tmp_path: Path) -> None:
    place(root, tmp_path, "Ana Pérez", "Beto Gómez")
    (root / "submitted" / "bet" / UNIT / "procedencia.json").write_text("{", encoding="utf-8")
    [path] = write_worksheets(RIGHT, root)
    assert [line["Nombre completo"] for line in read(path)] == ["Ana Pérez"]
