"""Una clase con una entrega de cada rotura: nadie pierde lo que ganó, y se dice por qué."""

import logging
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from amq2.instructor.grade import Graded, grade
from amq2.instructor.release import release
from amq2.notebook.cells import grade_id_of
from amq2.notebook.execute import ExecuteExercises, kernel_arguments
from tests.catalogue import solution_cell
from tests.test_grading import RIGHT, UNIT, ToyCourse, toy_master

WRONG = "def double(x):\n    return 0"
HARD_OF_HEARING = (
    "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    time.sleep(60)"
)
STUBBORN = (
    "import time\n"
    "while True:\n"
    "    try:\n"
    "        time.sleep(60)\n"
    "    except BaseException:\n"
    "        pass"
)
A_LOT_OF_PRINT = (
    "import time\nend = time.time() + 0.3\nwhile time.time() < end:\n    print('x' * 10_000)"
)
NOISY = (
    "import logging, sys\nfrom tqdm import tqdm\n"
    "def double(x):\n"
    "    logging.warning('hola')\n"
    "    print('aviso', file=sys.stderr)\n"
    "    for _ in tqdm(range(3)):\n"
    "        pass\n"
    "    return 2 * x"
)

Edit = Callable[[NotebookNode], object]


def position(notebook: NotebookNode, name: str) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == name)


def delete(name: str) -> Edit:
    return lambda notebook: notebook.cells.pop(position(notebook, name))


def copied(notebook: NotebookNode, name: str, source: str) -> NotebookNode:
    original = notebook.cells[position(notebook, name)]
    return new_code_cell(source, metadata=deepcopy(original.metadata))


def copy_above(notebook: NotebookNode) -> None:
    """Copia la respuesta, prueba otra cosa arriba y deja la buena justo arriba de las pruebas."""
    place = position(notebook, "ejercicio-99-1")
    notebook.cells.insert(place, copied(notebook, "ejercicio-99-1", WRONG))


def copy_below(notebook: NotebookNode) -> None:
    notebook.cells.append(copied(notebook, "ejercicio-99-1", WRONG))


def edit_test(notebook: NotebookNode) -> None:
    notebook.cells[position(notebook, "ejercicio-99-1-visibles")].source = "pass"


def move_test(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, notebook.cells.pop(position(notebook, "ejercicio-99-1-visibles")))


def move_imports(notebook: NotebookNode) -> None:
    notebook.cells.append(notebook.cells.pop(position(notebook, "importaciones")))


def retype(notebook: NotebookNode) -> None:
    cell = notebook.cells[position(notebook, "ejercicio-99-1")]
    cell.cell_type = "raw"
    del cell["outputs"], cell["execution_count"]


def other_kernel(notebook: NotebookNode) -> None:
    notebook.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}


def answer(source: str) -> Edit:
    return lambda notebook: solution_cell(notebook, "99.1").__setitem__("source", source)


def own_cell(source: str) -> Edit:
    """Una celda propia justo antes del segundo ejercicio."""
    return lambda notebook: notebook.cells.insert(
        position(notebook, "ejercicio-99-2"), new_code_cell(source)
    )


EDITS: dict[str, tuple[Edit, list[float], str]] = {
    "a-borrada": (delete("ejercicio-99-1-visibles"), [2, 1], "Falta la celda ejercicio-99-1-vis"),
    "b-copia-arriba": (copy_above, [2, 1], "cuenta la que está justo arriba de las pruebas"),
    "c-copia-abajo": (copy_below, [2, 1], "cuenta la que está justo arriba de las pruebas"),
    "d-prueba-editada": (edit_test, [2, 1], "La celda ejercicio-99-1-visibles está cambiada"),
    "e-prueba-movida": (move_test, [2, 1], "Las celdas de ejercicio-99-1 están fuera de orden"),
    "f-importa-abajo": (move_imports, [2, 1], "La celda importaciones está abajo"),
    "g-otro-tipo": (retype, [2, 1], "La celda ejercicio-99-1 pasó a ser de tipo raw"),
    "h-otro-kernel": (other_kernel, [2, 1], "El notebook pedía el kernel «ir»"),
    "i-salida-enorme": (own_cell(A_LOT_OF_PRINT), [2, 1], "escribió demasiado: se cortó"),
    "j-resultado-enorme": (own_cell("'x' * 50_000_000"), [2, 1], "escribió demasiado"),
    "k-sys-exit": (own_cell("import sys\nsys.exit(3)"), [2, 1], "llama a sys.exit"),
    "l-os-exit": (own_cell("import os\nos._exit(3)"), [2, 0], "El kernel terminó en"),
    "m-bucle": (own_cell("while True:\n    pass"), [2, 1], "tardó más de 6 segundos y se cortó"),
    "n-bucle-terco": (own_cell(STUBBORN), [2, 0], "El kernel terminó en"),
    "n-bucle-sordo": (own_cell(HARD_OF_HEARING), [2, 1], "tardó más de 6 segundos y se cortó"),
    "o-memoria": (own_cell("x = bytearray(10**12)"), [2, 1], "pidió demasiada memoria"),
    "p-ruidosa": (answer(NOISY), [2, 1], ""),
    "q-equivocada": (answer(WRONG), [0, 1], ""),
}

