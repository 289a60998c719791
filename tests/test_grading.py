"""Una clase inventada sobre una unidad de juguete: qué hace la corrección con cada entrega."""

import csv
import errno
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook

from amq2.instructor import workers
from amq2.instructor.course import CourseError, open_nbgrader, released
from amq2.instructor.deadlines import set_due
from amq2.instructor.feedback import feedback
from amq2.instructor.grade import grade, summary
from amq2.instructor.gradebook import create, register
from amq2.instructor.grades import COLUMNS, grades, write_csv
from amq2.instructor.release import release
from amq2.notebook.messages import safe_message
from tests.catalogue import solution_cell, write_submission

UNIT = "99-juguete"
IMPORTS = "from amq2.checks import check_equal, hidden_test, run"
RIGHT = "def double(x):\n    return 2 * x"
OTHER_RIGHT = "def triple(x):\n    return 3 * x"


def graded_cell(name: str, source: str, **flags: object) -> NotebookNode:
    metadata = {"grade": False, "locked": False, "schema_version": 3, "solution": False}
    new_cell = new_markdown_cell if flags.pop("markdown", False) else new_code_cell
    return new_cell(
        source,
        metadata={"nbgrader": {**metadata, "task": False, "grade_id": name, **flags}},
    )


def solution(name: str, body: str) -> NotebookNode:
    head, _, rest = body.partition("\n")
    source = f"{head}\n    ### BEGIN SOLUTION\n{rest}\n    ### END SOLUTION"
    return graded_cell(name, source, solution=True)


def check_cell(name: str, source: str) -> NotebookNode:
    return graded_cell(name, source, grade=True, locked=True, points=1)


def toy_master() -> NotebookNode:
    hidden = (
        "### BEGIN HIDDEN TESTS\n"
        'with hidden_test("También vale para los negativos."):\n'
        '    check_equal(double(-4321), -8642, "", "")\n'
        "### END HIDDEN TESTS"
    )
    return new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
        cells=[
            graded_cell("importaciones", IMPORTS, locked=True),
            new_code_cell("raise SystemError('demo')", metadata={"tags": ["demo"]}),
            new_markdown_cell("### Ejercicio 99.1 (2 puntos): doble"),
            solution("ejercicio-99-1", RIGHT),
            check_cell(
                "ejercicio-99-1-visibles",
                'check_equal(run(double, 2), 4, "El doble de 2", "la cuenta")',
            ),
            check_cell("ejercicio-99-1-ocultas", hidden),
            new_markdown_cell("### Ejercicio 99.2 (1 punto): triple"),
            solution("ejercicio-99-2", OTHER_RIGHT),
            check_cell(
                "ejercicio-99-2-visibles",
                'check_equal(run(triple, 2), 6, "El triple de 2", "la cuenta")',
            ),
            new_markdown_cell("### Ejercicio 99.3 (1 punto): escribir"),
            graded_cell(
                "ejercicio-99-3", "Porque sí.", grade=True, solution=True, points=1, markdown=True
            ),
        ],
    )


@dataclass
class ToyCourse:
    """Un curso de una sola unidad en una carpeta temporal."""

    root: Path

    def blank(self) -> NotebookNode:
        return nbformat.read(released(UNIT, self.root), as_version=4)

    def solved(self, first: str = RIGHT, second: str = OTHER_RIGHT) -> NotebookNode:
        notebook = self.blank()
        solution_cell(notebook, "99.1").source = first
        solution_cell(notebook, "99.2").source = second
        solution_cell(notebook, "99.3").source = "Porque repetir un POST crea dos pagos."
        return notebook

    def submit(self, student: str, notebook: NotebookNode) -> None:
        write_submission(self.root, student, UNIT, notebook)

    def submit_file(self, student: str, name: str, content: bytes) -> Path:
        path = self.root / "submitted" / student / UNIT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def grade(self) -> dict[tuple[str, str], dict[str, object]]:
        grade([UNIT], self.root)
        return self.rows()

    def rows(self) -> dict[tuple[str, str], dict[str, object]]:
        return {(str(row["student"]), str(row["exercise"])): row for row in grades(self.root)}

    def scores(self, student: str) -> list[object]:
        rows = self.rows()
        return [rows[student, number]["score"] for number in ("99.1", "99.2", "99.3")]


