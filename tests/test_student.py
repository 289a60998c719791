"""El camino de un estudiante: revisar, entregar y actualizar su copia del curso."""

import json
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from amq2.instructor.release import release
from amq2.notebook.cells import grade_id_of
from amq2.student import check as checking
from amq2.student.course import LISTING, PUBLISHED, StudentError, notebook_path
from amq2.student.merge import merge
from amq2.student.submit import student_name, submit
from amq2.student.update import main as update_command
from amq2.student.update import repair, update
from amq2.student.version import opened_bundle
from tests.catalogue import solution_cell
from tests.test_grading import (
    OTHER_RIGHT,
    RIGHT,
    UNIT,
    check_cell,
    solution,
    toy_master,
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    """La unidad de juguete, como se publica."""
    return publish(toy_master(), tmp_path_factory.mktemp("docentes"))


def publish(master: NotebookNode, root: Path) -> NotebookNode:
    path = root / "solutions" / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(master, path)
    return nbformat.read(release(UNIT, root), as_version=4)


def student_tree(root: Path, notebook: NotebookNode, **files: str) -> Path:
    """Una copia del curso como la arma make bundle, con una unidad."""
    for folder in ("notebooks", PUBLISHED):
        (root / folder / UNIT).mkdir(parents=True)
        nbformat.write(notebook, root / folder / UNIT / f"{UNIT}.ipynb")
    for name, text in files.items():
        (root / f"{name}.txt").write_text(text, encoding="utf-8")
    listing = [*(f"{name}.txt" for name in files), f"notebooks/{UNIT}/{UNIT}.ipynb"]
    (root / PUBLISHED / LISTING).write_text("\n".join(listing) + "\n", encoding="utf-8")
    return root


@pytest.fixture
def tree(tmp_path: Path, published: NotebookNode) -> Path:
    return student_tree(tmp_path / "curso", published)


def change(tree: Path, edit: Callable[[NotebookNode], object]) -> None:
    path = notebook_path(UNIT, tree)
    notebook = nbformat.read(path, as_version=4)
    edit(notebook)
    nbformat.write(notebook, path)


def solve(notebook: NotebookNode) -> None:
    solution_cell(notebook, "99.1").source = RIGHT
    solution_cell(notebook, "99.2").source = OTHER_RIGHT


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(one for one in notebook.cells if grade_id_of(one) == name)


def remove(name: str) -> Callable[[NotebookNode], object]:
    return lambda notebook: notebook.cells.remove(cell(notebook, name))


def copy(name: str) -> Callable[[NotebookNode], object]:
    def edit(notebook: NotebookNode) -> None:
        original = cell(notebook, name)
        notebook.cells.append(new_code_cell(original.source, metadata=deepcopy(original.metadata)))

    return edit


def retype(notebook: NotebookNode) -> None:
    one = cell(notebook, "ejercicio-99-2-visibles")
    one.cell_type = "markdown"
    del one["outputs"], one["execution_count"]


def move(notebook: NotebookNode) -> None:
    one = cell(notebook, "ejercicio-99-1-visibles")
    notebook.cells.remove(one)
    notebook.cells.insert(1, one)


def edit_test(notebook: NotebookNode) -> None:
    cell(notebook, "ejercicio-99-2-visibles").source = "pass"


def add(source: str) -> Callable[[NotebookNode], object]:
    return lambda notebook: notebook.cells.append(new_code_cell(source))


@pytest.mark.parametrize(
    ("breaks", "problem"),
    [
        (remove("ejercicio-99-1-visibles"), "Falta la celda ejercicio-99-1-visibles."),
        (copy("ejercicio-99-1"), "La celda ejercicio-99-1 está repetida."),
        (retype, "La celda ejercicio-99-2-visibles pasó a ser de tipo markdown."),
        (move, "Las celdas de ejercicio-99-1 están fuera de orden."),
        (edit_test, "La celda ejercicio-99-2-visibles está cambiada."),
        (add("tap.url"), "termina con NameError: name 'tap' is not defined en un kernel nuevo."),
    ],
)
def test_the_preflight_names_what_is_broken_and_its_repair_and_no_point_is_lost(
    tree: Path, breaks: Callable[[NotebookNode], object], problem: str
) -> None:
    change(tree, solve)
    change(tree, breaks)
    report = checking.check(UNIT, tree)
    [finding] = report.findings
    assert problem in finding.problem
    assert finding.repair
    assert [one.score for one in report.exercises] == [1, 1, 0]
    assert "Puntos hasta ahora: 2 de 2 a la vista." in str(report)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"cells": [\n1,\n', "JSON roto en la línea 3"),
        ("ñ".encode("latin-1"), "no está en UTF-8"),
        (b'{"hola": 1}', "no es un notebook válido"),
    ],
)
def test_a_file_that_cannot_be_read_gets_its_repair_and_stays_as_it_was(
    tree: Path, content: bytes, problem: str
) -> None:
    path = notebook_path(UNIT, tree)
    path.write_bytes(content)
    [finding] = checking.check(UNIT, tree).findings
    assert problem in finding.problem
    assert finding.repair
    with pytest.raises(StudentError, match="No se armó la entrega"):
        submit(UNIT, "ana", tree)
    assert path.read_bytes() == content


