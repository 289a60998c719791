"""`make bundle`: arma el árbol de los estudiantes, sin másters ni nada de los docentes."""

import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from amq2.instructor.course import ROOT, CourseError, command_line
from amq2.student.course import LISTING, PUBLISHED

NAME = "aprendizaje-de-maquina-ii"

STUDENT_FILES = (
    ".devcontainer",
    "LICENSE",
    "Makefile",
    "README.md",
    "dags",
    "environment.yml",
    "glosario.md",
    "inicio.md",
    "notebooks",
    "postBuild",
    "pyproject.toml",
    "requirements.txt",
    "src",
)
"""Lo que lleva el árbol de los estudiantes; lo que no está acá, no viaja."""

INSTRUCTORS_ONLY = frozenset(
    map(
        PurePosixPath,
        ("dags/grade_class.py", "src/amq2/cluster", "src/amq2/hub", "src/amq2/instructor"),
    )
)
"""De eso, lo que es sólo de los docentes."""

_INSTRUCTOR_TEXT = re.compile(r"<!-- docentes -->.*?<!-- /docentes -->\n*", re.DOTALL)


def bundle_files(root: Path = ROOT) -> Iterator[PurePosixPath]:
    """Los archivos que lleva el árbol de los estudiantes: sólo los que están en git.

    Raises:
        CourseError: si `root` no es un repositorio de git.
    """
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z", *STUDENT_FILES],
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        problem = f"{root} no es un repositorio de git: make bundle lleva lo que está en git."
        raise CourseError(problem) from None
    for name in sorted(filter(None, listing.stdout.split("\0"))):
        path = PurePosixPath(name)
        if INSTRUCTORS_ONLY.isdisjoint((path, *path.parents)) and (root / path).is_file():
            yield path


def student_text(text: str) -> str:
    """Un texto sin las partes marcadas para docentes."""
    return _INSTRUCTOR_TEXT.sub("", text)


def write_tree(folder: Path, root: Path = ROOT) -> Path:
    """Escribe en `folder` el árbol de los estudiantes y lo devuelve."""
    for path in bundle_files(root):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (root / path).read_bytes()
        if path.suffix == ".md":
            content = student_text(content.decode()).encode()
        target.write_bytes(content)
        target.chmod((root / path).stat().st_mode)
        if path.parts[0] == "notebooks":
            _keep_as_published(folder, path, content)
    _write_listing(folder)
    return folder


def _keep_as_published(folder: Path, path: PurePosixPath, content: bytes) -> None:
    """Una copia sin resolver: con ella compara `make check`, y `make update` sabe qué cambió."""
    target = folder / PUBLISHED / path.relative_to("notebooks")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _write_listing(folder: Path) -> None:
    """La lista de los archivos del curso: lo demás, en la copia de un estudiante, es suyo."""
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    (folder / PUBLISHED / LISTING).write_text("\n".join(names) + "\n", encoding="utf-8")


def write_archive(folder: Path, root: Path = ROOT) -> Path:
    """Escribe en `folder` el árbol de los estudiantes, comprimido, y devuelve el archivo."""
    archive = folder / f"{NAME}.tar.gz"
    with tempfile.TemporaryDirectory(prefix="amq2-") as temporary:
        tree = write_tree(Path(temporary) / NAME, root)
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(tree, arcname=NAME, filter=_anonymous)
    return archive


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Sin el usuario ni el grupo de quien armó el archivo."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def main(_arguments: Sequence[str]) -> int:
    """Deja el archivo en build/ y dice dónde."""
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    archive = write_archive(folder)
    print(f"{archive.relative_to(ROOT)}: publicalo en el campus. Adentro corre make lab.")
    return 0


if __name__ == "__main__":
    command_line(main)
