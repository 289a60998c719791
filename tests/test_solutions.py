"""La unidad resuelta que se reparte, y la nota para docentes que no sale del máster."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from amq2.instructor.course import CourseError
from amq2.instructor.outputs import run_master
from amq2.instructor.release import release
from amq2.instructor.solutions import main, solved, write_solution
from amq2.notebook.cells import TEACHERS, grade_id_of
from tests.test_grading import UNIT, check_cell, toy_master

NOTE = "Nota para docentes: lo que confunde es el doble de cero."
MIXED = (
    "assert double(1) == 2\n"
    "### BEGIN HIDDEN TESTS\n"
    "assert double(7777) == 15554\n"
    "### END HIDDEN TESTS"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    notebook = toy_master()
    notebook.cells = [cell for cell in notebook.cells if "demo" not in cell.source]
    notebook.cells.insert(1, new_markdown_cell(NOTE, metadata={"tags": [TEACHERS]}))
    mixed = check_cell("ejercicio-99-1-mezcladas", MIXED)
    mixed.outputs = [nbformat.v4.new_output("stream", text="7777")]
    shown = new_code_cell("print(6)")
    shown.outputs = [nbformat.v4.new_output("stream", text="6")]
    notebook.cells += [mixed, shown, new_code_cell("# una celda que es sólo un comentario")]
    path = tmp_path / "solutions" / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return tmp_path


def text_of(notebook: NotebookNode) -> str:
    return nbformat.writes(notebook)


def test_a_solved_notebook_has_the_answers_and_the_outputs(root: Path) -> None:
    notebook = solved(UNIT, root)
    sources = [cell.source for cell in notebook.cells]
    assert "def double(x):\n    return 2 * x" in sources
    assert "Porque sí." in sources
    assert "# una celda que es sólo un comentario" in sources
    assert [cell.outputs[0].text for cell in notebook.cells if cell.get("outputs")] == ["6"]


def test_a_solved_notebook_has_no_hidden_test_no_mark_and_no_note(root: Path) -> None:
    text = text_of(solved(UNIT, root))
    for secret in ("4321", "7777", "HIDDEN", "SOLUTION", "hidden_test(", "doble de cero"):
        assert secret not in text


def test_a_hidden_region_is_cut_and_its_cell_stays_when_it_has_something_else(root: Path) -> None:
    sources = [cell.source for cell in solved(UNIT, root).cells]
    assert "assert double(1) == 2" in sources
    assert not [source for source in sources if source == ""]


def test_nobody_can_hand_in_a_solved_notebook(root: Path) -> None:
    notebook = solved(UNIT, root)
    assert not [cell for cell in notebook.cells if grade_id_of(cell)]
    assert "nbgrader" not in text_of(notebook)


def test_a_solved_notebook_opens_and_runs(root: Path) -> None:
    path = write_solution(UNIT, root)
    assert path == root / "build" / "soluciones" / f"{UNIT}.ipynb"
    nbformat.validate(nbformat.read(path, as_version=4))
    run_master(path)


def test_without_a_unit_one_line_says_how() -> None:
    with pytest.raises(CourseError, match="UNIT="):
        main([])


def test_the_note_for_teachers_is_nowhere_in_the_released_notebook(root: Path) -> None:
    path = release(UNIT, root)
    notebook = nbformat.read(path, as_version=4)
    assert not [cell for cell in notebook.cells if TEACHERS in cell.metadata.get("tags", [])]
    assert "doble de cero" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "source", ["import time; time.sleep(60)", "import os; os._exit(1)", "1 / 0"]
)
def test_a_master_that_does_not_run_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setattr("amq2.instructor.outputs.SECONDS_A_CELL", 5)
    path = tmp_path / "99-toy.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source)]), path)
    with pytest.raises(CourseError, match=r"^99-toy.ipynb no corre: [^\n]+$"):
        run_master(path)