def test_a_renamed_file_is_named_and_still_checked(tree: Path) -> None:
    change(tree, solve)
    path = notebook_path(UNIT, tree)
    path.rename(path.with_name("final.ipynb"))
    report = checking.check(UNIT, tree)
    [finding] = report.findings
    assert finding.problem == "El notebook se llama final.ipynb."
    assert f"Renombrar → {UNIT}.ipynb" in finding.repair
    assert [one.score for one in report.exercises] == [1, 1, 0]


def test_a_missing_file_is_named(tree: Path) -> None:
    notebook_path(UNIT, tree).unlink()
    [finding] = checking.check(UNIT, tree).findings
    assert finding.problem == f"No está {UNIT}.ipynb."


def test_a_slow_answer_is_cut_and_named(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking._ExecuteWithBar, "timeout", 1)
    change(tree, add("while True: pass"))
    findings = checking.check(UNIT, tree).findings
    assert any("tardó más de 1 segundos y se cortó" in finding.problem for finding in findings)


def test_a_wrong_answer_shows_its_message_and_an_empty_one_only_that_it_is_empty(
    tree: Path,
) -> None:
    change(
        tree,
        lambda notebook: solution_cell(notebook, "99.1").__setitem__(
            "source", "def double(x):\n    return x"
        ),
    )
    text = str(checking.check(UNIT, tree))
    assert "99.1 ✗ 0 de 1 a la vista, 1 en pruebas ocultas" in text
    assert "✗ El doble de 2" in text
    assert "99.2 ✗ 0 de 1 a la vista, sin respuesta" in text
    assert "99.3 1 a mano, sin respuesta" in text
    assert "Puntos hasta ahora: 0 de 2 a la vista." in text


def test_checking_changes_no_file(tree: Path) -> None:
    change(tree, remove("ejercicio-99-1"))
    before = notebook_path(UNIT, tree).read_bytes()
    checking.check(UNIT, tree)
    assert notebook_path(UNIT, tree).read_bytes() == before


def test_a_submission_is_a_zip_with_its_receipt(tree: Path) -> None:
    change(tree, solve)
    done = submit(UNIT, "ana.perez", tree)
    assert done.path == tree / "entregas" / f"ana.perez_{UNIT}.zip"
    assert done.blank == ["ejercicio-99-3"]
    with zipfile.ZipFile(done.path) as archive:
        content = archive.read(f"{UNIT}.ipynb")
        receipt = json.loads(archive.read("recibo.json"))
    assert content == notebook_path(UNIT, tree).read_bytes()
    assert receipt["student"] == "ana.perez"
    assert receipt["unit"] == UNIT
    assert receipt["time"].endswith("-03:00")
    assert receipt["files"] == {f"{UNIT}.ipynb": sha256(content).hexdigest()}