def toy_course(root: Path) -> ToyCourse:
    """Un curso recién armado, con la unidad de juguete ya publicada."""
    publish(root, UNIT)
    return ToyCourse(root)


def publish(root: Path, unit: str) -> None:
    """Publica la unidad de juguete con ese nombre."""
    path = root / "solutions" / unit / f"{unit}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(toy_master(), path)
    release(unit, root)


@pytest.fixture
def course(tmp_path: Path) -> ToyCourse:
    return toy_course(tmp_path)


def without(notebook: NotebookNode, *names: str) -> NotebookNode:
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") not in names
    ]
    return notebook


def test_one_bad_submission_never_stops_the_others(course: ToyCourse) -> None:
    course.submit_file("a-roto", f"{UNIT}.ipynb", b'{"cells": [\n1,\n')
    course.submit_file("b-otra-codificacion", f"{UNIT}.ipynb", "ñ".encode("latin-1"))
    course.submit_file("c-vacio", f"{UNIT}.ipynb", b"")
    course.submit_file("d-sin-notebook", "leeme.txt", b"hola")
    course.submit_file("e-otra-cosa", f"{UNIT}.ipynb", b'{"hola": 1}')
    course.submit("f-bien", course.solved())
    course.submit("g-fecha", course.solved())
    course.submit_file("g-fecha", "timestamp.txt", b"99999999999999999999")
    rows = course.grade()
    assert course.scores("f-bien") == course.scores("g-fecha") == [2, 1, ""]
    for student, reason in {
        "a-roto": "tiene el JSON roto en la línea",
        "b-otra-codificacion": "no está en UTF-8",
        "c-vacio": "tiene el JSON roto",
        "d-sin-notebook": f"no trae {UNIT}.ipynb",
        "e-otra-cosa": "no es un notebook válido",
    }.items():
        assert course.scores(student) == [0, 0, 0]
        assert reason in str(rows[student, "99.1"]["note"])
        assert rows[student, "99.1"]["missing"] == "no"


def test_a_submission_is_never_modified(course: ToyCourse) -> None:
    path = course.submit_file("ana", f"{UNIT}.ipynb", b"{")
    course.grade()
    assert path.read_bytes() == b"{"


def test_a_deleted_test_cell_is_put_back_and_counts(course: ToyCourse) -> None:
    notebook = course.solved(first="def double(x):\n    return abs(2 * x)")
    course.submit("ana", without(notebook, "ejercicio-99-1-ocultas"))
    rows = course.grade()
    assert course.scores("ana") == [1, 1, ""]
    assert "Falta la celda ejercicio-99-1-ocultas" in str(rows["ana", "99.1"]["note"])


def test_deleted_imports_are_put_back_and_noted(course: ToyCourse) -> None:
    course.submit("ana", without(course.solved(), "importaciones"))
    rows = course.grade()
    assert course.scores("ana") == [2, 1, ""]
    assert "Falta la celda importaciones" in str(rows["ana", "99.2"]["note"])


def test_deleted_answer_and_tests_cost_only_their_exercise(course: ToyCourse) -> None:
    gone = ("ejercicio-99-1", "ejercicio-99-1-visibles", "ejercicio-99-1-ocultas")
    course.submit("ana", without(course.solved(), *gone))
    course.grade()
    assert course.scores("ana") == [0, 1, ""]


