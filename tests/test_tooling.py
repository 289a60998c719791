"""La prueba de la prueba: con notebooks y pruebas malos a propósito, `make test` lo dice."""

import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests import prove
from tests.prove import Case, Step, describe, nbval_command, notebook_steps, read_report, run

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def code_cell(source: str, printed: str = "", tags: tuple[str, ...] = ()) -> NotebookNode:
    outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
    metadata = {"tags": list(tags)}
    return new_code_cell(source, outputs=outputs, execution_count=1, metadata=metadata)


@pytest.fixture
def execute(tmp_path: Path) -> Callable[..., list[Case]]:
    """Ejecuta un notebook de juguete con el mismo comando que `make test`."""

    def execute(*cells: NotebookNode, lax: bool = False, seconds: int = 20) -> list[Case]:
        path = tmp_path / "toy.ipynb"
        nbformat.write(new_notebook(metadata=KERNEL, cells=list(cells)), path)
        report = tmp_path / "report.xml"
        return list(
            run(Step("", nbval_command([path], report, lax=lax, seconds=seconds), report)).cases
        )

    return execute


def failures(cases: list[Case]) -> list[str]:
    return [describe(case).partition(", ")[2] for case in cases if case.has_failed]


@pytest.mark.parametrize("lax", [False, True])
def test_a_cell_that_raises_is_reported_with_its_number_and_reason(
    execute: Callable[..., list[Case]], lax: bool
) -> None:
    cases = execute(code_cell("print(1)", "1\n"), code_cell("1 / 0"), code_cell("2"), lax=lax)
    assert failures(cases)[0] == "celda [2]: terminó con error: ZeroDivisionError: division by zero"
    assert len(cases) == 3


def test_an_output_that_differs_is_reported_with_both_values(
    execute: Callable[..., list[Case]],
) -> None:
    [failure] = failures(execute(code_cell("print('nuevo')", "viejo\n")))
    assert failure.startswith("celda [1]: la salida no es la guardada: ")
    assert "nuevo" in failure
    assert "viejo" in failure


def test_the_outputs_of_the_students_version_are_not_compared(
    execute: Callable[..., list[Case]],
) -> None:
    assert not failures(execute(code_cell("print('nuevo')", "viejo\n"), lax=True))


def test_a_slow_cell_is_reported(execute: Callable[..., list[Case]]) -> None:
    cases = execute(code_cell("import time; time.sleep(60)"), code_cell("print(1)"), seconds=1)
    assert failures(cases)[0] == "celda [1]: tardó más de 1 segundos"


def test_a_cell_tagged_to_raise_may_raise_and_the_next_ones_run(
    execute: Callable[..., list[Case]],
) -> None:
    tagged = code_cell("raise ValueError", tags=("raises-exception",))
    cases = execute(tagged, code_cell("print(1)"), lax=True)
    assert [case.outcome for case in cases] == ["passed", "passed"]


def test_nbval_accepts_a_cell_tagged_to_raise_that_does_not(
    execute: Callable[..., list[Case]],
) -> None:
    """Por eso los errores previstos del estudiante se exigen en test_lab.py."""
    assert not failures(execute(code_cell("x = 1", tags=("raises-exception",))))


def test_a_skipped_cell_is_a_failure(execute: Callable[..., list[Case]]) -> None:
    [failure] = failures(execute(code_cell("x = 1", tags=("nbval-skip",))))
    assert failure.startswith("celda [1]: no se ejecutó")


SAME_LESSON = [
    ("http://127.0.0.1:40001/a", "http://127.0.0.1:39999/a"),
    ("date: Mon, 23 Nov 2026 10:00:00 GMT", "date: Tue, 01 Dec 2026 23:59:59 GMT"),
    ("2026-11-23T10:00:00.123456+00:00", "2027-01-01T00:00:00-03:00"),
    ("2026-11-23 10:00:00", "2027-01-01 00:00:01"),
    ("user-agent: python-requests/2.32.5", "user-agent: python-requests/2.33.0"),
    ("tardó 123 ms", "tardó 7.25 ms"),
    ("tardó 1.23 s.", "tardó 0,4 s."),
    ("en /tmp/amq2-a1b2/model.json", "en /var/folders/x_/T/amq2-c3/model.json"),
    ("<A object at 0x7f00aa11bb22>", "<A object at 0x10af33c40>"),
]

ANOTHER_LESSON = [
    ("http://127.0.0.1:40001/a", "http://127.0.0.1:40001/b"),
    ("HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found"),
    ("3 solicitantes", "4 solicitantes"),
    ("puntaje 0.731", "puntaje 0.732"),
    ("vence el 2026-11-23", "vence el 2026-11-24"),
]


def test_only_what_the_lesson_says_is_a_difference(execute: Callable[..., list[Case]]) -> None:
    cells = [code_cell(f"print({new!r})", f"{old}\n") for old, new in SAME_LESSON + ANOTHER_LESSON]
    outcomes = [case.outcome for case in execute(*cells)]
    assert outcomes == ["passed"] * len(SAME_LESSON) + ["failed"] * len(ANOTHER_LESSON)