def test_an_earlier_submission_is_kept(tree: Path) -> None:
    first = submit(UNIT, "ana", tree).path.read_bytes()
    change(tree, solve)
    submit(UNIT, "ana", tree)
    [kept] = (tree / "entregas" / "anteriores").iterdir()
    assert kept.read_bytes() == first


def test_the_name_is_asked_once_and_has_to_serve_as_a_file_name(tree: Path) -> None:
    with pytest.raises(StudentError, match="STUDENT=ana"):
        student_name("", tree)
    with pytest.raises(StudentError, match="no sirve como nombre"):
        student_name("../Ana", tree)
    assert student_name("ana.perez", tree) == "ana.perez"
    assert student_name("", tree) == "ana.perez"


def newer(base: NotebookNode) -> NotebookNode:
    """Otra versión: cambia la consigna del 99.1, saca el 99.2 y agrega el 99.4."""
    new = deepcopy(base)
    statement = next(one for one in new.cells if "Ejercicio 99.1" in one.source)
    statement.source += ", también de los negativos"
    gone = ("ejercicio-99-2", "ejercicio-99-2-visibles")
    new.cells = [
        one
        for one in new.cells
        if grade_id_of(one) not in gone and "Ejercicio 99.2" not in one.source
    ]
    new.cells += [
        new_markdown_cell("### Ejercicio 99.4 (1 punto): mitad"),
        solution("ejercicio-99-4", "def half(x):\n    raise NotImplementedError"),
        check_cell("ejercicio-99-4-visibles", "half(2)"),
    ]
    return new


def half_solved(notebook: NotebookNode) -> None:
    solve(notebook)
    cell(notebook, "ejercicio-99-1").outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="mío")
    ]
    place = notebook.cells.index(cell(notebook, "ejercicio-99-1-visibles")) + 1
    notebook.cells.insert(place, new_code_cell("double(21)"))
    notebook.cells.append(new_markdown_cell("mis notas"))


def test_a_newer_version_keeps_every_answer_and_own_cell(
    tree: Path, tmp_path: Path, published: NotebookNode
) -> None:
    change(tree, half_solved)
    before = notebook_path(UNIT, tree).read_bytes()
    new = student_tree(tmp_path / "nueva", newer(published))
    report = update(new, tree)
    notebook = nbformat.read(notebook_path(UNIT, tree), as_version=4)
    names = [grade_id_of(one) or one.source for one in notebook.cells]
    assert cell(notebook, "ejercicio-99-1").source == RIGHT
    assert cell(notebook, "ejercicio-99-1").outputs[0].text == "mío"
    assert names.index("double(21)") == names.index("ejercicio-99-1-visibles") + 1
    assert OTHER_RIGHT in names
    assert "ejercicio-99-2" not in names
    assert "mis notas" in names
    assert "ejercicio-99-4" in names
    assert "también de los negativos" in "\n".join(names)
    assert f"{UNIT}: 99.1: cambió la consigna." in report
    assert f"{UNIT}: 99.4: ejercicio nuevo." in report
    assert any(line.startswith(f"{UNIT}: 99.2: ya no está") for line in report)
    [backup] = (tree / "respaldos").glob(f"*/notebooks/{UNIT}/{UNIT}.ipynb")
    assert backup.read_bytes() == before


def test_updating_twice_changes_nothing_more(
    tree: Path, tmp_path: Path, published: NotebookNode
) -> None:
    change(tree, half_solved)
    new = student_tree(tmp_path / "nueva", newer(published))
    update(new, tree)
    once = nbformat.read(notebook_path(UNIT, tree), as_version=4)
    report = update(new, tree)
    assert nbformat.read(notebook_path(UNIT, tree), as_version=4) == once
    assert len(report) == 1


def test_an_update_that_was_cut_half_way_can_be_repeated(published: NotebookNode) -> None:
    mine = deepcopy(published)
    half_solved(mine)
    new = newer(published)
    once = merge(published, new, mine).notebook
    again = merge(published, new, once).notebook
    own = [one.source for one in again.cells if one.source in ("double(21)", "mis notas")]
    assert own == ["double(21)", "mis notas"]
    assert cell(again, "ejercicio-99-1").source == RIGHT
    assert [grade_id_of(one) for one in again.cells].count("ejercicio-99-4") == 1


