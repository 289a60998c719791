"""Una clase de atacantes, corregida entera por `make grade`, y cómo quedó todo después."""

import hashlib
import os
import re
import select
import socket
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import nbformat
import psutil
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook

from amq2.instructor.course import ROOT, open_nbgrader, released
from amq2.instructor.feedback import feedback
from amq2.instructor.grades import grades
from amq2.instructor.report.__main__ import report
from amq2.instructor.report.work import flagged, read_work
from amq2.notebook.execute import FLAG
from tests.attack_catalogue import AUTOMATIC, WRONG, Attack, attacked_master, known
from tests.catalogue import solution_cell
from tests.course_copy import copy_course, environment, grade_command
from tests.test_grading import OTHER_RIGHT, RIGHT, UNIT

RIGHTS = {
    "99.1": RIGHT,
    "99.2": OTHER_RIGHT,
    "99.4": "import json\n\n\ndef body(x):\n    return json.dumps({'double': 2 * x})",
}
BEFORE, TOGETHER = ("a-honesta", "z-honesta"), "m-honesta"
"""Entregas honestas: las que ya estaban corregidas, y una que se corrige con los ataques."""

BIGGEST_NOTEBOOK = 1_000_000
SECRETS = ("-4321", "-8642")
RUNS = re.compile(r"<script>alert|<img src=x|<svg[^>]*onload|href=.javascript:")
"""Lo que haría correr en un navegador alguno de los ataques."""

SMALL_FILE = 50_000_000


@dataclass(frozen=True)
class Row:
    """Lo que pasó con un ataque: qué se vio, cuántos puntos ganó y qué se le dijo al docente."""

    happened: str
    score: float
    flag: str
    problems: list[str]


