"""Los archivos que se entregan con un notebook: de la publicación a la corrección, y sólo ésos."""

import json
import stat
import zipfile
from pathlib import Path

import nbformat
import pytest

from amq2.instructor.collect import collect
from amq2.instructor.course import released
from amq2.instructor.fingerprint import fingerprint
from amq2.instructor.grade import submissions
from amq2.instructor.intake import stage
from amq2.instructor.release import release
from amq2.instructor.solutions import write_solution
from amq2.notebook import files
from amq2.notebook.execute import NOTES
from amq2.student.check import check
from amq2.student.course import PUBLISHED
from amq2.student.submit import submit
from amq2.student.update import repair, update
from tests.test_collect import LATER, NIGHT, campus, moodle
from tests.test_grading import UNIT, toy_master
from tests.test_student import student_tree

MASTER = """\"\"\"El servicio.\"\"\"


def serve():
    ### BEGIN SOLUTION
    return "una respuesta que nadie tiene que ver"
    ### END SOLUTION
"""
STUB = MASTER.split("    ###")[0] + '    raise NotImplementedError("completá este ejercicio")\n'
MINE = "def serve():\n    return 1\n"


@pytest.fixture(autouse=True)
def _with_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(files.FILES, UNIT, ("serve.py", "trained.bin"))
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 100_000)


@pytest.fixture(scope="module")
def teachers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """El curso de los docentes, con la unidad publicada."""
    root = tmp_path_factory.mktemp("docentes")
    folder = root / "solutions" / UNIT
    folder.mkdir(parents=True)
    nbformat.write(toy_master(), folder / f"{UNIT}.ipynb")
    (folder / "serve.py").write_text(MASTER, encoding="utf-8")
    (folder / "trained.bin").write_bytes(b"el modelo del docente")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(files.FILES, UNIT, ("serve.py", "trained.bin"))
        release(UNIT, root)
    return root


def student(root: Path, teachers: Path, skeleton: str = STUB) -> Path:
    """La copia de un estudiante, recién bajada."""
    notebook = nbformat.read(released(UNIT, teachers), as_version=4)
    tree = student_tree(root, notebook)
    for folder in ("notebooks", PUBLISHED):
        (tree / folder / UNIT / "serve.py").write_text(skeleton, encoding="utf-8")
    return tree


def work(tree: Path, text: str = MINE) -> Path:
    """El estudiante escribe su archivo y entrena su modelo; devuelve su carpeta."""
    folder = tree / "notebooks" / UNIT
    (folder / "serve.py").write_text(text, encoding="utf-8")
    (folder / "trained.bin").write_bytes(b"mi modelo")
    return folder


def test_what_is_published_has_no_solution_and_no_trained_model(teachers: Path) -> None:
    folder = released(UNIT, teachers).parent
    assert {path.name for path in folder.iterdir()} == {f"{UNIT}.ipynb", "serve.py"}
    assert (folder / "serve.py").read_text("utf-8") == STUB


def test_the_files_go_in_the_zip_and_arrive_where_they_are_graded(
    teachers: Path, tmp_path: Path
) -> None:
    folder = work(student(tmp_path / "curso", teachers))
    (folder / "serve2.py").write_text("lo que nadie pide", encoding="utf-8")
    done = submit(UNIT, "ana", tmp_path / "curso")
    assert not done.findings
    with zipfile.ZipFile(done.path) as archive:
        names = set(archive.namelist())
        receipt = json.loads(archive.read("recibo.json"))
    assert names == {f"{UNIT}.ipynb", "serve.py", "trained.bin", "recibo.json"}
    assert set(receipt["files"]) == names - {"recibo.json"}
    placed = collect(done.path, teachers).placed[0]
    assert placed.remark == ""
    [submitted] = submissions(UNIT, teachers)
    assert stage(submitted, UNIT, released(UNIT, teachers), tmp_path / "copia") is None
    assert (tmp_path / "copia" / "serve.py").read_text("utf-8") == MINE
    assert (tmp_path / "copia" / "trained.bin").read_bytes() == b"mi modelo"


def test_a_file_that_python_does_not_understand_is_said_before_handing_in(
    teachers: Path, tmp_path: Path
) -> None:
    tree = student(tmp_path / "curso", teachers)
    work(tree, "x = 1\ndef broken(:\n")
    [finding] = submit(UNIT, "ana", tree).findings
    assert finding.problem == "serve.py: Python no entiende la línea 2."


def test_a_missing_file_is_named_before_and_after_handing_in(
    teachers: Path, tmp_path: Path
) -> None:
    tree = student(tmp_path / "curso", teachers)
    [finding] = check(UNIT, tree).findings
    assert finding.problem == "trained.bin: no está."
    (tree / "notebooks" / UNIT / "serve.py").unlink()
    assert len(submit(UNIT, "ana", tree).findings) == 2
    stage(tree / "notebooks" / UNIT, UNIT, released(UNIT, teachers), tmp_path / "copia")
    assert not (tmp_path / "copia" / "serve.py").exists()
    notes = nbformat.read(tmp_path / "copia" / f"{UNIT}.ipynb", 4).metadata[NOTES]
    assert ["", "serve.py no está: se corrigió sin ese archivo."] in notes


