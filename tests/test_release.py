"""Lo que se publica: igual a lo que sale del máster, sin respuestas y con los puntos que van."""

import re
import tarfile
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from amq2.instructor import bundle
from amq2.instructor.course import ROOT, CourseError, master, released, units
from amq2.instructor.release import release
from amq2.notebook.cells import TEACHERS, exercise_of, grade_id_of, has_tag, is_of_exercise
from amq2.notebook.files import files_of

POINTS = {"00": 1, "01": 20, "02": 20, "03": 20, "04": 20, "05": 20, "06": 20, "07": 40}
MAX_BYTES = 1_000_000
REGIONS = {"BEGIN SOLUTION": "END SOLUTION", "BEGIN HIDDEN TESTS": "END HIDDEN TESTS"}

each_unit = pytest.mark.parametrize("unit", units())


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def carried(unit: str, folder: Path) -> list[Path]:
    """Los archivos de Python que van con el notebook de una unidad."""
    return [folder / name for name in files_of(unit) if name.endswith(".py")]


def secrets_of(unit: str) -> set[str]:
    """Los renglones secretos de una unidad: los de su notebook y los de sus archivos."""
    sources = [path.read_text("utf-8") for path in carried(unit, master(unit).parent)]
    files = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in sources])
    return secret_lines(read(master(unit))) | secret_lines(files)


def secret_lines(notebook: NotebookNode) -> set[str]:
    """Los renglones de un máster que un estudiante no puede ver, si son largos como para serlo."""
    secrets: set[str] = set()
    public: set[str] = set()
    for cell in notebook.cells:
        end = None
        for line in map(str.strip, cell.source.splitlines()):
            starts = next((close for begin, close in REGIONS.items() if begin in line), None)
            if end and end in line:
                end = None
            elif starts:
                end = starts
            elif end or (cell.cell_type == "markdown" and is_solution(cell)):
                secrets.add(line)
            else:
                public.add(line)
    return {line for line in secrets - public if len(line) > 25}


@each_unit
def test_the_committed_notebook_is_what_the_master_releases(unit: str, tmp_path: Path) -> None:
    again = release(unit, destination=tmp_path)
    assert read(again) == read(released(unit)), f"corré make release UNIT={unit}"
    for path in carried(unit, released(unit).parent):
        assert path.read_text("utf-8") == again.with_name(path.name).read_text("utf-8"), path.name
    published = {path.name for path in again.parent.iterdir()} - {again.name}
    assert published == {path.name for path in carried(unit, again.parent)}


@each_unit
def test_no_solution_and_no_hidden_test_reaches_the_student(unit: str) -> None:
    secrets = secrets_of(unit)
    files = [path.read_text("utf-8") for path in carried(unit, released(unit).parent)]
    text = "\n".join([*(cell.source for cell in read(released(unit)).cells), *files])
    assert secrets
    assert not [line for line in secrets if line in text]
    assert not [word for pair in REGIONS.items() for word in pair if word in text]


def test_the_gate_sees_a_solution_that_leaks() -> None:
    answer = "    return compute_the_answer(1, 2)"
    source = f"def f():\n    ### BEGIN SOLUTION\n{answer}\n    ### END SOLUTION"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    assert secret_lines(notebook) == {"return compute_the_answer(1, 2)"}


@each_unit
def test_grade_ids_are_unique_and_points_add_up_to_the_syllabus(unit: str) -> None:
    cells = read(master(unit)).cells
    names = Counter(name for cell in cells if (name := grade_id_of(cell)))
    assert max(names.values()) == 1
    exercises = {exercise_of(name) for name in names if is_of_exercise(name)}
    assert {number.split(".")[0] for number in exercises} == {str(int(unit[:2]))}
    assert (
        sum(cell.metadata.nbgrader.points for cell in cells if is_grade(cell)) == POINTS[unit[:2]]
    )


@each_unit
def test_the_note_for_teachers_stays_in_the_master(unit: str) -> None:
    [note] = [cell for cell in read(master(unit)).cells if has_tag(cell, TEACHERS)]
    assert "**Nota para docentes**" in note.source
    assert re.search(r"[Tt]iempos|minutos", note.source)
    assert re.search(r"[Ee]rrores típicos|entenderse mal", note.source)
    text = "\n".join(cell.source for cell in read(released(unit)).cells)
    assert not [line for line in note.source.splitlines() if len(line) > 25 and line in text]


@each_unit
def test_each_exercise_states_the_points_that_its_cells_give(unit: str) -> None:
    cells = read(master(unit)).cells
    given: Counter[str] = Counter()
    for cell in filter(is_grade, cells):
        given[exercise_of(cell.metadata.nbgrader.grade_id)] += cell.metadata.nbgrader.points
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    stated = re.findall(r"^### Ejercicio (\d+\.\d+) \((\d+) puntos?\)", text, re.MULTILINE)
    assert {number: int(points) for number, points in stated} == dict(given)


@each_unit
def test_hidden_messages_are_literal_texts(unit: str) -> None:
    for cell in read(master(unit)).cells:
        assert not re.search(r"hidden_test\(\s*f[\"']", cell.source), cell.source


@each_unit
@pytest.mark.parametrize("find", [master, released])
def test_a_notebook_is_light_and_has_no_warning_in_its_outputs(unit: str, find: object) -> None:
    assert callable(find)
    path = find(unit)
    assert path.stat().st_size < MAX_BYTES
    outputs = [
        output
        for cell in read(path).cells
        if not has_tag(cell, "raises-exception")
        for output in cell.get("outputs", [])
    ]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert not [output for output in outputs if output.output_type == "error"]