def test_a_copied_cell_does_not_break_grading(course: ToyCourse) -> None:
    notebook = course.solved()
    notebook.cells += [
        new_code_cell(cell.source, metadata=deepcopy(cell.metadata)) for cell in notebook.cells[3:6]
    ]
    course.submit("ana", notebook)
    rows = course.grade()
    assert course.scores("ana") == [2, 1, ""]
    assert "cuenta la que está justo arriba" in str(rows["ana", "99.1"]["note"])


def test_cells_turned_into_another_type_or_with_broken_metadata_are_restored(
    course: ToyCourse,
) -> None:
    notebook = course.solved()
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "ejercicio-99-2-visibles":
            cell.cell_type = "markdown"
            cell.pop("outputs"), cell.pop("execution_count")
            cell.metadata.nbgrader = {"grade_id": "ejercicio-99-2-visibles", "points": "mil"}
    course.submit("ana", notebook)
    course.grade()
    assert course.scores("ana") == [2, 1, ""]


def test_what_was_earned_before_the_kernel_ended_counts(course: ToyCourse) -> None:
    course.submit("ana", course.solved(second="import os\nos._exit(0)"))
    rows = course.grade()
    assert course.scores("ana") == [2, 0, ""]
    assert "El kernel terminó en la celda ejercicio-99-2" in str(rows["ana", "99.2"]["note"])
    assert rows["ana", "99.1"]["note"] == ""


