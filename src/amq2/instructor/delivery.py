"""Lo que trae un campus: de cada archivo entregado, de quién es, de qué unidad y de cuándo."""

import hashlib
import io
import json
import re
import stat
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import PurePosixPath

from amq2.instructor.campus_files import Entry, UnplacedError, read_member
from amq2.notebook.files import FILES, files_of
from amq2.settings import TIME_ZONE
from amq2.student.submit import RECEIPT

_MOODLE = re.compile(r"(?P<name>.+)_(?P<participant>\d+)_assignsubmission_\w+?_(?P<file>.*)")
_SUBMITTED = re.compile(r"(?P<student>[a-z0-9][a-z0-9.-]*)_(?P<unit>\d\d-[a-z0-9-]+)\.zip")


@dataclass(frozen=True)
class Delivery:
    """Una entrega ya entendida."""

    student: str
    unit: str
    time: datetime
    notebook: bytes
    origin: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    full_name: str = ""
    participant: str = ""
    remark: str = ""


def understand(entry: Entry, known: list[str], unit: str = "") -> Delivery:
    """De quién es un archivo, de qué unidad y de cuándo.

    Args:
        entry: el archivo.
        known: las unidades del curso.
        unit: la unidad, cuando el archivo no la dice.

    Raises:
        UnplacedError: si no se puede saber; dice qué hacer.
    """
    match = _MOODLE.fullmatch(entry.name)
    full_name = match["name"].rpartition("/")[2] if match else ""
    participant = match["participant"] if match else ""
    file = PurePosixPath(match["file"] if match else entry.name).name
    suffix = PurePosixPath(file).suffix.lower()
    if suffix == ".zip":
        inside, notebook, files, receipt, remark = _open_submission(entry.content)
        named = _SUBMITTED.fullmatch(file)
        student = str(receipt.get("student") or (named["student"] if named else ""))
        found = str(receipt.get("unit") or (named["unit"] if named else inside))
    elif suffix == ".ipynb":
        notebook, receipt, remark = entry.content, {}, "Entregó el notebook suelto, sin recibo."
        files = {}
        student, found = "", PurePosixPath(file).stem
    else:
        raise UnplacedError("no es un zip de make submit ni un notebook: pedile uno.")
    chosen = found if found in known else unit
    if chosen not in known:
        raise UnplacedError(f"no dice de qué unidad es («{found}»): repetí con UNIT=…")
    return Delivery(
        student=_student(student, full_name, participant, PurePosixPath(entry.name).parent.name),
        unit=chosen,
        time=entry.time if entry.is_campus_time else _receipt_time(receipt) or entry.time,
        notebook=notebook,
        origin=entry.name,
        files={name: files[name] for name in files_of(chosen) if name in files},
        full_name=full_name,
        participant=participant,
        remark=remark,
    )


def _student(student: str, full_name: str, participant: str, folder: str) -> str:
    """El primero que sirva; de un nombre sin letras latinas queda el número del campus."""
    try:
        return slug(student or full_name or folder)
    except UnplacedError:
        if not participant:
            raise
        return f"participante-{participant}"


def slug(name: str) -> str:
    """Un nombre de persona como nombre de carpeta: «Ana Pérez» es `ana.perez`.

    Raises:
        UnplacedError: si no queda nada.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    text = ".".join(re.findall(r"[a-z0-9.-]+", plain)).strip(".-")
    if not text:
        raise UnplacedError("no dice de quién es: ponelo en una carpeta con su nombre.")
    return text[:64]


def _open_submission(
    content: bytes,
) -> tuple[str, bytes, dict[str, bytes], dict[str, object], str]:
    """Una entrega: el nombre del notebook, el notebook, lo que va con él, el recibo y un aviso.

    De lo que va con él, sólo los nombres que alguna unidad pide, si están en su misma carpeta.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError):
        raise UnplacedError("el zip está dañado: pedile que lo suba otra vez.") from None
    with archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        notebooks = [
            info
            for info in members
            if info.filename.lower().endswith(".ipynb") and not _is_leftover(info.filename)
        ]
        if len(notebooks) != 1:
            raise UnplacedError(f"el zip trae {len(notebooks)} notebooks y tiene que traer uno.")
        name = PurePosixPath(notebooks[0].filename).stem
        notebook = read_member(archive, notebooks[0])
        folder = PurePosixPath(notebooks[0].filename).parent
        files = {
            path.name: read_member(archive, info)
            for info in members
            if (path := PurePosixPath(info.filename)).name in chain(*FILES.values())
            and path.parent == folder
            and not stat.S_ISLNK(info.external_attr >> 16)
        }
        found = next((info for info in members if info.filename == RECEIPT), None)
        receipt = _read_receipt(read_member(archive, found)) if found else {}
    if not receipt:
        return name, notebook, files, receipt, "La entrega no trae recibo."
    said = receipt.get("files")
    came = {notebooks[0].filename: notebook} | files
    wrong = [
        one
        for one, content in came.items()
        if not isinstance(said, dict) or said.get(one) != hashlib.sha256(content).hexdigest()
    ]
    what = "el notebook" if notebooks[0].filename in wrong else ", ".join(wrong)
    return name, notebook, files, receipt, f"El recibo no coincide con {what}." if wrong else ""


def _is_leftover(name: str) -> bool:
    """Lo que agregan JupyterLab y el Finder de macOS al lado de cada notebook."""
    path = PurePosixPath(name)
    return bool({".ipynb_checkpoints", "__MACOSX"} & set(path.parts)) or path.name.startswith("._")


def _read_receipt(content: bytes) -> dict[str, object]:
    try:
        receipt = json.loads(content)
    except ValueError:
        return {}
    return receipt if isinstance(receipt, dict) else {}


def _receipt_time(receipt: dict[str, object]) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(receipt.get("time", "")))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=TIME_ZONE)
