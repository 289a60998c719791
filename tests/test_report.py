"""La página del docente: sus cifras, sus reglas, las respuestas parecidas y lo que no ejecuta."""

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from nbgrader.api import Gradebook
from numpy.typing import NDArray
from playwright.sync_api import Browser

from amq2.instructor.course import CourseError, open_nbgrader, released, units
from amq2.instructor.report.__main__ import report
from amq2.instructor.report.behind import falling_behind
from amq2.instructor.report.items import item_statistics
from amq2.instructor.report.marks import Marks, read_marks
from amq2.instructor.report.messages import frequent_messages
from amq2.instructor.report.pictures import label
from amq2.instructor.report.similarity import alike, given_grams, grams_of, similar_pairs
from amq2.instructor.report.tokens import tokens
from amq2.instructor.report.work import flagged, read_work
from amq2.notebook.execute import FLAG
from tests.browser import watched_page
from tests.catalogue import answers
from tests.report_class import write_graded, write_marks
from tests.test_grading import OTHER_RIGHT, RIGHT, UNIT, toy_course, toy_master

FIRST, SECOND = "98-antes", UNIT
LOST: dict[str, list[tuple[int, int] | None]] = {
    FIRST: [(0, 0), (0, 0), (1, 0), (2, 1), (0, 0), (1, 1), (2, 0), (2, 1), (0, 1), (1, 0), (0, 0)],
    SECOND: [(0, 1), (2, 1), (1, 0), (2, 1), (0, 0), (1, 1), (0, 0), (2, 0), (1, 1), (0, 0), None],
}
"""De cada unidad y estudiante, los puntos que perdió en 99.1 (vale 2) y en 99.2 (vale 1)."""

MESSAGE = "✗ El doble de 2\n  Se esperaba: 4\n  Llegó:       {}\n  Fijate en:   la cuenta"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
EVIL = "<script>alert(1)</script>"
EVIL_NAME = "<img src=x onerror=alert(1)>"

ORIGINAL = '''
def pages(client, url):
    """Todas las páginas."""
    found = []
    while url:
        answer = client.get(url, timeout=5)
        answer.raise_for_status()
        found.extend(answer.json()["items"])
        url = answer.links.get("next", {}).get("url")
    return found


def total(rows):
    amount = 0
    for row in rows:
        if row["state"] == "active" and row["amount"] > 0:
            amount += row["amount"] * (1 + row["rate"] / 100)
    return round(amount, 2)
'''
RENAMED = """
def traer(c: object, direccion: str) -> list[dict]:
    # pido hasta que no haya otra
    lista: list[dict] = []
    while direccion:
        r = c.get(direccion, timeout=30)
        r.raise_for_status()
        lista.extend(r.json()['data'])
        direccion = r.links.get('siguiente', {}).get('href')
    return lista

def suma(filas):
    s = 0
    for f in filas:
        if f['estado'] == 'activo' and f['monto'] > 0:
            s += f['monto'] * (1 + f['tasa'] / 100)
    return round(s, 2)
"""
_SECOND_PART = ORIGINAL.index("def total")
REORDERED = f"# lo mío\n{ORIGINAL[_SECOND_PART:]}\n\n# y lo otro{ORIGINAL[:_SECOND_PART]}"
HONEST = """
def total(rows):
    active = (row for row in rows if row["state"] == "active")
    return round(sum(max(row["amount"], 0) * (100 + row["rate"]) / 100 for row in active), 2)


def pages(client, url):
    reply = client.get(url, timeout=3)
    if reply.status_code != 200:
        raise ValueError(reply.text)
    rest = reply.links.get("next")
    return reply.json()["items"] + (pages(client, rest["url"]) if rest else [])
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dos unidades y una docena de estudiantes, con las notas de `LOST`."""
    root = tmp_path_factory.mktemp("curso")
    for unit in LOST:
        path = root / "solutions" / unit / f"{unit}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(toy_master(), path)
        assert open_nbgrader(root).generate_assignment(unit)["success"]
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        for unit, rows in LOST.items():
            gradebook.update_or_create_assignment(unit, duedate="2026-05-01 10:00:00 UTC")
            blank = nbformat.read(released(unit, root), as_version=4)
            for number, lost in enumerate(rows):
                student = f"s{number:02}"
                gradebook.update_or_create_student(student)
                if lost is None:
                    continue
                submission = gradebook.update_or_create_submission(
                    unit, student, timestamp="2026-05-01 09:00:00 UTC"
                )
                first, second = lost
                message = MESSAGE.format(number) if first else ""
                marks = {"99.1": (first, message), "99.2": (second, "")}
                write_marks(submission, marks, waits=unit == SECOND)
                code = {0: ORIGINAL, 1: RENAMED, 2: REORDERED, 3: HONEST}.get(number, RIGHT)
                notes = [["", "Falta la celda importaciones."]] if number == 5 else []
                notes += [["", f"{FLAG}tocó las pruebas."]] if number == 6 else []
                codes = {"99.1": code, "99.2": OTHER_RIGHT}
                write_graded(root, student, unit, blank, codes, notes)
        gradebook.db.commit()
    return root