@pytest.mark.parametrize("name", ["MAX_BYTES", "MORE_MEMORY"])
def test_what_weighs_too_much_once_executed_is_for_a_person(
    course: ToyCourse, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(workers, name, 1000)
    course.submit("ana", course.solved(second=f"{OTHER_RIGHT}\nprint('x' * 50_000_000)"))
    [graded] = grade([UNIT], course.root)
    assert graded.problem
    assert course.scores("ana") == ["", "", ""]


def test_an_answer_that_writes_to_stderr_keeps_its_points(course: ToyCourse) -> None:
    noisy = "import sys\ndef double(x):\n    print('hola', file=sys.stderr)\n    return 2 * x"
    course.submit("ana", course.solved(first=noisy))
    course.grade()
    assert course.scores("ana") == [2, 1, ""]


def test_a_renamed_notebook_is_graded_and_noted(course: ToyCourse) -> None:
    text = nbformat.writes(course.solved()).encode()
    course.submit_file("ana", "mi entrega final.ipynb", text)
    rows = course.grade()
    assert course.scores("ana") == [2, 1, ""]
    assert "se llamaba mi entrega final.ipynb" in str(rows["ana", "99.1"]["note"])


def test_a_symbolic_link_is_not_followed(course: ToyCourse) -> None:
    secret = course.root / "solutions" / UNIT / f"{UNIT}.ipynb"
    folder = course.root / "submitted" / "ana" / UNIT
    folder.mkdir(parents=True)
    (folder / f"{UNIT}.ipynb").symlink_to(secret)
    course.grade()
    assert course.scores("ana") == [0, 0, 0]


def test_nbgrader_alone_refuses_a_submission_with_links_and_keeps_nothing(
    course: ToyCourse,
) -> None:
    register(UNIT, course.root)
    course.submit("ana", course.solved())
    link = course.root / "submitted" / "ana" / UNIT / "datos.csv"
    link.symlink_to(course.root / "gradebook.db")
    result = open_nbgrader(course.root).autograde(UNIT, "ana")
    assert not result["success"]
    assert "es un enlace simbólico" in result["log"]
    assert not (course.root / "autograded" / "ana" / UNIT).exists()


def test_a_wrong_answer_gets_the_rule_and_never_the_data_of_the_hidden_test(
    course: ToyCourse,
) -> None:
    course.submit("ana", course.solved(first="def double(x):\n    print(x)\n    return abs(2 * x)"))
    rows = course.grade()
    assert rows["ana", "99.1"]["note"] == "✗ Prueba oculta: También vale para los negativos."
    [page] = feedback([UNIT], course.root)
    html = page.read_text(encoding="utf-8")
    assert "También vale para los negativos." in html
    assert "4321" not in html
    assert "Traceback" not in html


def test_an_exception_does_not_carry_the_data_of_the_hidden_test(course: ToyCourse) -> None:
    leaky = (
        "from amq2.checks import CheckFailed\n"
        "def double(x):\n    if x < 0:\n        raise BaseException(str(x))\n    return 2 * x"
    )
    course.submit("ana", course.solved(first=leaky))
    course.grade()
    [page] = feedback([UNIT], course.root)
    assert "4321" not in page.read_text(encoding="utf-8")


def test_a_feedback_page_asks_nothing_from_outside(course: ToyCourse) -> None:
    course.submit("ana", course.solved())
    course.submit_file("beto", f"{UNIT}.ipynb", b"{")
    course.grade()
    pages = feedback([UNIT], course.root)
    assert len(pages) == 2
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert "<script" not in html
        assert "http://" not in html
        assert "https://" not in html
    assert "JSON roto" in pages[1].read_text(encoding="utf-8")


def test_an_answer_by_hand_waits_and_its_mark_survives_a_new_run(course: ToyCourse) -> None:
    course.submit("ana", course.solved())
    rows = course.grade()
    assert rows["ana", "99.3"]["needs_manual"] == "sí"
    put_by_hand(course, "ana")
    course.submit("beto", course.solved())
    rows = course.grade()
    assert rows["ana", "99.3"]["score"] == 0.5
    assert rows["ana", "99.3"]["needs_manual"] == "no"


def test_only_what_changed_is_graded_again(course: ToyCourse) -> None:
    course.submit("ana", course.solved())
    assert [result.skipped for result in grade([UNIT], course.root)] == [False]
    assert [result.skipped for result in grade([UNIT], course.root)] == [True]
    notebook = nbformat.writes(course.solved(first="def double(x): return 0")).encode()
    course.submit_file("ana", f"{UNIT}.ipynb", notebook)
    assert [result.skipped for result in grade([UNIT], course.root)] == [False]
    assert course.scores("ana") == [0, 1, ""]


def put_by_hand(course: ToyCourse, student: str) -> None:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        mark = gradebook.find_grade("ejercicio-99-3", UNIT, UNIT, student)
        mark.manual_score, mark.needs_manual_grade = 0.5, False
        gradebook.db.commit()


def skipped(course: ToyCourse) -> dict[str, bool]:
    return {result.student: result.skipped for result in grade([UNIT], course.root)}


def test_what_the_gradebook_does_not_have_is_graded_again(course: ToyCourse) -> None:
    book = course.root / "gradebook.db"
    before = book.with_name("gradebook.db.anterior")
    course.submit("ana", course.solved())
    course.grade()
    put_by_hand(course, "ana")
    course.submit("beto", course.solved())
    course.grade()
    kept = before.read_bytes()
    assert skipped(course) == {"ana": True, "beto": True}
    assert before.read_bytes() == kept, "sin nada que corregir, la copia queda como estaba"
    shutil.copy(before, book)
    assert skipped(course) == {"ana": True, "beto": False}
    assert course.scores("ana") == [2, 1, 0.5]
    assert course.scores("beto") == [2, 1, ""]
    kept = before.read_bytes()
    book.unlink()
    set_due(UNIT, "2026-11-20", course.root)
    assert skipped(course) == {"ana": False, "beto": False}
    assert course.scores("ana") == course.scores("beto") == [2, 1, ""]
    assert before.read_bytes() == kept, "un gradebook vacío no pisa la copia con notas a mano"


def test_after_an_attempt_that_failed_the_first_one_is_graded_again(
    course: ToyCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.submit("ana", course.solved())
    course.grade()
    put_by_hand(course, "ana")
    [page] = feedback([UNIT], course.root)
    place = course.root / "submitted" / "ana" / UNIT / f"{UNIT}.ipynb"
    first = place.read_bytes()
    place.write_bytes(first.replace(b"2 * x", b"3 * x"))
    with monkeypatch.context() as patch:
        patch.setattr(workers, "SECONDS_A_SUBMISSION", 0)
        assert "terminó con -9" in summary(grade([UNIT], course.root))
    assert not page.exists()
    with pytest.raises(CourseError, match="nada corregido"):
        feedback([UNIT], course.root)
    place.write_bytes(first)
    assert skipped(course) == {"ana": False}
    assert course.scores("ana")[:2] == [2, 1]
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        assert gradebook.find_grade("ejercicio-99-3", UNIT, UNIT, "ana").manual_score == 0.5


def test_a_missing_submission_is_not_a_zero_and_a_late_one_is_marked(course: ToyCourse) -> None:
    course.submit("ana", course.solved())
    course.submit_file("ana", "timestamp.txt", b"2026-05-02 10:00:00 UTC")
    course.submit_file("beto", "timestamp.txt", b"ayer a la tarde")
    course.submit("beto2", course.solved())
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        gradebook.update_or_create_student("carla")
        gradebook.update_or_create_assignment(UNIT, duedate="2026-05-01 10:00:00 UTC")
    rows = course.grade()
    assert rows["ana", "99.1"]["late"] == "sí"
    assert rows["beto2", "99.1"]["late"] == "no"
    assert rows["carla", "99.1"]["missing"] == "sí"
    assert rows["carla", "99.1"]["score"] == ""


def test_the_csv_has_one_row_an_exercise(course: ToyCourse) -> None:
    course.submit("ana", course.solved())
    course.grade()
    path = write_csv(grades(course.root), course.root)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["exercise"], row["score"], row["max_score"]) for row in rows] == [
        ("99.1", "2.0", "2.0"),
        ("99.2", "1.0", "1.0"),
        ("99.3", "", "1.0"),
    ]


