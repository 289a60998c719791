"""`grade_class`: repartida en tareas de Airflow, la corrección da lo mismo que `make grade`."""

import os
import shutil
from pathlib import Path

import psutil
import pytest

from amq2.instructor import batches
from amq2.instructor.batches import COURSE_VARIABLE
from amq2.instructor.grade import grade, summary
from amq2.instructor.gradebook import only_one
from amq2.orchestrator.data import FOLDER_VARIABLE
from amq2.orchestrator.home import COURSE_DAGS
from amq2.orchestrator.runs import Run
from amq2.orchestrator.standalone import running_airflow
from tests.catalogue import write_submission
from tests.class_faults import DAG, SchoolClass, kill_on_airflow, start_on_airflow
from tests.course_dags import course_dag, run_dag
from tests.test_class import EDITS, FILES, own_cell
from tests.test_grading import UNIT, ToyCourse, add_graded_cell, publish, toy_course
from tests.test_tampering import TRICKS

ODD = ("a-borrada", "l-os-exit", "q-equivocada")
STUDENTS = [f"e{number}" for number in range(6)]
SLOW = "import time; time.sleep(1)"


def whole_class(course: ToyCourse) -> None:
    """Una entrega de cada clase: buena, equivocada, rota, tramposa, tarde, con otro nombre."""
    for student in ODD:
        notebook = course.solved()
        EDITS[student][0](notebook)
        course.submit(student, notebook)
    name, content, _ = FILES["r-json-roto"]
    course.submit_file("r-json-roto", name, content)
    cheat = course.solved()
    own_cell(TRICKS["print"][0])(cheat)
    course.submit("tramposa", cheat)
    course.submit("tarde", course.solved())
    course.submit_file("tarde", "timestamp.txt", b"2026-05-02 10:00:00 UTC")
    course.submit("con [corchetes]", course.solved())
    course.submit(os.fsdecode("Muñoz".encode("latin-1")), course.solved())


@pytest.fixture
def twins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ToyCourse, ToyCourse]:
    """Dos cursos con la misma clase; el segundo es el que corrigen los DAGs."""
    course = toy_course(tmp_path / "uno")
    whole_class(course)
    twin = ToyCourse(shutil.copytree(tmp_path / "uno", tmp_path / "otro"))
    monkeypatch.setenv(COURSE_VARIABLE, str(twin.root))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "datos"))
    return course, twin


def run(**conf: object) -> Run:
    return run_dag(course_dag(DAG), conf={"unit": UNIT, "size": 3, **conf})


def test_the_marks_the_flags_and_what_is_skipped_are_those_of_make_grade(
    twins: tuple[ToyCourse, ToyCourse], tmp_path: Path
) -> None:
    course, twin = twins
    for corrected in (8, 2):  # las de nombre raro se intentan siempre
        expected = summary(grade([UNIT], course.root))
        assert f"Corregidas: {corrected}." in expected
        done = run()
        assert done.state == "success"
        assert done.results["write_marks"] == expected
        assert twin.rows() == course.rows()
    assert "builtins.print" in str(twin.rows()["tramposa", "99.2"]["note"])
    assert not list((tmp_path / "datos" / DAG).iterdir())


def test_while_make_grade_writes_nobody_else_does(twins: tuple[ToyCourse, ToyCourse]) -> None:
    _, twin = twins
    with only_one(twin.root):
        done = run()
    assert done.state == "failed"
    assert "Ya hay otro make grade andando" in done.errors["plan"]
    assert not (twin.root / "gradebook.db").exists()


def test_what_make_grade_marked_in_between_is_not_marked_again(
    twins: tuple[ToyCourse, ToyCourse], tmp_path: Path
) -> None:
    _, twin = twins
    batch = batches.Run(twin.root, tmp_path / "corrida")
    [chunk] = batch.plan(UNIT, 100)
    batch.execute(chunk)
    grade([UNIT], twin.root)
    school = SchoolClass(twin.root, UNIT, {})
    stamps = school.graded()
    done = {result.student: result.skipped for result in batch.write_marks(UNIT)}
    assert school.graded() == stamps
    assert {student for student, skipped in done.items() if skipped} == set(stamps)


def test_a_unit_that_cannot_be_graded_does_not_stop_the_others(tmp_path: Path) -> None:
    course, other = toy_course(tmp_path / "curso"), "98-otra"
    publish(course.root, other)
    course.submit("ana", course.solved())
    grade([UNIT], course.root)
    add_graded_cell(course, UNIT)
    write_submission(course.root, "ana", other, course.solved())
    batch = batches.Run(course.root, tmp_path / "corrida")
    [chunk] = batch.plan(None, 100)
    batch.execute(chunk)
    done = batch.write_marks(None)
    assert [(one.unit, one.student, bool(one.problem)) for one in done] == [
        (other, "ana", False),
        (UNIT, "", True),
    ]
    assert "ganó o perdió celdas" in summary(done)
    assert course.scores("ana") == [2, 1, ""]


def test_a_task_killed_in_the_middle_is_done_again_and_no_submission_is(tmp_path: Path) -> None:
    course = toy_course(tmp_path / "curso")
    for student in STUDENTS:
        notebook = course.solved()
        own_cell(SLOW)(notebook)
        course.submit(student, notebook)
    school = SchoolClass(course.root, UNIT, dict.fromkeys(((s, "99.1") for s in STUDENTS), 0.0))
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / f"{DAG}.py").symlink_to(COURSE_DAGS / f"{DAG}.py")
    with running_airflow(dags, env={COURSE_VARIABLE: str(course.root)}) as airflow:
        run_id = start_on_airflow(airflow, school, size=len(STUDENTS))
        done, before, again = kill_on_airflow(airflow, school, run_id, 2, lambda: kill_task(course))
    assert done.state == "success"
    assert done.tries["execute [0]"] == 2
    assert 2 <= before < len(STUDENTS)
    assert not again
    assert not school.wrong()


def kill_task(course: ToyCourse) -> None:
    """SIGKILL a la tarea que ejecuta entregas de un curso; con ella muere lo que lanzó."""
    alike = [
        process
        for process in psutil.process_iter(["cmdline"])
        if {batches.__name__, str(course.root)} <= set(process.info["cmdline"] or ())
    ]
    executing = min(alike, key=psutil.Process.create_time)  # las otras son sus copias
    family = executing.children(recursive=True)
    executing.parent().kill()
    _, alive = psutil.wait_procs([executing, *family], timeout=60)
    assert not alive
