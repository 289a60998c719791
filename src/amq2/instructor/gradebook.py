"""Lo que la corrección anota en gradebook.db por su cuenta, sin pasar por nbgrader."""

import fcntl
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import nbgrader
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from nbgrader.api import Base, Gradebook
from sqlalchemy import create_engine

from amq2.instructor.course import ROOT, CourseError, open_nbgrader, reason

NOT_TEXT = re.compile(r"[\ud800-\udfff]")
"""En el nombre de un archivo, los bytes que no son UTF-8: así los da Python."""

_HAS_SUBMISSIONS = "submissions associated with it"
"""Con esto dice nbgrader que no cambia las celdas de una unidad que ya tiene entregas."""

_WHICH = """SELECT submitted_assignment.id, ? FROM submitted_assignment
JOIN assignment ON assignment.id = assignment_id WHERE name = ? AND student_id = ?"""
_SAVED = """SELECT name, student_id, mark FROM amq2_mark
JOIN submitted_assignment USING (id) JOIN assignment ON assignment.id = assignment_id"""


def create(root: Path = ROOT) -> None:
    """Crea gradebook.db, vacío, si no está.

    Queda como el que crea nbgrader, que para saber con qué versión anotarlo pone en marcha otro
    programa y tarda más de un segundo.
    """
    path = root / "gradebook.db"
    if path.exists():
        return
    migrations = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic"))
    with tempfile.TemporaryDirectory(prefix="amq2-", dir=root) as folder:
        half = Path(folder) / path.name
        engine = create_engine(f"sqlite:///{half}")
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            MigrationContext.configure(connection).stamp(migrations, "head")
        engine.dispose()
        half.replace(path)  # entero o nada


def register(unit: str, root: Path = ROOT) -> None:
    """Anota los ejercicios y los puntos de una unidad.

    Raises:
        CourseError: si nbgrader no puede publicar el máster, o no puede cambiar sus celdas.
    """
    create(root)
    with tempfile.TemporaryDirectory(prefix="amq2-") as temporary:
        api = open_nbgrader(root, release_directory=Path(temporary))
        result = api.generate_assignment(unit, force=True)
    if not result["success"]:
        why = reason(result)
        if _HAS_SUBMISSIONS in why:
            raise CourseError(
                f"El máster de {unit} ganó o perdió celdas, y ya tiene notas: guardá una copia de "
                "gradebook.db con otro nombre, borrá la unidad con .venv/bin/nbgrader db "
                f"assignment remove {unit} --force, que borra también sus notas a mano y su plazo, "
                "y corregí otra vez."
            )
        raise CourseError(f"El máster de {unit} no se puede publicar: {why}")


def record_failure(unit: str, student: str, problem: str, root: Path = ROOT) -> None:
    """Deja la entrega sin puntos automáticos, con el motivo en cada respuesta.

    Lo que no es texto se anota con «�».
    """
    student, problem = (NOT_TEXT.sub("�", text) for text in (student, problem))
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_student(student)
        submission = gradebook.update_or_create_submission(unit, student)
        for notebook in submission.notebooks:
            for cell in notebook.grades:
                cell.auto_score = 0
                cell.needs_manual_grade = True
            for comment in notebook.comments:
                comment.auto_comment = problem
        gradebook.db.commit()


def save_mark(unit: str, student: str, mark: str, root: Path = ROOT) -> None:
    """Anota con qué huella se corrigió una entrega; sin ninguna, `""`, hay que corregirla.

    Va en una tabla nuestra, que nbgrader no mira: con el gradebook se repone y se pierde.
    """
    student = NOT_TEXT.sub("�", student)
    with closing(sqlite3.connect(root / "gradebook.db")) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS amq2_mark (id PRIMARY KEY, mark)")
        connection.execute(f"INSERT OR REPLACE INTO amq2_mark {_WHICH}", (mark, unit, student))


def saved_marks(root: Path = ROOT) -> dict[tuple[str, str], str]:
    """La huella anotada de cada entrega, por unidad y estudiante."""
    rows = _ask("amq2_mark", _SAVED, root)
    return {(unit, student): mark for unit, student, mark in rows}


def _ask(table: str, query: str, root: Path) -> list[tuple[str, ...]]:
    """Lo que responde el gradebook; nada, si no está o no tiene esa tabla."""
    path = root / "gradebook.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as connection:
        known = "SELECT 1 FROM sqlite_master WHERE name = ?"
        if not connection.execute(known, (table,)).fetchone():
            return []
        return connection.execute(query).fetchall()


def forget_statements() -> None:
    """Olvida las sentencias que SQLAlchemy guarda por cada conexión, y nbgrader abre muchas.

    Sin esto, la memoria crece con la clase hasta que esas listas se llenan.
    """
    for mapper in Base.registry.mappers:
        mapper._compiled_cache.clear()


@contextmanager
def only_one(root: Path = ROOT) -> Iterator[None]:
    """Mientras dura, ningún otro `make grade` escribe este gradebook.

    Raises:
        CourseError: si ya hay otro.
    """
    with (root / "gradebook.db.candado").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError("Ya hay otro make grade andando: esperá a que termine.") from None
        yield


def back_up(root: Path = ROOT) -> None:
    """Copia el gradebook en `gradebook.db.anterior`; si no tiene entregas, no hace nada."""
    if _ask("submitted_assignment", "SELECT 1 FROM submitted_assignment LIMIT 1", root):
        copy_gradebook(root, root / "gradebook.db.anterior")


def copy_gradebook(root: Path, target: Path) -> None:
    """Copia el gradebook entero, aunque otro programa lo tenga abierto."""
    with (
        closing(sqlite3.connect(root / "gradebook.db")) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