def test_a_changed_stub_never_replaces_an_answer_and_is_reported(published: NotebookNode) -> None:
    new, mine = deepcopy(published), deepcopy(published)
    solution_cell(new, "99.1").source = "def double(number):\n    ..."
    solution_cell(new, "99.2").source = "def triple(number):\n    ..."
    solution_cell(mine, "99.1").source = RIGHT
    merged = merge(published, new, mine)
    assert solution_cell(merged.notebook, "99.1").source == RIGHT
    assert solution_cell(merged.notebook, "99.2").source == "def triple(number):\n    ..."
    assert "99.1: cambió el esqueleto; tu respuesta quedó como estaba." in merged.report


def test_a_lesson_cell_that_both_changed_is_kept_twice(published: NotebookNode) -> None:
    new, mine = deepcopy(published), deepcopy(published)
    new.cells[1].source, mine.cells[1].source = "print('curso')", "print('yo')"
    sources = [one.source for one in merge(published, new, mine).notebook.cells]
    assert sources.index("print('yo')") == sources.index("print('curso')") + 1


def test_the_other_files_are_replaced_and_what_was_there_is_in_the_backup(
    tmp_path: Path, published: NotebookNode
) -> None:
    tree = student_tree(tmp_path / "curso", published, a="viejo", b="igual", c="se va")
    (tree / "mío.txt").write_text("mío", encoding="utf-8")
    new = student_tree(tmp_path / "nueva", published, a="nuevo", b="igual", d="llega")
    update(new, tree)
    [backup] = (tree / "respaldos").iterdir()
    found = {path.name: path.read_text("utf-8") for path in tree.glob("*.txt")}
    saved = {path.name: path.read_text("utf-8") for path in backup.glob("*.txt")}
    assert found == {"a.txt": "nuevo", "b.txt": "igual", "d.txt": "llega", "mío.txt": "mío"}
    assert saved == {"a.txt": "viejo", "c.txt": "se va"}


def test_a_broken_notebook_is_kept_aside_by_an_update(
    tree: Path, tmp_path: Path, published: NotebookNode
) -> None:
    notebook_path(UNIT, tree).write_bytes(b"{")
    update(student_tree(tmp_path / "nueva", published), tree)
    assert (tree / "notebooks" / UNIT / f"{UNIT}-dañado.ipynb.txt").read_bytes() == b"{"
    assert nbformat.read(notebook_path(UNIT, tree), as_version=4) == published


def test_without_a_new_version_the_cells_of_the_course_are_put_back(tree: Path) -> None:
    change(tree, solve)
    change(tree, remove("ejercicio-99-1-visibles"))
    report = repair(tree)
    assert "Falta la celda ejercicio-99-1-visibles" in "\n".join(report)
    assert not checking.check(UNIT, tree).findings


def test_a_bundle_can_be_a_folder_or_an_archive_and_nothing_else(
    tmp_path: Path, published: NotebookNode
) -> None:
    tree = student_tree(tmp_path / "curso", published)
    with tarfile.open(tmp_path / "curso.tar.gz", "w:gz") as archive:
        archive.add(tree, arcname="curso")
    for source in (tree, tmp_path / "curso.tar.gz"):
        with opened_bundle(source) as folder:
            assert (folder / PUBLISHED / LISTING).exists()
    (tmp_path / "roto.tar.gz").write_bytes(b"no")
    shutil.rmtree(tree / PUBLISHED)
    for source in (tree, tmp_path / "roto.tar.gz", tmp_path / "no-esta"):
        with pytest.raises(StudentError, match=r"baj|decí"), opened_bundle(source):
            pass