@pytest.mark.parametrize("command", [lambda root: grade([UNIT], root), grades])
def test_with_nothing_to_do_one_line_says_what_to_do(
    course: ToyCourse, command: Callable[[Path], object]
) -> None:
    with pytest.raises(CourseError, match=r"submitted/<estudiante>|make grade"):
        command(course.root)


def test_the_gradebook_of_the_last_run_is_kept(course: ToyCourse) -> None:
    course.submit("ana", course.solved())
    course.grade()
    course.submit("beto", course.solved())
    course.grade()
    assert (course.root / "gradebook.db.anterior").exists()


def test_a_new_gradebook_is_like_the_one_that_nbgrader_makes(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "gradebook.db", tmp_path / "otro.db"
    create(tmp_path)
    Gradebook(f"sqlite:///{theirs}").close()
    assert schema(ours) == schema(theirs)
    assert sorted(tmp_path.iterdir()) == [ours, theirs]


def schema(database: Path) -> tuple[dict[str, list[str]], str]:
    """Las columnas de cada tabla, y la versión anotada."""
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        columns = {
            name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            for (name,) in tables
        }
        [(version,)] = connection.execute("SELECT version_num FROM alembic_version")
    return columns, version


def test_a_master_that_cannot_be_released_says_why(course: ToyCourse) -> None:
    path = course.root / "solutions" / UNIT / f"{UNIT}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"].append(content["cells"][3])
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CourseError, match="no se puede publicar"):
        release(UNIT, course.root)


def add_graded_cell(course: ToyCourse, unit: str) -> None:
    path = course.root / "solutions" / unit / f"{unit}.ipynb"
    master = nbformat.read(path, as_version=4)
    master.cells.append(check_cell("ejercicio-99-2-otra", "pass"))
    nbformat.write(master, path)
    release(unit, course.root)


