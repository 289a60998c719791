"""`make submit UNIT=…`: arma el zip que se entrega, con un recibo adentro."""

import hashlib
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from amq2.notebook.files import files_of, why_refused
from amq2.notebook.reading import find_notebook
from amq2.settings import TIME_ZONE
from amq2.student.course import (
    ROOT,
    StudentError,
    chosen_unit,
    command_line,
    notebook_path,
    read_published,
)
from amq2.student.preflight import (
    Finding,
    missing_files,
    open_notebook,
    put_in_order,
    unanswered,
)

RECEIPT = "recibo.json"
FOLDER = "entregas"
NAME_FILE = ".estudiante"
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


@dataclass(frozen=True)
class Submission:
    """Una entrega lista para subir."""

    path: Path
    digest: str
    saved: datetime
    findings: Sequence[Finding]
    blank: Sequence[str]
    files: Sequence[str] = ()


def student_name(given: str, root: Path = ROOT) -> str:
    """El nombre del estudiante: el que se dice la primera vez queda anotado.

    Raises:
        StudentError: si nunca se dijo, o si no sirve para nombrar un archivo.
    """
    saved = root / NAME_FILE
    name = given or (saved.read_text(encoding="utf-8").strip() if saved.exists() else "")
    if not name:
        raise StudentError("Decí quién entrega, una sola vez: make submit UNIT=… STUDENT=ana.perez")
    if not _NAME.fullmatch(name):
        raise StudentError(
            f"«{name}» no sirve como nombre: usá minúsculas sin tildes, números, puntos y guiones, "
            "por ejemplo STUDENT=ana.perez"
        )
    saved.write_text(f"{name}\n", encoding="utf-8")
    return name


def submit(unit: str, student: str, root: Path = ROOT) -> Submission:
    """Escribe `entregas/<estudiante>_<unidad>.zip`; el anterior, si había, se guarda aparte.

    Raises:
        StudentError: si el notebook no se puede leer; dice cómo repararlo.
    """
    folder = notebook_path(unit, root).parent
    notebook, findings = open_notebook(folder, unit)
    source = find_notebook(folder, unit)
    if notebook is None or source is None:
        raise StudentError("\n".join(["No se armó la entrega:", *map(str, findings)]))
    published = read_published(unit, root)
    blank = unanswered(notebook, published)
    findings += put_in_order(notebook, published)
    findings += missing_files(folder, unit)
    content = source.read_bytes()
    files = {f"{unit}.ipynb": content} | read_files(folder, unit)
    digests = {name: hashlib.sha256(one).hexdigest() for name, one in files.items()}
    digest = digests[f"{unit}.ipynb"]
    now = datetime.now(TIME_ZONE)
    receipt = {
        "student": student,
        "unit": unit,
        "time": now.isoformat(timespec="seconds"),
        "files": digests,
    }
    target = root / FOLDER / f"{student}_{unit}.zip"
    target.parent.mkdir(exist_ok=True)
    partial = target.with_suffix(".parcial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in files.items():
            archive.writestr(name, one)
        archive.writestr(RECEIPT, json.dumps(receipt, ensure_ascii=False, indent=2))
    _keep_previous(target)
    partial.replace(target)
    saved = datetime.fromtimestamp(source.stat().st_mtime, TIME_ZONE)
    return Submission(target, digest, saved, findings, blank, tuple(files))


def read_files(folder: Path, unit: str) -> dict[str, bytes]:
    """Los archivos que van con el notebook y se pueden entregar."""
    paths = [folder / name for name in files_of(unit)]
    return {path.name: path.read_bytes() for path in paths if why_refused(path) is None}


def _keep_previous(target: Path) -> None:
    if target.exists():
        time = datetime.fromtimestamp(target.stat().st_mtime, TIME_ZONE)
        kept = target.parent / "anteriores" / f"{target.stem}_{time:%Y-%m-%d_%H%M%S}.zip"
        kept.parent.mkdir(exist_ok=True)
        target.replace(kept)


def main(arguments: Sequence[str]) -> int:
    """Arma la entrega y muestra el recibo. Argumentos: la unidad y el estudiante."""
    given, student, *_ = [*arguments, "", ""]
    unit = chosen_unit(given)
    done = submit(unit, student_name(student))
    for finding in done.findings:
        print(finding)
    if done.blank:
        print(f"Sin respuesta todavía: {', '.join(done.blank)}.")
    print(f"Entrega: {done.path.relative_to(ROOT)}")
    if carried := [name for name in done.files if not name.endswith(".ipynb")]:
        print(f"  con {', '.join(carried)}")
    print(f"  lo guardado el {done.saved:%d/%m/%Y a las %H:%M:%S}, huella {done.digest[:12]}")
    if any(not finding.is_notice for finding in done.findings):
        print("Lo que dice FALLA puede costar puntos: reparalo y repetí make submit.")
    print("Subí ese archivo al campus, sin cambiarle el nombre.")
    return 0


if __name__ == "__main__":
    command_line(main)
