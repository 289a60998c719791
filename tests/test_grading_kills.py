"""Cortar la corrección en cualquier momento y repetirla: nada se pierde ni se hace dos veces."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from amq2.instructor import marking
from amq2.instructor.fingerprint import FINGERPRINT
from amq2.instructor.grade import grade
from amq2.instructor.marking import uninterrupted
from tests.test_class import own_cell
from tests.test_grading import UNIT, ToyCourse, toy_course

STUDENTS = [f"e{number:02}" for number in range(12)]
SLOW = "import time; time.sleep(1)"
COMMAND = """
import sys
from pathlib import Path
from amq2.instructor import course, grade
course.command_line(lambda _: print(len(grade.grade(['{unit}'], Path('{root}')))))
"""


@pytest.fixture
def course(tmp_path: Path) -> ToyCourse:
    course = toy_course(tmp_path)
    for student in STUDENTS:
        notebook = course.solved()
        own_cell(SLOW)(notebook)
        course.submit(student, notebook)
    return course


def start(course: ToyCourse) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND.format(unit=UNIT, root=course.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def stamps(course: ToyCourse) -> dict[Path, int]:
    return {
        path: path.stat().st_mtime_ns
        for path in course.root.glob(f"autograded/*/{UNIT}/{FINGERPRINT}")
    }


def wait_until(condition: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "no llegó a pasar"
        time.sleep(0.05)


def workers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Los procesos que ejecutan una entrega: copias del que los reparte."""
    parent = psutil.Process(process.pid)
    return [child for child in parent.children() if child.cmdline() == parent.cmdline()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_cut_in_the_middle_and_again_every_mark_is_there_once(
    course: ToyCourse, number: signal.Signals
) -> None:
    process = start(course)
    wait_until(lambda: len(stamps(course)) >= 2 or process.poll() is not None)
    family = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, number)
    _, errors = process.communicate()
    before = stamps(course)
    assert 2 <= len(before) < len(STUDENTS)
    if number == signal.SIGINT:
        assert errors.splitlines()[-1] == "Interrumpido: lo que ya estaba hecho quedó guardado."
        assert "Traceback" not in errors
    _, alive = psutil.wait_procs(family, timeout=60)
    assert not alive
    results = grade([UNIT], course.root)
    assert sum(result.skipped for result in results) == len(before)
    assert {path: stamps(course)[path] for path in before} == before
    assert [course.scores(student) for student in STUDENTS] == [[2, 1, ""]] * len(STUDENTS)
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        assert len(gradebook.assignment_submissions(UNIT)) == len(STUDENTS)


def test_a_worker_that_dies_fails_only_its_submission(course: ToyCourse) -> None:
    process = start(course)
    wait_until(lambda: workers(process) or process.poll() is not None)
    workers(process)[0].kill()
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    lost = [student for student in STUDENTS if course.scores(student) != [2, 1, ""]]
    assert len(lost) == 1
    assert "terminó con -9" in str(course.rows()[lost[0], "99.1"]["note"])
    grade([UNIT], course.root)
    assert course.scores(lost[0]) == [2, 1, ""]


def test_ctrl_c_while_marking_leaves_nobody_executing(
    course: ToyCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "forget_statements", lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt) as interrupted:
        grade([UNIT], course.root)
    assert not multiprocessing.active_children(), interrupted
    assert stamps(course)


def test_ctrl_c_waits_until_the_marks_of_a_submission_are_written() -> None:
    written = []

    def mark() -> None:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            written.append(True)

    with pytest.raises(KeyboardInterrupt):
        mark()
    assert written