def test_a_master_with_other_cells_says_what_to_do_and_stops_only_its_unit(
    course: ToyCourse,
) -> None:
    other = "98-otra"
    publish(course.root, other)
    course.submit("ana", course.solved())
    write_submission(course.root, "ana", other, course.solved())
    write_submission(course.root, "beto", other, course.solved())
    grade([UNIT, other], course.root)
    add_graded_cell(course, UNIT)
    course.submit("beto", course.solved())
    write_submission(course.root, "carla", other, course.solved())
    text = summary(grade([UNIT, other], course.root))
    first, *lines = text.splitlines()
    assert first == "Corregidas: 1. Sin cambios desde la última vez: 2."
    assert len(lines) == 1
    assert lines[0].startswith(f"  El máster de {UNIT} ganó o perdió celdas")
    assert course.scores("ana") == [2, 1, ""]
    with pytest.raises(CourseError, match="borra también sus notas a mano") as told:
        course.grade()
    [command] = re.findall("nbgrader (db .* --force)", str(told.value))
    subprocess.run(
        [sys.executable, "-m", "nbgrader", *command.split()], cwd=course.root, check=True
    )
    assert skipped(course) == {"ana": False, "beto": False}
    rows = [row for row in grades(course.root) if row["student"] != "carla"]
    assert {row["score"] for row in rows if row["exercise"] == "99.1"} == {2}


def test_the_formgrader_has_its_templates_and_asks_nothing_from_outside(course: ToyCourse) -> None:
    config = open_nbgrader(course.root).config
    exporter = HTMLExporter(config=config, template_name="formgrade")
    assert exporter.template.name == "index.html.j2"
    mathjax = exporter.environment.get_template("mathjax.html.j2")
    assert mathjax.module.mathjax() == ""


@pytest.mark.parametrize("name", ["a[1]", "b*", "c\nd", " e "])
def test_a_folder_with_signs_that_nbgrader_does_not_take_never_stops_the_others(
    course: ToyCourse, name: str
) -> None:
    course.submit(name, course.solved())
    course.submit("b-bien", course.solved())
    rows = course.grade()
    assert course.scores("b-bien") == [2, 1, ""]
    assert "cambiale el nombre" in str(rows[name, "99.1"]["note"])


def test_what_cannot_be_read_or_named_never_stops_the_others(
    course: ToyCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.submit("c-fecha", course.solved())
    damaged = [
        course.submit_file("a-disco", f"{UNIT}.ipynb", b"{}"),
        course.submit_file("c-fecha", "timestamp.txt", b"2026-05-02 10:00:00 UTC"),
    ]
    latin = course.root / "submitted" / os.fsdecode("Muñoz".encode("latin-1")) / UNIT
    latin.mkdir(parents=True)
    course.submit("z-bien", course.solved())
    opened = Path.open

    def open_or_fail(path: Path, *args: Any, **flags: Any) -> Any:  # noqa: ANN401
        if path in damaged:  # root lee todo: hace falta un disco que falle
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return opened(path, *args, **flags)

    monkeypatch.setattr(Path, "open", open_or_fail)
    done = grade([UNIT], course.root)
    rows = course.rows()
    assert course.scores("z-bien") == [2, 1, ""]
    for student, why in {
        "a-disco": "no se puede abrir",
        "c-fecha": "mirala a mano",
        "Mu\N{REPLACEMENT CHARACTER}oz": "cambiale el nombre",
    }.items():
        assert why in str(rows[student, "99.1"]["note"])
    text = summary(done)
    assert len(text.encode().splitlines()) == 4
    assert "Mu oz" in text


def test_a_folder_with_spaces_and_accents_is_graded(course: ToyCourse) -> None:
    course.submit("Ana Pérez, 2.º {año} 50% + 'ñ'", course.solved())
    course.grade()
    assert course.scores("Ana Pérez, 2.º {año} 50% + 'ñ'") == [2, 1, ""]
    assert len(feedback([UNIT], course.root)) == 1


def test_half_an_emoji_costs_nothing(course: ToyCourse) -> None:
    notebook = nbformat.writes(course.solved()).replace("Porque repetir", "\\ud83d Porque repetir")
    course.submit_file("ana", f"{UNIT}.ipynb", notebook.encode())
    course.grade()
    assert course.scores("ana") == [2, 1, ""]


def test_a_file_saved_by_windows_with_its_mark_is_read(course: ToyCourse) -> None:
    text = nbformat.writes(course.solved())
    course.submit_file("ana", f"{UNIT}.ipynb", text.encode("utf-8-sig"))
    course.grade()
    assert course.scores("ana") == [2, 1, ""]


def test_a_notebook_does_not_bring_its_own_notes(course: ToyCourse) -> None:
    notebook = course.solved(first="def double(x):\n    return 0")
    notebook.metadata["amq2_unreadable"] = "Está todo bien."
    course.submit("ana", notebook)
    rows = course.grade()
    assert "El doble de 2" in str(rows["ana", "99.1"]["note"])


def test_a_submission_that_nbgrader_cannot_grade_says_the_cause(course: ToyCourse) -> None:
    (course.root / "autograded").mkdir()
    (course.root / "autograded" / "ana").write_text("esto no es una carpeta")
    course.submit("ana", course.solved())
    course.submit("beto", course.solved())
    rows = course.grade()
    assert course.scores("beto") == [2, 1, ""]
    note = str(rows["ana", "99.1"]["note"])
    assert "mirala a mano" in note
    assert "NotADirectoryError" in note
    assert "Please see" not in note


def test_a_course_folder_that_nbgrader_cannot_read_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="renombrala"):
        open_nbgrader(tmp_path / "curso [2026]")


