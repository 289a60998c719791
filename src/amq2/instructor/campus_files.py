"""Los archivos que trae un campus, en una carpeta o en un zip, leídos sin confiar en ellos.

Un enlace simbólico no se sigue, y un zip no se infla más que `MAX_BYTES`.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from amq2.notebook.reading import MAX_BYTES
from amq2.settings import TIME_ZONE
from amq2.student.submit import RECEIPT


class UnplacedError(Exception):
    """Un archivo que no se puede colocar; su texto dice por qué y qué hacer."""


@dataclass(frozen=True)
class Entry:
    """Un archivo tal como lo dio el campus."""

    name: str
    content: bytes
    time: datetime
    is_campus_time: bool


def entries(source: Path) -> Iterator[Entry | tuple[str, str]]:
    """Los archivos de una carpeta o de un zip; de los que no se leen, el nombre y el motivo."""
    if source.is_dir():
        yield from _from_folder(source)
        return
    if is_one_submission(source):
        yield _from_disk(source, source.name)
        return
    with zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            if not info.is_dir() and (found := _from_zip(archive, info)):
                yield found


def _from_folder(source: Path) -> Iterator[Entry | tuple[str, str]]:
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if path.is_symlink():
            yield name, "es un enlace simbólico, y no se siguen: copiá el archivo."
        elif path.is_file():
            yield _from_disk(path, name)


def is_one_submission(source: Path) -> bool:
    """Si es el zip de un solo estudiante, tal como lo arma make submit."""
    with zipfile.ZipFile(source) as archive:
        return RECEIPT in archive.namelist()


def _from_disk(path: Path, name: str) -> Entry | tuple[str, str]:
    if path.stat().st_size > MAX_BYTES:
        return name, "pesa demasiado: pedile que borre las salidas."
    time = datetime.fromtimestamp(path.stat().st_mtime, TIME_ZONE)
    return Entry(name, path.read_bytes(), time, is_campus_time=False)


def _from_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry | tuple[str, str]:
    if stat.S_ISLNK(info.external_attr >> 16):
        return info.filename, "es un enlace simbólico, y no se siguen: copiá el archivo."
    try:
        content = read_member(archive, info)
    except UnplacedError as error:
        return info.filename, str(error)
    time = datetime(*info.date_time, tzinfo=TIME_ZONE)
    return Entry(info.filename, content, time, is_campus_time=True)


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """El contenido de un archivo de un zip, sin inflar más que `MAX_BYTES`.

    Raises:
        UnplacedError: si pesa demasiado, está cifrado o está dañado.
    """
    if info.file_size > MAX_BYTES:
        raise UnplacedError("pesa demasiado: pedile que borre las salidas.")
    try:
        with archive.open(info) as file:
            content = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
        raise UnplacedError("está dañado: pedile que lo suba otra vez.") from None
    except RuntimeError:
        raise UnplacedError("tiene contraseña: pedile el archivo que arma make submit.") from None
    if len(content) > MAX_BYTES:
        raise UnplacedError("pesa demasiado: pedile que borre las salidas.")
    return content