@each_unit
def test_masters_keep_the_outputs_of_a_clean_run(unit: str) -> None:
    code = [cell for cell in read(master(unit)).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle.write_tree(tmp_path_factory.mktemp("bundle"))


def test_the_bundle_has_what_a_student_needs_and_nothing_of_the_instructors(tree: Path) -> None:
    names = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    assert {"Makefile", "README.md", "inicio.md", "requirements.txt", "pyproject.toml"} <= names
    assert {str(released(unit).relative_to(ROOT)) for unit in units()} <= names
    forbidden = ("solutions/", "tests/", "src/amq2/instructor/", "instructor.mk", "nbgrader_config")
    assert not [name for name in names if name.startswith(forbidden)]


def test_no_dag_of_a_student_is_for_instructors(tree: Path) -> None:
    dags = {path.name: path.read_text(encoding="utf-8") for path in tree.glob("dags/*.py")}
    ours = {path.name for path in (ROOT / "dags").glob("*.py")}
    assert ours - set(dags) == {"grade_class.py"}
    assert not [name for name, text in dags.items() if "amq2.instructor" in text]


def test_no_secret_line_is_in_the_bundle(tree: Path) -> None:
    secrets = {line for unit in units() for line in secret_lines(read(master(unit)))}
    texts = {
        str(path.relative_to(tree)): path.read_text(encoding="utf-8", errors="ignore")
        for path in tree.rglob("*")
        if path.is_file()
    }
    leaks = [(name, line) for name, text in texts.items() for line in secrets if line in text]
    # Lo de los archivos se parece a lo de src/: se mira donde los archivos van.
    for unit in filter(files_of, units()):
        own = [text for name, text in texts.items() if f"/{unit}/" in name]
        assert len(own) >= 2 * len(carried(unit, ROOT))
        leaks += [(unit, line) for text in own for line in secrets_of(unit) if line in text]
    assert not leaks


def test_the_archive_names_nobody(tmp_path: Path) -> None:
    archive = bundle.write_archive(tmp_path)
    with tarfile.open(archive) as tar:
        assert {(member.uname, member.gname) for member in tar.getmembers()} == {("", "")}


# --- Enlaces, comandos y rutas que nombran los textos ---------------------------------------


def texts(root: Path) -> dict[str, str]:
    """Los textos que lee una persona: README, página de inicio y notebooks."""
    found = {name: (root / name).read_text(encoding="utf-8") for name in ("README.md", "inicio.md")}
    for path in sorted(root.glob("notebooks/*/*.ipynb")) + sorted(root.glob("solutions/*/*.ipynb")):
        found[str(path.relative_to(root))] = "\n\n".join(
            cell.source for cell in read(path).cells if cell.cell_type == "markdown"
        )
    return found


def broken_references(root: Path) -> list[str]:
    """Los enlaces, comandos, rutas y puertos que un texto nombra y no existen en `root`."""
    makefiles = "\n".join(path.read_text(encoding="utf-8") for path in root.glob("*akefile"))
    makefiles += "\n".join(path.read_text(encoding="utf-8") for path in root.glob("*.mk"))
    targets = set(re.findall(r"^([a-z]+):", makefiles, re.MULTILINE))
    settings = root / "src" / "amq2" / "settings.py"
    ports = (
        set(re.findall(r"\d+", settings.read_text(encoding="utf-8")))
        if settings.exists()
        else set()
    )
    broken = []
    for name, text in texts(root).items():
        for port in re.findall(r"(?:puerto |127\.0\.0\.1:|localhost:)(\d+)", text):
            if port not in ports:
                broken.append(f"{name}: el puerto {port}")
        folder = (root / name).parent
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if (
                not re.match(r"https?://|attachment:|mailto:", link)
                and not (folder / link).exists()
            ):
                broken.append(f"{name}: el enlace {link}")
        for target in re.findall(r"`make ([a-z]+)", text):
            if target not in targets:
                broken.append(f"{name}: make {target}")
        for path in re.findall(
            r"`((?:src|dags|notebooks|solutions|tests|benchmarks)/[^`<*…]*)`", text
        ):
            if not (root / path).exists():
                broken.append(f"{name}: la ruta {path}")
        for anchor in re.findall(r"\]\(#([^)\s]+)\)", text):
            if anchor not in anchors(text):
                broken.append(f"{name}: el ancla #{anchor}")
    return broken


def anchors(text: str) -> set[str]:
    """Las anclas que tienen los títulos de un texto en GitHub."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_everything_that_the_texts_name_exists() -> None:
    assert not broken_references(ROOT)


def test_everything_that_the_bundle_names_exists_in_it(tree: Path) -> None:
    assert not broken_references(tree)


def test_the_gate_sees_a_broken_link_and_an_unknown_command(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("lab:\n", encoding="utf-8")
    (tmp_path / "inicio.md").write_text(
        "[x](no-esta.md), `make nada` y el puerto 9999", encoding="utf-8"
    )
    (tmp_path / "README.md").write_text("`make lab` y `src/no_esta.py`", encoding="utf-8")
    assert broken_references(tmp_path) == [
        "README.md: la ruta src/no_esta.py",
        "inicio.md: el puerto 9999",
        "inicio.md: el enlace no-esta.md",
        "inicio.md: make nada",
    ]


def test_a_bundle_needs_the_repository(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no es un repositorio de git"):
        list(bundle.bundle_files(tmp_path))