def test_an_edited_test_does_not_change_the_points(tree: Path) -> None:
    """Lo que vale es la prueba publicada, como al corregir."""
    change(tree, solve)
    change(tree, lambda one: solution_cell(one, "99.1").__setitem__("source", "def double(x): 0"))
    change(tree, lambda one: cell(one, "ejercicio-99-1-visibles").__setitem__("source", "pass"))
    change(tree, lambda one: cell(one, "ejercicio-99-2-visibles").__setitem__("source", "1 / 0"))
    change(tree, lambda one: cell(one, "importaciones").__setitem__("source", "x = 1"))
    assert [one.score for one in checking.check(UNIT, tree).exercises] == [0, 1, 0]


@pytest.mark.parametrize("broken", [{"points": "mil"}, {"points": 50}, {"grade": False}, {}])
def test_the_metadata_of_a_test_is_the_published(tree: Path, broken: dict[str, object]) -> None:
    change(tree, solve)
    name = "ejercicio-99-1-visibles"
    change(
        tree,
        lambda one: cell(one, name).metadata.__setitem__("nbgrader", {"grade_id": name, **broken}),
    )
    report = str(checking.check(UNIT, tree))
    assert "Puntos hasta ahora: 2 de 2 a la vista" in report


def test_notes_that_the_file_brings_are_not_believed(tree: Path) -> None:
    change(tree, lambda one: one.metadata.__setitem__("amq2_notes", "cualquier cosa"))
    assert not checking.check(UNIT, tree).findings


@pytest.mark.parametrize(
    ("source", "problem", "repair"),
    [
        ("import sys; sys.exit(3)", "llama a sys.exit", "sacá esa línea"),
        ("import os; os._exit(3)", "El kernel terminó", "lo que sigue no da puntos"),
        ("x = bytearray(10**12)", "demasiada memoria", "no guardes todo junto"),
    ],
)
def test_a_cell_that_breaks_the_run_is_named_once(
    tree: Path, source: str, problem: str, repair: str
) -> None:
    change(tree, add(source))
    [finding] = checking.check(UNIT, tree).findings
    assert problem in finding.problem
    assert repair in finding.repair


def test_of_an_answer_by_hand_that_was_copied_counts_the_written_one(tree: Path) -> None:
    def write_in_a_copy(notebook: NotebookNode) -> None:
        original = cell(notebook, "ejercicio-99-3")
        notebook.cells.append(new_markdown_cell("Sí.", metadata=deepcopy(original.metadata)))

    change(tree, write_in_a_copy)
    report = checking.check(UNIT, tree)
    assert report.exercises[2].answered
    assert "la primera que escribiste" in report.findings[0].repair


def test_a_unit_of_ones_own_without_a_notebook_is_named(tree: Path) -> None:
    (tree / "notebooks" / "98-mia").mkdir()
    [finding] = checking.check("98-mia", tree).findings
    assert finding.problem == "No está 98-mia.ipynb."


def test_a_linked_notebook_is_not_submitted_in_place_of_the_real_one(tree: Path) -> None:
    path = notebook_path(UNIT, tree)
    path.rename(path.with_name("final.ipynb"))
    path.symlink_to(tree / PUBLISHED / LISTING)
    with zipfile.ZipFile(submit(UNIT, "ana", tree).path) as archive:
        assert archive.read(f"{UNIT}.ipynb") == path.with_name("final.ipynb").read_bytes()


def test_a_submission_that_was_cut_keeps_the_one_before(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = submit(UNIT, "ana", tree)
    before = first.path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "writestr", lambda *_: (_ for _ in ()).throw(KeyError()))
        with pytest.raises(KeyError):
            submit(UNIT, "ana", tree)
    assert first.path.read_bytes() == before


def without_ids(notebook: NotebookNode) -> None:
    """Como lo guarda Colab."""
    notebook.nbformat_minor = 0
    for one in notebook.cells:
        del one["id"]


def test_a_notebook_saved_without_cell_ids_is_not_doubled(
    tree: Path, tmp_path: Path, published: NotebookNode
) -> None:
    change(tree, half_solved)
    change(tree, without_ids)
    update(student_tree(tmp_path / "nueva", newer(published)), tree)
    sources = [one.source for one in nbformat.read(notebook_path(UNIT, tree), 4).cells]
    assert len(sources) == len(set(sources))
    assert sources.index("double(21)") == 1 + sources.index(
        cell(published, "ejercicio-99-1-visibles").source
    )
    assert RIGHT in sources
    assert "mis notas" in sources