def toy_tests(folder: Path, source: str) -> Step:
    (folder / "test_toy.py").write_text(f"import pytest\n\n{source}", encoding="utf-8")
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", str(folder), f"--junitxml={report}"]
    return Step("juguete", [*command, f"--rootdir={folder}", "-p", "no:cacheprovider"], report)


MISSING_PART = """
from tests.conftest import require_program

def test_needs_a_program():
    require_program("programa-que-no-existe", how="sudo apt install lo-que-falta")

def test_passes(record_property):
    record_property("exercise", "99-juguete 1.1: 3 equivocadas, 2 correctas")
"""


def test_what_the_machine_cannot_run_is_listed_with_its_command(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert prove.prove([toy_tests(tmp_path, MISSING_PART)], require_all=False) == 0
    table = capfd.readouterr().out
    assert "NOT RUN: programa-que-no-existe: sudo apt install lo-que-falta" in table
    assert "99-juguete 1.1: 3 equivocadas, 2 correctas" in table
    assert table.rstrip().endswith("1 passed, 0 failed")


def test_what_the_machine_cannot_run_is_a_failure_where_all_is_required(tmp_path: Path) -> None:
    assert prove.prove([toy_tests(tmp_path, MISSING_PART)], require_all=True) == 1


@pytest.mark.parametrize(
    "body",
    [
        "pytest.skip('otro día')",
        "pytest.importorskip('modulo_que_no_existe')",
        "pytest.xfail('ya se sabe')",
    ],
)
def test_a_silent_skip_is_a_failure(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], body: str
) -> None:
    step = toy_tests(tmp_path, f"def test_skipped():\n    {body}\n")
    assert prove.prove([step], require_all=False) == 1
    assert "test_skipped: salteada sin decir qué le falta a la máquina" in capfd.readouterr().out


def test_every_step_runs_even_after_a_failure(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    chosen = [
        Step("primero", [sys.executable, "-c", "raise SystemExit(3)"]),
        toy_tests(tmp_path, "def test_wrong():\n    assert 1 == 2\n"),
        Step("tercero", [sys.executable, "-c", "print('sigo')"]),
    ]
    assert prove.prove(chosen, require_all=False) == 1
    table = capfd.readouterr().out
    assert "terminó con código 3" in table
    assert "test_wrong: assert 1 == 2" in table
    assert "✓ tercero" in table
    assert "0 passed, 1 failed" in table


@pytest.mark.parametrize("source", ["", "def test_broken(:\n"])
def test_no_tests_at_all_is_a_failure(tmp_path: Path, source: str) -> None:
    assert prove.prove([toy_tests(tmp_path, source)], require_all=False) == 1


def test_a_report_of_another_run_is_not_believed(tmp_path: Path) -> None:
    report = tmp_path / "old.xml"
    report.write_text("<testsuites><testcase name='a' time='1'/></testsuites>", encoding="utf-8")
    assert [case.outcome for case in read_report(report)] == ["passed"]
    result = run(Step("se corta", [sys.executable, "-c", ""], report))
    assert result.problems == ["pytest terminó con código 0 y sin informe"]


def test_a_folder_without_notebooks_is_a_failure(tmp_path: Path) -> None:
    [step] = prove.notebook_steps("másters", tmp_path, lax=False)
    assert prove.prove([step], require_all=False) == 1


def test_the_units_that_run_airflow_are_executed_apart_with_more_time(tmp_path: Path) -> None:
    for unit in ("02-http", "05-airflow", "06-batch"):
        path = tmp_path / unit / f"{unit}.ipynb"
        path.parent.mkdir()
        nbformat.write(new_notebook(), path)
    light, heavy = prove.notebook_steps("másters", tmp_path, lax=False)
    assert "--nbval-cell-timeout=30" in light.command
    assert [Path(part).stem for part in light.command if part.endswith(".ipynb")] == ["02-http"]
    assert "--nbval-cell-timeout=120" in heavy.command
    assert [Path(part).stem for part in heavy.command if part.endswith(".ipynb")] == [
        "05-airflow",
        "06-batch",
    ]


def test_a_master_saved_without_running_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "solutions" / "99-toy" / "99-toy.ipynb"
    path.parent.mkdir(parents=True)
    cells = [code_cell("x = 1"), new_code_cell("x = 2"), new_code_cell("")]
    nbformat.write(new_notebook(cells=cells), path)
    monkeypatch.setattr(prove, "ROOT", tmp_path)
    case = Case("solutions/99-toy/99-toy.ipynb", "Cell 0", 0, "passed", "", [])
    assert prove.never_run([case]) == [
        "solutions/99-toy/99-toy.ipynb, celda [2]: guardada sin ejecutar; corré make outputs"
    ]


def test_a_light_unit_that_imports_airflow_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for unit in ("03-liviana", "05-airflow"):
        (tmp_path / unit).mkdir()
        cells = [code_cell("import airflow")]
        path = tmp_path / unit / f"{unit}.ipynb"
        nbformat.write(new_notebook(metadata=KERNEL, cells=cells), path)
    monkeypatch.setattr(prove, "PROOF", tmp_path)
    light, heavy = map(run, notebook_steps("notebooks", tmp_path, lax=True))
    assert "las unidades 00 a 04 no importan Airflow" in "\n".join(light.problems)
    assert not heavy.problems
