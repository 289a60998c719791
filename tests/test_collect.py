"""Del campus a submitted/ y de vuelta: colocar entregas y escribir la hoja de calificaciones."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from amq2.instructor import delivery
from amq2.instructor.collect import ORIGIN, Collected, collect, lateness, set_due
from amq2.instructor.course import CourseError
from amq2.instructor.grade import submissions
from amq2.instructor.moodle import COLUMNS, write_worksheets
from amq2.instructor.solutions import solved
from amq2.notebook.cells import grade_id_of
from tests.test_grading import UNIT, toy_master

NIGHT = (2026, 11, 20, 21, 0, 0)
LATER = (2026, 11, 21, 1, 30, 0)
MOODLE = "{name}_{number}_assignsubmission_file_"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "docentes" / "solutions" / UNIT
    folder.mkdir(parents=True)
    nbformat.write(toy_master(), folder / f"{UNIT}.ipynb")
    return tmp_path / "docentes"


def submission(
    student: str, notebook: bytes = b"{}", time: str = "2026-11-20T20:00:00-03:00"
) -> bytes:
    """El zip que arma make submit."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{UNIT}.ipynb", notebook)
        receipt = {
            "student": student,
            "unit": UNIT,
            "time": time,
            "files": {f"{UNIT}.ipynb": hashlib.sha256(notebook).hexdigest()},
        }
        archive.writestr("recibo.json", json.dumps(receipt))
    return buffer.getvalue()