def test_a_renamed_notebook_is_updated_and_gets_its_name_back(tree: Path) -> None:
    change(tree, solve)
    path = notebook_path(UNIT, tree)
    path.rename(path.with_name("final.ipynb"))
    report = "\n".join(repair(tree))
    assert "se llamaba final.ipynb" in report
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert solution_cell(nbformat.read(path, as_version=4), "99.1").source == RIGHT


def test_a_pasted_image_stays_in_its_answer(tree: Path) -> None:
    image = {"a.png": {"image/png": "aGk="}}

    def paste(notebook: NotebookNode) -> None:
        cell(notebook, "ejercicio-99-3").update(
            source="![x](attachment:a.png)", attachments=deepcopy(image)
        )

    change(tree, paste)
    repair(tree)
    notebook = nbformat.read(notebook_path(UNIT, tree), as_version=4)
    assert cell(notebook, "ejercicio-99-3").attachments == image


def test_an_edited_test_is_put_back_by_update_and_the_edit_stays_below(tree: Path) -> None:
    change(tree, edit_test)
    report = "\n".join(repair(tree))
    assert "La celda ejercicio-99-2-visibles está cambiada: se repuso la publicada" in report
    assert "también cambió en el curso" not in report
    notebook = nbformat.read(notebook_path(UNIT, tree), as_version=4)
    place = notebook.cells.index(cell(notebook, "ejercicio-99-2-visibles"))
    assert "check_equal" in notebook.cells[place].source
    assert notebook.cells[place + 1].source == "pass"


def test_half_an_emoji_stops_neither_check_nor_update(tree: Path) -> None:
    path = notebook_path(UNIT, tree)
    text = path.read_text(encoding="utf-8").replace("### Ejercicio 99.1", "\\ud83d")
    path.write_text(text, encoding="utf-8")
    assert checking.check(UNIT, tree).exercises
    assert repair(tree)


def test_a_file_of_the_course_beside_a_notebook_is_updated_too(
    tmp_path: Path, published: NotebookNode
) -> None:
    trees = []
    for name, text in (("curso", "viejo"), ("nueva", "nuevo")):
        tree = student_tree(tmp_path / name, published)
        (tree / "notebooks" / UNIT / "datos.csv").write_text(text, encoding="utf-8")
        with (tree / PUBLISHED / LISTING).open("a", encoding="utf-8") as listing:
            listing.write(f"notebooks/{UNIT}/datos.csv\n")
        trees.append(tree)
    update(trees[1], trees[0])
    path = trees[0] / "notebooks" / UNIT / "datos.csv"
    assert path.read_text(encoding="utf-8") == "nuevo"


def test_a_python_without_the_filters_of_tarfile_opens_a_bundle(
    tmp_path: Path, published: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """El Python 3.11.2 de Debian 12."""
    tree = student_tree(tmp_path / "curso", published)
    with tarfile.open(tmp_path / "curso.tar.gz", "w:gz") as archive:
        archive.add(tree, arcname="curso")
    extract = tarfile.TarFile.extractall
    monkeypatch.setattr(tarfile.TarFile, "extractall", lambda one, path: extract(one, path))
    monkeypatch.delattr(tarfile, "data_filter")
    with opened_bundle(tmp_path / "curso.tar.gz") as folder:
        assert (folder / PUBLISHED / LISTING).exists()


def test_update_takes_a_path_from_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """La shell de macOS no cambia el ~ de FROM=~/curso.tar.gz."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(StudentError, match=str(tmp_path / "curso.tar.gz")):
        update_command(["~/curso.tar.gz"])


def test_repeated_cell_ids_are_mended_without_a_word(tree: Path) -> None:
    change(tree, solve)
    path = notebook_path(UNIT, tree)
    content = json.loads(path.read_text(encoding="utf-8"))
    for one in content["cells"]:
        one["id"] = "igual"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert "2 de 2 a la vista" in str(checking.check(UNIT, tree))