@pytest.fixture(scope="module")
def marks(course: Path) -> Marks:
    return read_marks(course, NOW)


@pytest.fixture(scope="module")
def statistics(marks: Marks) -> pd.DataFrame:
    return item_statistics(marks.exercises)


def lost_in(unit: str) -> NDArray[np.float64]:
    """Los puntos que perdió en 99.1 y en 99.2 cada uno de los que entregaron."""
    return np.array([pair for pair in LOST[unit] if pair is not None], dtype=np.float64)


def test_difficulty_and_discrimination_are_the_ones_computed_by_hand(
    statistics: pd.DataFrame,
) -> None:
    lost = lost_in(FIRST)
    doubles, triples, by_hand = 2 - lost[:, 0], 1 - lost[:, 1], np.ones(len(lost))
    first, second = statistics.loc[FIRST, "99.1"], statistics.loc[FIRST, "99.2"]
    assert first["difficulty"] == pytest.approx(doubles.sum() / 22)
    assert first["full"] == pytest.approx(5 / 11)
    assert first["zero"] == pytest.approx(3 / 11)
    expected = np.corrcoef(doubles, triples + by_hand)[0, 1]
    assert first["discrimination"] == pytest.approx(expected)
    assert second["discrimination"] == pytest.approx(np.corrcoef(triples, doubles + 1)[0, 1])
    assert np.isnan(statistics.loc[(FIRST, "99.3"), "discrimination"])


def test_what_waits_for_a_hand_is_not_a_zero_in_any_figure(
    marks: Marks, statistics: pd.DataFrame
) -> None:
    assert (SECOND, "99.3") not in statistics.index
    lost = lost_in(SECOND)
    expected = np.corrcoef(lost[:, 0], lost[:, 1])[0, 1]
    assert statistics.loc[(SECOND, "99.1"), "discrimination"] == pytest.approx(expected)
    fractions = marks.units[marks.units["unit"] == SECOND].set_index("student")["fraction"]
    assert fractions["s04"] == 1
    assert fractions["s00"] == pytest.approx(2 / 3)


def test_few_students_have_no_discrimination(marks: Marks) -> None:
    few = marks.exercises[marks.exercises["student"] < "s09"]
    assert item_statistics(few)["discrimination"].isna().all()


def unit_rows(*rows: tuple[float | None, bool]) -> pd.DataFrame:
    """Las unidades de un estudiante: su nota, o `None` si no entregó, y si llegó tarde."""
    fractions = [np.nan if fraction is None else fraction for fraction, _ in rows]
    return pd.DataFrame(
        {
            "student": "ana",
            "unit": [f"0{number}-u" for number in range(len(rows))],
            "fraction": fractions,
            "missing": np.isnan(fractions),
            "late": [late for _, late in rows],
        }
    )


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        ([(0.9, False), (0.8, True)], []),
        ([(0.9, False), (None, False)], ["no entregó 01-u"]),
        ([(0.9, False), (0.7, False), (None, False)], []),  # la 02-u todavía no venció
        ([(0.5, False), (0.6, False)], []),
        ([(0.6, False), (0.59, False)], ["59 % en 01-u"]),
        ([(0.9, False), (0.65, False)], ["bajó del 90 % al 65 % en 01-u"]),
        ([(0.9, True), (0.9, True)], ["entregó tarde 00-u, 01-u"]),
    ],
)
def test_who_is_falling_behind_follows_the_rule_of_the_page(
    rows: list[tuple[float | None, bool]], reasons: list[str]
) -> None:
    found = falling_behind(unit_rows(*rows), {"00-u", "01-u"})
    assert [reason for one in found for reason in one.reasons] == reasons