def campus(path: Path, files: dict[str, bytes], when: tuple[int, ...] = NIGHT) -> Path:
    """Un zip como lo da el campus."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (*when,))  # type: ignore[arg-type]
            archive.writestr(info, content)
    return path


def moodle(name: str, number: int, file: str, *, in_folder: bool = True) -> str:
    return MOODLE.format(name=name, number=number) + ("/" if in_folder else "") + file


def origin(root: Path, student: str) -> dict[str, str]:
    path = root / "submitted" / student / UNIT / ORIGIN
    return dict(json.loads(path.read_text(encoding="utf-8")))


def students(done: Collected) -> list[str]:
    return [one.student for one in done.placed]


@pytest.mark.parametrize("in_folder", [True, False])
def test_the_zip_of_a_campus_is_placed_by_student_and_unit(
    root: Path, tmp_path: Path, in_folder: bool
) -> None:
    name = moodle("Ana Pérez", 1234567, f"ana.perez_{UNIT}.zip", in_folder=in_folder)
    done = collect(campus(tmp_path / "c.zip", {name: submission("ana.perez", b"[1]")}), root)
    assert students(done) == ["ana.perez"]
    folder = root / "submitted" / "ana.perez" / UNIT
    assert (folder / f"{UNIT}.ipynb").read_bytes() == b"[1]"
    assert (folder / "timestamp.txt").read_text(encoding="utf-8") == "2026-11-21 00:00:00 UTC"
    assert origin(root, "ana.perez")["participant"] == "1234567"
    assert origin(root, "ana.perez")["full_name"] == "Ana Pérez"
    assert not done.unplaced


def test_a_folder_uses_the_time_of_the_receipt(root: Path, tmp_path: Path) -> None:
    place = tmp_path / "bajado" / moodle("Ana Pérez", 1, "")
    place.mkdir(parents=True)
    (place / f"ana_{UNIT}.zip").write_bytes(submission("ana", time="2026-11-19T10:00:00-03:00"))
    collect(tmp_path / "bajado", root)
    assert origin(root, "ana")["time"] == "2026-11-19 13:00:00 UTC"


def test_a_bare_notebook_takes_its_student_from_the_campus(root: Path, tmp_path: Path) -> None:
    files = {moodle("José Núñez", 7, f"{UNIT}.ipynb"): b"[2]"}
    done = collect(campus(tmp_path / "c.zip", files), root)
    assert students(done) == ["jose.nunez"]
    assert "sin recibo" in done.placed[0].remark


def test_a_renamed_notebook_is_placed_when_the_unit_is_said(root: Path, tmp_path: Path) -> None:
    source = campus(tmp_path / "c.zip", {moodle("Ana", 1, "final.ipynb"): b"[2]"})
    [(_, reason)] = collect(source, root).unplaced
    assert "UNIT=" in reason
    assert students(collect(source, root, UNIT)) == ["ana"]


def test_the_last_attempt_counts_and_the_earlier_ones_are_kept(root: Path, tmp_path: Path) -> None:
    name = moodle("Ana", 1, f"ana_{UNIT}.zip")
    first = campus(tmp_path / "1.zip", {name: submission("ana", b"[1]")}, NIGHT)
    second = campus(tmp_path / "2.zip", {name: submission("ana", b"[2]")}, LATER)
    for source in (first, second, first, second):
        collect(source, root)
    folder = root / "submitted" / "ana" / UNIT
    assert (folder / f"{UNIT}.ipynb").read_bytes() == b"[2]"
    kept = {path.read_bytes() for path in (root / "submitted" / ".intentos").rglob("*.ipynb")}
    assert kept == {b"[1]"}
    assert submissions(UNIT, root) == [folder]


def test_the_same_input_twice_changes_nothing(root: Path, tmp_path: Path) -> None:
    source = campus(tmp_path / "c.zip", {moodle("Ana", 1, f"ana_{UNIT}.zip"): submission("ana")})
    collect(source, root)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    done = collect(source, root)
    assert len(done.same) == 1
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_a_late_submission_is_known_by_the_due_date(root: Path, tmp_path: Path) -> None:
    set_due(UNIT, "2026-11-20 23:59", root)
    late = campus(tmp_path / "c.zip", {moodle("Ana", 1, f"a_{UNIT}.zip"): submission("a")}, LATER)
    on_time = campus(tmp_path / "d.zip", {moodle("Be", 2, f"b_{UNIT}.zip"): submission("b")})
    assert lateness(collect(late, root).placed[0], root).total_seconds() == 91 * 60
    assert not lateness(collect(on_time, root).placed[0], root)
    with pytest.raises(CourseError, match="DUE="):
        set_due(UNIT, "el viernes", root)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        assert gradebook.find_assignment(UNIT).duedate.hour == 2


def test_two_people_with_the_same_name_are_not_mixed(root: Path, tmp_path: Path) -> None:
    files = {
        moodle("Ana Pérez", 1, f"ana_{UNIT}.zip"): submission("ana", b"[1]"),
        moodle("Ana Gómez", 2, f"ana_{UNIT}.zip"): submission("ana", b"[2]"),
    }
    done = collect(campus(tmp_path / "c.zip", files), root)
    assert students(done) == ["ana"]
    [(name, reason)] = done.unplaced
    assert "Gómez" in name
    assert "«ana» ya es Ana Pérez" in reason


def test_a_receipt_that_does_not_match_is_said(root: Path, tmp_path: Path) -> None:
    buffer = io.BytesIO(submission("ana"))
    other = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(other, "w") as new:
        new.writestr(f"{UNIT}.ipynb", b"[9]")
        new.writestr("recibo.json", old.read("recibo.json"))
    files = {moodle("Ana", 1, f"ana_{UNIT}.zip"): other.getvalue()}
    [placed] = collect(campus(tmp_path / "c.zip", files), root).placed
    assert "no coincide" in placed.remark


def test_what_cannot_be_placed_is_listed_with_its_reason_and_the_rest_goes_on(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_BYTES", 100_000)
    two = io.BytesIO()
    with zipfile.ZipFile(two, "w") as archive:
        archive.writestr("a.ipynb", "{}")
        archive.writestr("../../b.ipynb", "{}")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{UNIT}.ipynb", b"0" * 10_000_000)
    files = {
        moodle("Roto", 1, f"roto_{UNIT}.zip"): b"no es un zip",
        moodle("Dos", 2, f"dos_{UNIT}.zip"): two.getvalue(),
        moodle("Bomba", 3, f"bomba_{UNIT}.zip"): bomb.getvalue(),
        moodle("Foto", 4, "foto.jpg"): b"x",
        moodle("Otra", 5, "otra_98-nada.ipynb"): b"{}",
        moodle("Bien", 6, f"bien_{UNIT}.zip"): submission("bien"),
    }
    done = collect(campus(tmp_path / "c.zip", files), root)
    assert students(done) == ["bien"]
    reasons = {name.split("_")[0]: reason for name, reason in done.unplaced}
    assert "dañado" in reasons["Roto"]
    assert "2 notebooks" in reasons["Dos"]
    assert "pesa demasiado" in reasons["Bomba"]
    assert "no es un zip de make submit" in reasons["Foto"]
    assert "no dice de qué unidad" in reasons["Otra"]


def test_symbolic_links_are_not_followed(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secreto.ipynb"
    secret.write_text("{}", encoding="utf-8")
    folder = tmp_path / "bajado" / "ana"
    folder.mkdir(parents=True)
    (folder / f"{UNIT}.ipynb").symlink_to(secret)
    done = collect(tmp_path / "bajado", root)
    assert not done.placed
    assert "enlace simbólico" in done.unplaced[0][1]


def test_a_source_that_is_not_there_is_one_clear_line(root: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="FROM="):
        collect(tmp_path / "no-esta.zip", root)


def row(exercise: str, score: object, waits: str = "no", note: str = "") -> dict[str, object]:
    return {
        "student": "ana",
        "unit": UNIT,
        "exercise": exercise,
        "score": score,
        "max_score": 2.0,
        "needs_manual": waits,
        "missing": "no",
        "late": "no",
        "note": note,
    }


def worksheet(root: Path, tmp_path: Path, *rows: dict[str, object]) -> dict[str, str]:
    files = {moodle("=Ana", 55, f"ana_{UNIT}.zip"): submission("ana")}
    collect(campus(tmp_path / "c.zip", files), root)
    [path] = write_worksheets(rows, root)
    with path.open(encoding="utf-8", newline="") as file:
        [line] = csv.DictReader(file)
    assert tuple(line) == COLUMNS
    return line


def test_the_worksheet_has_the_mark_and_the_notes(root: Path, tmp_path: Path) -> None:
    line = worksheet(root, tmp_path, row("99.1", 2.0), row("99.2", 0.0, note="✗ Fijate"))
    assert line["Identificador"] == "Participante 55"
    assert line["Nombre completo"] == "'=Ana"
    assert line["Calificación"] == "2.00"
    assert line["Calificación máxima"] == "4.00"
    assert line["Comentarios de retroalimentación"] == "99.1: 2 de 2.\n99.2: 0 de 2. ✗ Fijate"


def test_who_waits_for_a_mark_by_hand_has_no_mark_in_the_worksheet(
    root: Path, tmp_path: Path
) -> None:
    line = worksheet(root, tmp_path, row("99.1", 2.0), row("99.3", "", waits="sí"))
    assert line["Calificación"] == ""
    assert "Espera corrección a mano: 99.3." in line["Comentarios de retroalimentación"]


def test_students_that_did_not_come_from_a_campus_have_no_worksheet(root: Path) -> None:
    assert write_worksheets([row("99.1", 2.0)], root) == []


def test_a_solved_notebook_has_the_answers_and_no_hidden_test(root: Path) -> None:
    notebook = solved(UNIT, root)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "return 2 * x" in text
    assert "Porque sí." in text
    for secret in ("4321", "HIDDEN", "SOLUTION", "hidden_test("):
        assert secret not in text
    assert not [cell for cell in notebook.cells if grade_id_of(cell)]