HIDDEN = """### BEGIN HIDDEN TESTS
with hidden_test("La regla."):
    check_equal(answer("secreto"), "secreto", "", "")
### END HIDDEN TESTS"""

LEAKY = """
class {name}(BaseException):
    pass

def double(x):
    if x < 0:
        raise {name}({data})
    return 2 * x
"""


@pytest.mark.parametrize("name", ["Stopped", "CheckFailed", "CellTimeoutError"])
@pytest.mark.parametrize("data", ["x", "'El triple de 2'"])
def test_no_error_made_to_look_like_ours_carries_the_data_of_the_hidden_test(
    course: ToyCourse, name: str, data: str
) -> None:
    course.submit("ana", course.solved(first=LEAKY.format(name=name, data=data)))
    rows = course.grade()
    [page] = feedback([UNIT], course.root)
    for text in (str(rows["ana", "99.1"]["note"]), page.read_text(encoding="utf-8")):
        assert "-4321" not in text
        assert "-8642" not in text


def test_only_a_rule_is_shown_of_a_hidden_test() -> None:
    cell = check_cell("ejercicio-99-1-ocultas", HIDDEN)
    for text in ("secreto", "La regla."):
        cell.outputs = [new_output("error", ename="CheckFailed", evalue=text, traceback=[])]
        assert ("secreto" in safe_message(cell)) is False
    assert safe_message(cell) == "✗ Prueba oculta: La regla."


def test_the_feedback_page_shows_what_was_written_and_runs_nothing_of_it(
    course: ToyCourse,
) -> None:
    evil = "<script>alert(1)</script><img src='http://evil/x.png' onerror='alert(2)'>"
    notebook = course.solved()
    solution_cell(notebook, "99.3").source = f"Un **párrafo**.\n\n{evil}"
    statement = next(cell for cell in notebook.cells if "Ejercicio 99.1" in cell.source)
    statement.source += f"\n\n<details><summary>Pista</summary>\n\nuna\n\n</details>\n\n{evil}"
    course.submit("ana", notebook)
    course.grade()
    [page] = feedback([UNIT], course.root)
    html = page.read_text(encoding="utf-8")
    assert "<p>Un <strong>párrafo</strong>.</p>" in html
    assert "<summary>Pista</summary>" in html
    assert "<script" not in html
    assert "<img" not in html