def test_who_gathers_more_signs_comes_first() -> None:
    absent = unit_rows((0.9, False), (None, False), (None, False)).assign(student="zoe")
    low = unit_rows((0.5, False), (0.5, False), (0.5, False))
    found = falling_behind(pd.concat([low, absent]), {"00-u", "01-u", "02-u"})
    assert [(one.student, one.signs) for one in found] == [("zoe", 2), ("ana", 1)]


def test_a_message_is_counted_once_a_student_without_what_each_one_answered(marks: Marks) -> None:
    [first, second] = frequent_messages(marks.exercises)
    assert (first.unit, first.students, first.exercises) == (FIRST, 6, ("99.1",))
    assert (second.unit, second.students) == (SECOND, 6)
    assert first.share == pytest.approx(6 / 11)
    assert first.text == "✗ El doble de 2\n  Se esperaba: 4\n  Fijate en:   la cuenta"


def test_a_copy_with_other_names_or_another_order_is_found_and_an_honest_one_is_not(
    course: Path,
) -> None:
    pairs = similar_pairs(read_work(course), course)
    assert {(pair.first, pair.second) for pair in pairs} == {
        ("s00", "s01"),
        ("s00", "s02"),
        ("s01", "s02"),
    }
    assert [one.unit for one in pairs[0].likenesses] == [FIRST, SECOND]
    assert pairs[0].likenesses[0].first_code == ORIGINAL


def test_names_comments_types_and_texts_make_no_difference() -> None:
    assert tokens(ORIGINAL) == tokens(RENAMED)
    assert tokens(ORIGINAL) != tokens(HONEST)


@pytest.mark.parametrize(
    "source", ["def f(:", "x = '\ud800'", "a\0b", "(" * 500, "-" * 19_000 + "1", "1+" * 15_000]
)
def test_code_that_cannot_be_read_is_left_out(source: str) -> None:
    assert tokens(source) == []


@pytest.mark.parametrize("unit", units())
def test_two_right_answers_written_differently_are_not_alike(unit: str) -> None:
    given = given_grams(released(unit))
    by_exercise = itertools.groupby(answers(unit), key=lambda answer: answer.exercise)
    for _, group in by_exercise:
        codes = {answer.name: answer.code for answer in group if answer.is_right}
        assert alike(codes, given) == []


def test_what_was_given_what_is_short_and_what_many_wrote_does_not_count() -> None:
    assert len(alike({"ana": ORIGINAL, "beto": RENAMED}, set())) == 1
    assert alike({"ana": ORIGINAL, "beto": RENAMED}, set(grams_of(ORIGINAL))) == []
    assert alike({"ana": RIGHT, "beto": RIGHT}, set()) == []
    assert len(alike(dict.fromkeys("abcde", ORIGINAL), set())) == 10
    assert alike(dict.fromkeys("abcdef", ORIGINAL), set()) == []


def test_what_asks_for_a_person_comes_first(course: Path) -> None:
    found = flagged(read_work(course))
    assert [(one.student, one.unit, one.text, one.is_serious) for one in found] == [
        ("s06", FIRST, "tocó las pruebas.", True),
        ("s06", SECOND, "tocó las pruebas.", True),
        ("s05", FIRST, "Falta la celda importaciones.", False),
        ("s05", SECOND, "Falta la celda importaciones.", False),
    ]