def test_links_big_files_and_other_names_do_not_reach_the_room(
    teachers: Path, tmp_path: Path
) -> None:
    folder = work(student(tmp_path / "curso", teachers))
    (folder / "serve.py").unlink()
    (folder / "serve.py").symlink_to(teachers / "solutions" / UNIT / "serve.py")
    (folder / "trained.bin").write_bytes(bytes(100_001))
    (folder / "sitecustomize.py").write_text("1 / 0", encoding="utf-8")
    stage(folder, UNIT, released(UNIT, teachers), tmp_path / "copia")
    assert [path.name for path in (tmp_path / "copia").iterdir()] == [f"{UNIT}.ipynb"]
    notes = nbformat.read(tmp_path / "copia" / f"{UNIT}.ipynb", 4).metadata[NOTES]
    assert [text.split(":")[0] for _, text in notes] == [
        "serve.py es un enlace simbólico",
        "trained.bin pesa más de 0 MB",
    ]
    with zipfile.ZipFile(submit(UNIT, "ana", tmp_path / "curso").path) as archive:
        assert set(archive.namelist()) == {f"{UNIT}.ipynb", "recibo.json"}


def test_what_a_zip_brings_besides_is_left_out(teachers: Path, tmp_path: Path) -> None:
    path = tmp_path / f"mala_{UNIT}.zip"
    link = zipfile.ZipInfo("trained.bin")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{UNIT}.ipynb", "{}")
        archive.writestr(link, "/etc/passwd")
        archive.writestr("otra/serve.py", "de otra carpeta")
        archive.writestr("../serve.py", "de afuera")
        archive.writestr("conftest.py", "1 / 0")
    source = campus(tmp_path / "c.zip", {moodle("Mala", 9, path.name): path.read_bytes()})
    collect(source, teachers)
    folder = teachers / "submitted" / "mala" / UNIT
    assert {one.name for one in folder.iterdir()} == {
        f"{UNIT}.ipynb",
        "procedencia.json",
        "timestamp.txt",
    }


def test_a_file_that_is_not_the_one_of_the_receipt_is_noted(teachers: Path, tmp_path: Path) -> None:
    work(student(tmp_path / "curso", teachers))
    zipped = submit(UNIT, "eva", tmp_path / "curso").path
    with zipfile.ZipFile(zipped) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(zipped, "w") as archive:
        for name, content in (members | {"serve.py": b"otro"}).items():
            archive.writestr(name, content)
    [placed] = collect(zipped, teachers).placed
    assert placed.remark == "El recibo no coincide con serve.py."


def test_another_file_is_another_attempt_and_is_graded_again(
    teachers: Path, tmp_path: Path
) -> None:
    tree = student(tmp_path / "curso", teachers)
    marks = []
    for text, when in ((MINE, NIGHT), (MINE + "# otra vez\n", NIGHT), (MINE, LATER)):
        work(tree, text)
        content = submit(UNIT, "leo", tree).path.read_bytes()
        name = moodle("Leo", 5, f"leo_{UNIT}.zip")
        collect(campus(tmp_path / "c.zip", {name: content}, when), teachers)
        marks.append(fingerprint(teachers / "submitted" / "leo" / UNIT, teachers))
    attempts = [*(teachers / "submitted" / ".intentos" / "leo" / UNIT).iterdir()]
    assert len(attempts) == 2
    assert len(set(marks)) >= 2
    assert (teachers / "submitted" / "leo" / UNIT / "serve.py").read_text("utf-8") == MINE


@pytest.mark.parametrize(
    ("mine", "expected", "told"),
    [(STUB, STUB + "# v2\n", "no lo habías tocado"), (MINE, MINE, "serve-nuevo.py.txt")],
)
def test_an_update_brings_the_new_skeleton_and_never_replaces_what_a_student_wrote(
    teachers: Path, tmp_path: Path, mine: str, expected: str, told: str
) -> None:
    tree = student(tmp_path / "curso", teachers)
    folder = work(tree, mine)
    newer = student(tmp_path / "nueva", teachers, STUB + "# v2\n")
    assert told in "\n".join(update(newer, tree))
    assert (folder / "serve.py").read_text("utf-8") == expected
    assert (folder / "trained.bin").read_bytes() == b"mi modelo"
    again = "\n".join(update(newer, tree))
    assert "serve.py" not in again


def test_an_erased_file_is_put_back(teachers: Path, tmp_path: Path) -> None:
    tree = student(tmp_path / "curso", teachers)
    path = tree / "notebooks" / UNIT / "serve.py"
    path.unlink()
    assert f"{UNIT}: serve.py: se repuso." in repair(tree)
    assert path.read_text("utf-8") == STUB


def test_the_solved_unit_is_a_folder_with_the_files_and_no_marks(teachers: Path) -> None:
    path = write_solution(UNIT, teachers)
    assert path == teachers / "build" / "soluciones" / UNIT / f"{UNIT}.ipynb"
    solved = path.with_name("serve.py").read_text("utf-8")
    assert "una respuesta que nadie" in solved
    assert "SOLUTION" not in solved
    assert not path.with_name("trained.bin").exists()
