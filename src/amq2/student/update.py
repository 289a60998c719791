"""`make update FROM=…`: pasa tu copia del curso a una versión más nueva, sin perder tu trabajo.

Sin `FROM` no cambia de versión: repone las celdas del curso que falten o estén rotas.
"""

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import nbformat
from tqdm import tqdm

from amq2.notebook.files import files_of
from amq2.notebook.reading import UnreadableError, find_notebook, read_notebook
from amq2.settings import TIME_ZONE
from amq2.student.course import (
    LISTING,
    PUBLISHED,
    ROOT,
    StudentError,
    command_line,
    notebook_path,
    published_path,
    read_published,
    units,
)
from amq2.student.files import copy, move, replace, write_notebook
from amq2.student.merge import merge
from amq2.student.version import listing, opened_bundle

BACKUPS = "respaldos"


def update(new: Path, root: Path = ROOT) -> list[str]:
    """Pasa la copia `root` a la versión que está en la carpeta `new`.

    Returns:
        Qué cambió, un renglón por cosa.

    Raises:
        StudentError: si `root` no es la copia de un estudiante.
    """
    backup = _back_up(root)
    report = [f"Respaldo de lo que había: {backup.relative_to(root)}"]
    for unit in tqdm(units(new), desc="Actualizo", unit="unidad", leave=False):
        report += [f"{unit}: {line}" for line in _update_unit(unit, new, root)]
    replaced = [name for name in listing(new) if replace(new / name, root / name, backup / name)]
    if replaced:
        report.append(f"Archivos del curso cambiados: {len(replaced)}.")
    for name in sorted(set(listing(root)) - set(listing(new))):
        if (root / name).is_file():
            move(root / name, backup / name)
            report.append(f"{name} ya no es del curso: quedó en el respaldo.")
    for unit in sorted(set(units(root)) - set(units(new))):
        report.append(f"{unit}: ya no es del curso; tu notebook quedó donde estaba.")
    copy(new / PUBLISHED / LISTING, root / PUBLISHED / LISTING)
    return report


def repair(root: Path = ROOT) -> list[str]:
    """Repone las celdas del curso en los notebooks, sin cambiar de versión."""
    backup = _back_up(root)
    report = [f"Respaldo de lo que había: {backup.relative_to(root)}"]
    for unit in sorted(path.name for path in (root / PUBLISHED).iterdir() if path.is_dir()):
        report += [f"{unit}: {line}" for line in _update_unit(unit, root, root)]
    return report if len(report) > 1 else [*report, "No faltaba nada."]


def _back_up(root: Path) -> Path:
    """Copia las carpetas de trabajo; lo demás se copia a medida que se reemplaza."""
    if not (root / PUBLISHED / LISTING).is_file():
        raise StudentError("make update es para la copia de un estudiante, la de make bundle.")
    backup = root / BACKUPS / f"{datetime.now(TIME_ZONE):%Y-%m-%d_%H%M%S_%f}"
    shutil.copytree(root / "notebooks", backup / "notebooks", symlinks=True)
    return backup


def _update_unit(unit: str, new: Path, root: Path) -> list[str]:
    path, fresh = notebook_path(unit, root), published_path(unit, new)
    report = _put_name_back(path, unit)
    if not path.exists():
        report.append("se repuso." if published_path(unit, root).exists() else "unidad nueva.")
        copy(fresh, path)
    else:
        report += _merge_into(path, fresh, unit, root)
    for name in files_of(unit):
        report += _update_file(name, fresh.with_name(name), path.with_name(name), root)
    copy(fresh, root / PUBLISHED / unit / f"{unit}.ipynb")
    return report


def _update_file(name: str, fresh: Path, mine: Path, root: Path) -> list[str]:
    """Trae el esqueleto de un archivo del estudiante; si lo escribió, el suyo no se toca."""
    if not fresh.is_file():
        return []
    published = root / PUBLISHED / mine.parent.name / name
    before = published.read_bytes() if published.is_file() else None
    content = fresh.read_bytes()
    report = []
    if not mine.exists():
        copy(fresh, mine)
        report = [f"{name}: se repuso." if before else f"{name}: archivo nuevo."]
    elif content != before and mine.read_bytes() not in (before, content):
        aside = mine.with_name(f"{mine.stem}-nuevo.py.txt")
        copy(fresh, aside)
        report = [f"{name}: cambió el publicado y el tuyo quedó; el nuevo está en {aside.name}."]
    elif mine.read_bytes() != content and content != before:
        copy(fresh, mine)
        report = [f"{name}: cambió, y no lo habías tocado: se cambió."]
    if content != before:
        copy(fresh, published)
    return report


def _put_name_back(path: Path, unit: str) -> list[str]:
    """Si el notebook tiene otro nombre y es el único, vuelve a llamarse como la unidad."""
    found = find_notebook(path.parent, unit)
    if found is None or found == path:
        return []
    found.rename(path)
    return [f"tu notebook se llamaba {found.name}: volvió a llamarse {path.name}."]


def _merge_into(path: Path, fresh: Path, unit: str, root: Path) -> list[str]:
    try:
        mine = read_notebook(path)
    except UnreadableError as error:
        broken = path.with_name(f"{unit}-dañado.ipynb.txt")
        path.replace(broken)
        copy(fresh, path)
        return [f"tu notebook {error}: quedó en {broken.name}, y en su lugar hay uno nuevo."]
    merged = merge(read_published(unit, root), nbformat.read(fresh, as_version=4), mine)
    write_notebook(merged.notebook, path)
    return merged.report


def main(arguments: Sequence[str]) -> int:
    """Actualiza y cuenta qué cambió. Argumento: la versión nueva."""
    if any(arguments):
        with opened_bundle(Path(arguments[0]).expanduser()) as new:
            report = update(new)
    else:
        report = repair()
    print("\n".join(report))
    print("Si tenías un notebook abierto en JupyterLab, cerralo y abrilo otra vez.")
    return 0


if __name__ == "__main__":
    command_line(main)