def test_the_page_shows_the_figures_and_who_waits(course: Path) -> None:
    (course / "submitted" / "s10" / SECOND).mkdir(parents=True, exist_ok=True)
    text = report(course, NOW).read_text(encoding="utf-8")
    assert "<b>11</b>estudiantes" in text
    assert "<b>21</b>entregas corregidas" in text
    assert "<b>10</b>respuestas esperan corrección a mano" in text
    assert "<b>3</b>pares muy parecidos" in text
    assert f"{SECOND}, ejercicio 99.3: 10 respuestas" in text
    assert f"no entregó {SECOND}" in text
    assert "2 piden que los mire una persona; lo demás es para enterarse" in text
    assert "1 entrega de submitted/ todavía no se corrigió" in text
    median = 1 - np.median(lost_in(FIRST).sum(axis=1)) / 4
    assert re.search(rf'>{FIRST}</th>.*<td class="n">{median:.0%}'.replace("%", " %"), text)


def test_the_names_of_points_that_are_together_do_not_touch() -> None:
    axes = Figure(figsize=(4.8, 3.6)).subplots()
    axes.set(xlim=(0, 100), ylim=(0, 1))
    label(axes, ["2.1", "2.2", "2.3", "2.4"], [(60, 0.5), (61, 0.5), (60, 0.51), (61, 0.51)])
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) == 4
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


def test_the_same_marks_make_the_same_page(course: Path) -> None:
    first = report(course, NOW).read_bytes()
    assert report(course, NOW).read_bytes() == first


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Una entrega corregida de verdad, y su copia: HTML en el nombre, el código y el mensaje."""
    root = tmp_path_factory.mktemp("hostil")
    course = toy_course(root)
    odd = f"class Odd(Exception):\n    pass\n\n\ndef double(x):\n    raise Odd('{EVIL}')"
    course.submit(EVIL_NAME, course.solved(first=f"{ORIGINAL}\n\n{odd}"))
    course.grade()
    shutil.copytree(root / "autograded" / EVIL_NAME, root / "autograded" / "ana'\"&")
    yield report(root)
    shutil.rmtree(root)


def test_what_a_student_writes_is_shown_and_never_runs(hostile: Path, browser: Browser) -> None:
    text = hostile.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img src=x" not in text
    with watched_page(browser) as watched:
        page = watched.page
        page.on("dialog", lambda dialog: watched.note(f"diálogo: {dialog.message}"))
        page.goto(hostile.as_uri())
        shown = page.locator("main").text_content() or ""
        assert EVIL_NAME in shown
        assert f"double terminó con Odd: {EVIL}" in shown
        assert f"raise Odd('{EVIL}')" in shown
        assert "ana'\"&" in shown
        assert not watched.problems


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_asks_nothing_from_outside_and_fits_the_screen(
    course: Path, browser: Browser, width: int
) -> None:
    path = report(course, NOW)
    assert "http" not in path.read_text(encoding="utf-8").replace("http-equiv", "")
    with watched_page(browser, width=width) as watched:
        page = watched.page
        page.goto(path.as_uri())
        watched.screenshot(f"informe-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("[...document.images].every(i => i.naturalWidth && i.alt)")
        assert page.evaluate("[...document.querySelectorAll('table')].every(t => t.caption)")
        assert page.locator("th:not([scope])").count() == 0
        assert not watched.problems


def no_gradebook(_: Path) -> None:
    pass


def empty_gradebook(root: Path) -> None:
    with Gradebook(f"sqlite:///{root}/gradebook.db"):
        pass


@pytest.mark.parametrize("prepare", [no_gradebook, empty_gradebook])
def test_with_nothing_graded_one_line_says_what_to_do(
    tmp_path: Path, prepare: Callable[[Path], None]
) -> None:
    prepare(tmp_path)
    with pytest.raises(CourseError, match="primero corregí con make grade"):
        report(tmp_path)


def test_a_class_that_handed_in_nothing_has_its_page(course: Path, tmp_path: Path) -> None:
    shutil.copy(course / "gradebook.db", tmp_path)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        for student in gradebook.students:
            gradebook.remove_student(student.id)
        gradebook.update_or_create_student("ana")
    text = report(tmp_path, NOW).read_text(encoding="utf-8")
    assert "<b>0</b>entregas corregidas" in text
    assert f"no entregó {FIRST}, {SECOND}" in text