class AttackClass:
    """Una clase en una máquina de juguete: el curso, y la casa y lo temporal de quien corrige."""

    def __init__(self, folder: Path, attacks: Sequence[Attack], seconds_a_cell: int = 6) -> None:
        self.attacks = attacks
        self.root, self.home, self.tmp = (folder / name for name in ("curso", "casa", "t"))
        self.mark = f"marca-{uuid4().hex}"
        for path in (self.home / ".ssh", self.tmp):
            path.mkdir(parents=True)
        (self.home / ".ssh" / "id_rsa").write_text("SECRETO-DEL-DOCENTE")
        (self.home / ".netrc").write_text("SECRETO-DEL-DOCENTE")
        config = f"c.ExecuteExercises.timeout = {seconds_a_cell}"
        copy_course(self.root, UNIT, attacked_master(), config)

    def notebook(self, answers: dict[str, str]) -> nbformat.NotebookNode:
        """El notebook publicado con unas respuestas."""
        notebook = nbformat.read(released(UNIT, self.root), as_version=4)
        for exercise, code in answers.items():
            solution_cell(notebook, exercise).source = code
        return notebook

    def folder(self, student: str) -> Path:
        """Una carpeta nueva para la entrega de alguien."""
        folder = self.root / "submitted" / student / UNIT
        folder.mkdir(parents=True)
        return folder

    def hand_in_honest(self, students: Iterable[str]) -> None:
        """Las entregas de quienes resuelven todo."""
        for student in students:
            nbformat.write(self.notebook(RIGHTS), self.folder(student) / f"{UNIT}.ipynb")

    def make_grade(self) -> subprocess.CompletedProcess[str]:
        """Lo que corre `make grade`, en esta máquina de juguete."""
        own = {"HOME": str(self.home), "TMPDIR": str(self.tmp), "CLAVE": "SECRETO-DEL-DOCENTE"}
        return subprocess.run(
            grade_command(UNIT),
            cwd=self.root,
            env=environment(self.root, **own),
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self) -> None:
        """Corrige a los honestos, después a todos juntos, y guarda cómo quedó todo."""
        self.hand_in_honest(BEFORE)
        first = self.make_grade()
        assert first.returncode == 0, first.stderr
        self._mark_by_hand()
        self.before, self.trees = self._honest_rows(), self._trees()
        self.hand_in_honest([TOGETHER])
        with ExitStack() as stack:
            tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            unix = stack.enter_context(socket.socket(socket.AF_UNIX))
            unix.bind(f"\0{self.mark}")
            unix.listen()
            facts = known(
                self.root, self.home, self.tmp, tcp.getsockname()[1], self.mark, self.mark
            )
            for attack in self.attacks:
                attack.deliver(self.folder(attack.name), self.notebook(WRONG), facts)
            self.done = self.make_grade()
            self.visitors = select.select([tcp, unix], [], [], 0)[0]
        self.rows = {(str(row["student"]), str(row["exercise"])): row for row in grades(self.root)}
        self.works = {work.student: work for work in read_work(self.root)}
        self.pages = feedback([UNIT], self.root)

    def _mark_by_hand(self) -> None:
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            mark = gradebook.find_grade("ejercicio-99-3", UNIT, UNIT, BEFORE[0])
            mark.manual_score, mark.needs_manual_grade = 0.5, False
            gradebook.db.commit()

    def _honest_rows(self) -> list[dict[str, object]]:
        return [row for row in grades(self.root) if row["student"] in BEFORE]

    def _trees(self) -> dict[str, str]:
        """Un resumen de lo que no tiene que cambiar."""
        here = {name: self.root / name for name in ("solutions", "notebooks")}
        there = {name: ROOT / name for name in ("src", "solutions", "notebooks", "dags", "tests")}
        folders = {**{f"del curso: {name}": path for name, path in here.items()}, **there}
        return {name: tree(path) for name, path in {**folders, "la casa": self.home}.items()}

    def autograded(self, student: str) -> Path:
        """Dónde queda el notebook corregido de alguien."""
        return self.root / "autograded" / student / UNIT / f"{UNIT}.ipynb"

    def row(self, attack: Attack) -> Row:
        """Qué pasó con un ataque."""
        scores = [self.rows[attack.name, exercise]["score"] for exercise in WRONG]
        score = sum(float(str(one or 0)) for one in scores)
        notes = self.works[attack.name].notes if attack.name in self.works else ()
        serious = [one.text for one in flagged(self.works.values()) if one.is_serious
                   and one.student == attack.name]  # fmt: skip
        said = self._said(attack.name)
        others = [str(self.rows[attack.name, exercise]["note"]) for exercise in WRONG]
        happened = next(
            filter(None, [said, *(note for note in notes if not note.startswith(FLAG)), *others]),
            "nada",
        )
        flag = (serious or [""])[0]
        problems = []
        if score != attack.gains:
            problems.append(f"ganó {score:g} puntos y se esperaban {attack.gains:g}")
        if attack.sign and attack.sign not in " ".join(serious):
            problems.append(f"el aviso no dice «{attack.sign}»: {serious}")
        if "LOGRADO" in said and not attack.excuse:
            problems.append(said)
        return Row(happened.splitlines()[0], score, flag, problems)

    def _said(self, student: str) -> str:
        """Lo que contó el ataque de sí mismo."""
        if not self.autograded(student).exists():
            return ""
        cells = nbformat.read(self.autograded(student), as_version=4).cells
        texts = [out.get("text", "") for cell in cells for out in cell.get("outputs", [])]
        lines = [line for text in texts for line in text.splitlines() if line.startswith("» ")]
        return lines[-1].removeprefix("» ")[:200] if lines else ""

    def aftermath(self) -> list[str]:
        """Lo que no quedó como antes, después de toda la lista; vacío, si nada."""
        found = [f"make grade terminó con {self.done.returncode}: {self.done.stderr[-500:]}"]
        found = found if self.done.returncode else []
        if self.visitors:
            found.append("alguien se conectó a la máquina")
        if self.before != self._honest_rows():
            found.append("cambió la nota de quien no atacó")
        if [self.rows[TOGETHER, exercise]["score"] for exercise in RIGHTS] != [2, 1, 2]:
            found.append("quien se corrigió con los ataques no tiene todos sus puntos")
        if self.works[TOGETHER].notes:
            found.append(f"a quien no atacó se lo señaló: {self.works[TOGETHER].notes}")
        expected = {*BEFORE, TOGETHER, *(attack.name for attack in self.attacks)}
        if {student for student, _ in self.rows} != expected:
            found.append("en el gradebook sobra o falta alguien")
        now = self._trees()
        found += [f"cambió {name}" for name in now if now[name] != self.trees[name]]
        found += [f"quedó {path}" for path in self.tmp.iterdir()]
        found += [f"quedó andando {process}" for process in self._left()]
        found += self._unsafe_pages()
        big = [path.name for path in self.root.glob(f"autograded/*/{UNIT}/*.ipynb")
               if path.stat().st_size > BIGGEST_NOTEBOOK]  # fmt: skip
        return found + [f"una corrección pesa demasiado: {name}" for name in big]

    def _left(self) -> list[str]:
        """Los procesos que quedaron de la corrección."""
        signs = (self.mark, str(self.tmp))
        found = []
        for process in psutil.process_iter(["cmdline", "environ"]):
            words = [*(process.info["cmdline"] or []), *(process.info["environ"] or {}).values()]
            if process.pid != os.getpid() and any(sign in word for word in words for sign in signs):
                found.append(" ".join(process.info["cmdline"] or [str(process.pid)])[:200])
        return found

    def _unsafe_pages(self) -> Iterable[str]:
        """Lo que se ejecutaría al mirar, o que cuenta una prueba oculta."""
        texts = {path.parts[-3]: path.read_text("utf-8") for path in self.pages}
        texts["el informe"] = report(self.root).read_text("utf-8")
        if "\x1b" in self.done.stdout:
            yield "en la terminal quedaron signos que trajo una entrega"
        for name, text in texts.items():
            if RUNS.search(text):
                yield f"la página de {name} ejecuta lo que trajo una entrega"
            if any(secret in text for secret in SECRETS):
                yield f"la página de {name} cuenta una prueba oculta"
        config = open_nbgrader(self.root).config
        exporter = HTMLExporter(config=config, template_name="formgrade")
        for path in self.root.glob(f"autograded/*/{UNIT}/*.ipynb"):
            text, _ = exporter.from_filename(str(path), resources={"index": 0, "total": 1})
            if RUNS.search(text):
                yield f"en el formgrader corre lo que trajo {path.parts[-3]}"


def tree(folder: Path) -> str:
    """El resumen de todo lo que hay en una carpeta."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if "__pycache__" in path.parts:
            continue
        digest.update(str(path).encode())
        if path.is_file() and path.stat().st_size < SMALL_FILE:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def describe(attack: Attack, row: Row) -> str:
    """La nota y el aviso de un ataque, para la tabla."""
    mark = f"{row.score:g} de {AUTOMATIC} puntos"
    if attack.excuse:
        return f"{mark}; no cubierto: {attack.excuse}"
    return f"{mark}; señalada: {row.flag}" if row.flag else mark
