"""De qué entrega, de qué máster y con qué versiones salió cada corrección: su `huella.txt`."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from amq2.instructor.course import ROOT, master
from amq2.instructor.gradebook import saved_marks
from amq2.notebook.reading import MAX_BYTES

FINGERPRINT = "huella.txt"
"""Al lado de cada corrección; es lo último que se escribe."""


def fingerprint(folder: Path, root: Path) -> str:
    """La huella de una entrega, `submitted/<estudiante>/<unidad>`, con lo que decide su nota.

    Lo que no se puede leer no la detiene: cuando se pueda, la huella será otra.
    """
    digest = hashlib.sha256(master(folder.name, root).read_bytes())
    digest.update((ROOT / "requirements.txt").read_bytes())
    for path in sorted([] if folder.is_symlink() else folder.glob("*")):
        try:
            if path.is_file() and not path.is_symlink():
                size = path.stat().st_size
                digest.update(os.fsencode(path.name) + str(size).encode())
                digest.update(path.read_bytes() if size <= MAX_BYTES else b"")
        except OSError as error:
            digest.update(str(error).encode("utf-8", "replace"))
    return digest.hexdigest()


def changed(folders: Sequence[Path], root: Path) -> dict[Path, str]:
    """Las entregas que hay que corregir, con su huella.

    Una ya está si el gradebook y autograded/ la tienen, los dos, con esa misma huella: si se repone
    un gradebook de antes, o se empieza uno, se corrige lo que en él falta.
    """
    saved = saved_marks(root)
    marks = {folder: fingerprint(folder, root) for folder in folders}
    return {
        folder: mark
        for folder, mark in marks.items()
        if not mark == saved.get((folder.name, folder.parent.name)) == _stamped(folder, root)
    }


def _stamped(folder: Path, root: Path) -> str | None:
    stamp = stamp_of(folder, root)
    return stamp.read_text(encoding="utf-8") if stamp.is_file() else None


def stamp_of(folder: Path, root: Path) -> Path:
    """Dónde se guarda la huella de una entrega."""
    return root / "autograded" / folder.parent.name / folder.name / FINGERPRINT
