"""Del campus a submitted/: qué se coloca, qué se guarda aparte y qué se dice de cada archivo."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from amq2.instructor import campus_files
from amq2.instructor.attempts import Collected
from amq2.instructor.collect import collect, main
from amq2.instructor.course import CourseError, open_nbgrader
from amq2.instructor.deadlines import lateness, set_due
from amq2.instructor.grade import submissions
from amq2.instructor.gradebook import register
from amq2.instructor.provenance import ORIGIN
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


def test_the_zip_of_one_student_is_a_submission_too(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "ana.zip"
    path.write_bytes(submission("ana.perez"))
    done = collect(path, root)
    assert (students(done), done.unplaced) == (["ana.perez"], [])
    assert done.placed[0].time.isoformat() == "2026-11-20T20:00:00-03:00"


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
    assert (len(done.placed), done.new) == (1, 0)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_a_late_submission_is_known_by_the_due_date(root: Path, tmp_path: Path) -> None:
    set_due(UNIT, "2026-11-20 23:59", root)
    late = campus(tmp_path / "c.zip", {moodle("Ana", 1, f"a_{UNIT}.zip"): submission("a")}, LATER)
    on_time = campus(tmp_path / "d.zip", {moodle("Be", 2, f"b_{UNIT}.zip"): submission("b")})
    [(_, delay)] = lateness(collect(late, root).placed, root)
    assert delay.total_seconds() == 91 * 60
    assert lateness(collect(on_time, root).placed, root) == []
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        assert gradebook.find_assignment(UNIT).duedate.hour == 2


def test_a_due_date_that_comes_later_finds_what_was_already_there(
    root: Path, tmp_path: Path
) -> None:
    late = campus(tmp_path / "c.zip", {moodle("Ana", 1, f"a_{UNIT}.zip"): submission("a")}, LATER)
    assert lateness(collect(late, root).placed, root) == []
    set_due(UNIT, "2026-11-20 23:59", root)
    assert len(lateness(collect(late, root).placed, root)) == 1


def test_a_due_date_without_an_hour_lasts_the_whole_day(root: Path) -> None:
    assert f"{set_due(UNIT, '2026-11-20', root):%d/%m %H:%M}" == "20/11 23:59"
    with pytest.raises(CourseError, match="DUE="):
        set_due(UNIT, "el viernes", root)


def test_the_due_date_survives_a_new_release_of_the_unit(root: Path) -> None:
    set_due(UNIT, "2026-11-20 23:59", root)
    register(UNIT, root)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        unit = gradebook.find_assignment(UNIT)
        assert unit.duedate.hour == 2
        assert unit.max_score == 4


def test_two_people_with_the_same_name_are_not_mixed(root: Path, tmp_path: Path) -> None:
    files = {
        moodle("Ana Pérez", 1, f"ana_{UNIT}.zip"): submission("ana", b"[1]"),
        moodle("Ana Gómez", 2, f"ana_{UNIT}.zip"): submission("ana", b"[2]"),
    }
    done = collect(campus(tmp_path / "c.zip", files), root)
    assert students(done) == ["ana"]
    [(name, reason)] = done.unplaced
    assert "Gómez" in name or "Pérez" in name
    assert "«ana» ya es Ana" in reason
    kept = {path.read_bytes() for path in (root / "submitted").rglob("*.ipynb")}
    assert kept == {b"[1]", b"[2]"}
    assert len(submissions(UNIT, root)) == 1


def test_two_people_with_the_same_full_name_are_told_apart_by_their_number(
    root: Path, tmp_path: Path
) -> None:
    files = {
        moodle("Ana Pérez", 1, f"{UNIT}.ipynb"): b"[1]",
        moodle("Ana Pérez", 2, f"{UNIT}.ipynb"): b"[2]",
    }
    done = collect(campus(tmp_path / "c.zip", files), root)
    assert students(done) == ["ana.perez"]
    assert "participante" in done.unplaced[0][1]


def test_who_uploads_a_bare_notebook_and_then_the_zip_is_one_student(
    root: Path, tmp_path: Path
) -> None:
    bare = {moodle("Ana Pérez", 1, f"{UNIT}.ipynb"): b"[1]"}
    complete = {moodle("Ana Pérez", 1, f"ana_{UNIT}.zip"): submission("ana", b"[2]")}
    collect(campus(tmp_path / "1.zip", bare, NIGHT), root)
    done = collect(campus(tmp_path / "2.zip", complete, LATER), root)
    [folder] = submissions(UNIT, root)
    assert folder.parent.name == "ana.perez"
    assert (folder / f"{UNIT}.ipynb").read_bytes() == b"[2]"
    assert "«ana»" in done.notes[0]


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
    monkeypatch.setattr(campus_files, "MAX_BYTES", 100_000)
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


def test_two_attempts_of_the_same_second_are_both_kept_once(root: Path, tmp_path: Path) -> None:
    files = {
        moodle("Ana Be", 1, f"{UNIT}.ipynb"): b"[1]",
        moodle("Ana Be", 1, f"ana.be_{UNIT}.zip"): submission("ana.be", b"[2]"),
    }
    source = campus(tmp_path / "c.zip", files)
    for _ in range(3):
        done = collect(source, root)
        assert (len(done.placed), len(done.earlier)) == (1, 1)
    kept = sorted(path.read_bytes() for path in (root / "submitted").rglob("*.ipynb"))
    assert kept == [b"[1]", b"[2]"]


def test_the_formgrader_does_not_see_the_earlier_attempts(root: Path, tmp_path: Path) -> None:
    name = moodle("Ana", 1, f"ana_{UNIT}.zip")
    collect(campus(tmp_path / "1.zip", {name: submission("ana", b"[1]")}, NIGHT), root)
    collect(campus(tmp_path / "2.zip", {name: submission("ana", b"[2]")}, LATER), root)
    assert list((root / "submitted" / ".intentos").rglob("*.ipynb"))
    assert open_nbgrader(root).get_submitted_students(UNIT) == {"ana"}


def damaged() -> bytes:
    content = bytearray(zipped({f"{UNIT}.ipynb": b'{"a": 1}' * 500}))
    content[60:70] = b"\xff" * 10
    return bytes(content)


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def encrypted() -> bytes:
    """Un zip que dice llevar contraseña."""
    content = bytearray(zipped({f"{UNIT}.ipynb": b"{}"}))
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def of_another_version() -> bytes:
    """Un zip que pide una versión del formato que no existe."""
    content = bytearray(zipped({f"{UNIT}.ipynb": b"{}"}))
    content[content.index(b"PK\x01\x02") + 6] = 0xAF
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (damaged(), "dañado"),
        (encrypted(), "contraseña"),
        (zipped({f"{UNIT}.ipynb": b"{}", "recibo.json": b"[" * 200_000}), "recibo"),
        (zipped({"leeme.txt": b"hola"}), "0 notebooks"),
        (of_another_version(), "dañado"),
    ],
)
def test_a_submission_made_to_break_the_command_does_not_stop_the_class(
    root: Path, tmp_path: Path, content: bytes, reason: str
) -> None:
    files = {
        moodle("Mala", 1, f"mala_{UNIT}.zip"): content,
        moodle("Bien", 2, f"bien_{UNIT}.zip"): submission("bien"),
    }
    done = collect(campus(tmp_path / "c.zip", files), root)
    assert students(done) == ["bien"]
    assert reason in done.unplaced[0][1]


def test_a_receipt_from_before_the_calendar_does_not_stop_the_class(
    root: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "bajado"
    folder.mkdir()
    odd = submission("mala", time="0001-01-01T00:00:00+14:00")
    (folder / f"mala_{UNIT}.zip").write_bytes(odd)
    (folder / f"bien_{UNIT}.zip").write_bytes(submission("bien"))
    done = collect(folder, root)
    assert students(done) == ["bien"]
    assert "recibo" in done.unplaced[0][1]


@pytest.mark.parametrize("name", ["../../fuera", "/etc/fuera", "..", f"../{UNIT}"])
def test_no_name_gets_a_file_out_of_submitted(root: Path, tmp_path: Path, name: str) -> None:
    files = {moodle("Ana", 1, f"{name}_{UNIT}.zip"): submission(name, b"[1]")}
    collect(campus(tmp_path / "c.zip", files), root)
    written = [path for path in tmp_path.rglob("*.ipynb") if path.read_bytes() == b"[1]"]
    assert all(path.resolve().is_relative_to(root / "submitted") for path in written)
    assert not list((root / "submitted").glob(f".intentos/{UNIT}"))


def test_a_run_that_was_killed_halfway_is_completed_by_the_next_one(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = moodle("Ana", 1, f"ana_{UNIT}.zip")
    collect(campus(tmp_path / "1.zip", {name: submission("ana", b"[1]")}, NIGHT), root)
    second = campus(tmp_path / "2.zip", {name: submission("ana", b"[2]")}, LATER)
    with monkeypatch.context() as patch:
        patch.setattr("amq2.instructor.attempts.TIMESTAMP", Killed())
        with pytest.raises(KeyboardInterrupt):
            collect(second, root)
    assert {path.read_bytes() for path in (root / "submitted").rglob("*.ipynb")} >= {b"[1]"}
    collect(second, root)
    [folder] = submissions(UNIT, root)
    assert (folder / f"{UNIT}.ipynb").read_bytes() == b"[2]"
    assert not list((root / "submitted").rglob("*.parcial"))


class Killed:
    """Interrumpe la copia después de escribir el notebook."""

    def __rtruediv__(self, _folder: Path) -> Path:
        raise KeyboardInterrupt


def test_a_damaged_campus_zip_is_one_clear_line(root: Path, tmp_path: Path) -> None:
    files = {moodle("Ana", 1, f"ana_{UNIT}.zip"): submission("ana")}
    source = campus(tmp_path / "c.zip", files)
    content = bytearray(source.read_bytes())
    date = content.rindex(b"PK\x01\x02") + 14
    content[date : date + 2] = b"\xff\xff"
    source.write_bytes(bytes(content))
    with pytest.raises(CourseError, match="bajalo otra vez"):
        collect(source, root)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [([], "FROM="), (["", "", ""], "FROM="), (["x.zip", "", "2026-11-20"], "UNIT=")],
)
def test_what_is_missing_in_the_command_is_one_clear_line(
    arguments: list[str], message: str
) -> None:
    with pytest.raises(CourseError, match=message):
        main(arguments)