FILES: dict[str, tuple[str, bytes, str]] = {
    "r-json-roto": (f"{UNIT}.ipynb", b'{"cells": [\n1,\n', "tiene el JSON roto en la línea 3"),
    "s-no-utf8": (f"{UNIT}.ipynb", "ñ".encode("latin-1"), "no está en UTF-8"),
    "t-sin-notebook": ("leeme.txt", b"hola", f"no trae {UNIT}.ipynb"),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[ToyCourse, dict[str, Graded]]:
    root = tmp_path_factory.mktemp("clase")
    path = root / "solutions" / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    master = toy_master()
    last = next(cell for cell in master.cells if grade_id_of(cell) == "ejercicio-99-2-visibles")
    last.source += "\n0"
    nbformat.write(master, path)
    release(UNIT, root)
    course = ToyCourse(root)
    for student, (edit, _, _) in EDITS.items():
        notebook = course.solved()
        edit(notebook)
        course.submit(student, notebook)
    for student, (name, content, _) in FILES.items():
        course.submit_file(student, name, content)
    (root / "submitted" / "u-enlace").symlink_to(root / "submitted" / "p-ruidosa")
    text = nbformat.writes(course.solved()).encode()
    course.submit_file("v-otro-nombre", "mi entrega.ipynb", text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ExecuteExercises, "timeout", 6)
        logging.disable(logging.CRITICAL)
        results = {result.student: result for result in grade([UNIT], root)}
        logging.disable(logging.NOTSET)
    return course, results


@pytest.mark.parametrize("student", EDITS)
def test_what_was_earned_counts_and_what_was_odd_is_said(
    graded: tuple[ToyCourse, dict[str, Graded]], student: str
) -> None:
    course, results = graded
    _, scores, reason = EDITS[student]
    assert course.scores(student)[:2] == scores
    assert reason in "\n".join(results[student].notes)
    assert results[student].problem is None
    rows = course.rows()
    assert reason in "\n".join(str(rows[student, f"99.{i}"]["note"]) for i in (1, 2, 3))


@pytest.mark.parametrize("student", FILES)
def test_a_file_that_cannot_be_read_has_its_row_with_the_reason(
    graded: tuple[ToyCourse, dict[str, Graded]], student: str
) -> None:
    course, results = graded
    reason = FILES[student][2]
    assert reason in str(results[student].problem)
    assert course.scores(student)[:2] == [0, 0]
    assert reason in str(course.rows()[student, "99.1"]["note"])


def test_a_linked_folder_is_not_followed(graded: tuple[ToyCourse, dict[str, Graded]]) -> None:
    course, results = graded
    assert "enlace simbólico" in str(results["u-enlace"].problem)
    assert course.scores("u-enlace")[:2] == [0, 0]


def test_a_renamed_notebook_keeps_its_points(graded: tuple[ToyCourse, dict[str, Graded]]) -> None:
    course, results = graded
    assert course.scores("v-otro-nombre")[:2] == [2, 1]
    assert "se llamaba mi entrega.ipynb" in "\n".join(results["v-otro-nombre"].notes)


def test_a_huge_output_is_not_stored(graded: tuple[ToyCourse, dict[str, Graded]]) -> None:
    course, _ = graded
    for student in ("i-salida-enorme", "j-resultado-enorme"):
        path = course.root / "autograded" / student / UNIT / f"{UNIT}.ipynb"
        assert path.stat().st_size < 500_000


def test_every_answer_of_an_exercise_that_was_copied_is_kept(
    graded: tuple[ToyCourse, dict[str, Graded]],
) -> None:
    course, _ = graded
    path = course.root / "autograded" / "b-copia-arriba" / UNIT / f"{UNIT}.ipynb"
    sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    assert RIGHT in sources
    assert WRONG in sources


def test_the_memory_of_a_kernel_has_a_limit() -> None:
    assert "setrlimit" in " ".join(kernel_arguments())


def test_grading_leaves_the_submissions_alone(
    graded: tuple[ToyCourse, dict[str, Graded]], tmp_path: Path
) -> None:
    course, _ = graded
    for student, (name, content, _) in FILES.items():
        assert (course.root / "submitted" / student / UNIT / name).read_bytes() == content
