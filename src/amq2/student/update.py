"""`make update FROM=…`: pasa tu copia del curso a una versión más nueva, sin perder tu trabajo.

Sin `FROM` no cambia de versión: repone las celdas del curso que falten o estén rotas.
"""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import nbformat
from tqdm import tqdm

from amq2.notebook.reading import UnreadableError, read_notebook
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
from amq2.student.merge import merge

BACKUPS = "respaldos"


@contextmanager
def opened_bundle(source: Path) -> Iterator[Path]:
    """El árbol de una versión del curso, desde su carpeta o su archivo `.tar.gz`.

    Raises:
        StudentError: si no es una versión del curso.
    """
    if not source.exists():
        raise StudentError(f"No existe {source}: decí dónde está la versión nueva, con FROM=…")
    with tempfile.TemporaryDirectory(prefix="amq2-") as temporary:
        folder = source
        if source.is_file():
            try:
                with tarfile.open(source) as archive:
                    archive.extractall(temporary, filter="data")
            except (tarfile.TarError, OSError, EOFError):
                raise StudentError(f"{source.name} está dañado: bajalo otra vez.") from None
            folder = next((path.parent for path in Path(temporary).glob(f"*/{PUBLISHED}")), source)
        if not (folder / PUBLISHED / LISTING).is_file():
            raise StudentError(
                f"{source.name} no es una versión del curso: bajá el .tar.gz del campus."
            )
        yield folder


def update(new: Path, root: Path = ROOT) -> list[str]:
    """Pasa la copia `root` a la versión que está en la carpeta `new`.

    Returns:
        Qué cambió, un renglón por cosa.

    Raises:
        StudentError: si `root` no es la copia de un estudiante.
    """
    if not (root / PUBLISHED / LISTING).is_file():
        raise StudentError("make update es para la copia de un estudiante, la de make bundle.")
    backup = _back_up(root)
    report = [f"Respaldo de lo que había: {backup.relative_to(root)}"]
    files = [name for name in _listing(new) if Path(name).parts[0] not in ("notebooks", PUBLISHED)]
    for unit in tqdm(units(new), desc="Actualizo", unit="unidad", leave=False):
        report += [f"{unit}: {line}" for line in _update_unit(unit, new, root)]
    replaced = [name for name in files if _replace(new / name, root / name, backup / name)]
    if replaced:
        report.append(f"Archivos del curso cambiados: {len(replaced)}.")
    for name in set(_listing(root)) - set(_listing(new)):
        if (root / name).is_file() and not name.startswith(("notebooks/", PUBLISHED)):
            _move(root / name, backup / name)
            report.append(f"{name} ya no es del curso: quedó en el respaldo.")
    for unit in set(units(root)) - set(units(new)):
        report.append(f"{unit}: ya no es del curso; tu notebook quedó donde estaba.")
    _copy(new / PUBLISHED / LISTING, root / PUBLISHED / LISTING)
    return report


def _listing(folder: Path) -> list[str]:
    return (folder / PUBLISHED / LISTING).read_text(encoding="utf-8").split("\n")[:-1]


def _back_up(root: Path) -> Path:
    """Copia las carpetas de trabajo; lo demás se copia a medida que se reemplaza."""
    backup = root / BACKUPS / f"{datetime.now(TIME_ZONE):%Y-%m-%d_%H%M%S_%f}"
    shutil.copytree(root / "notebooks", backup / "notebooks", symlinks=True)
    return backup


def _update_unit(unit: str, new: Path, root: Path) -> list[str]:
    path, fresh = notebook_path(unit, root), published_path(unit, new)
    if not path.exists():
        _copy(fresh, path)
        report = ["unidad nueva." if not published_path(unit, root).exists() else "se repuso."]
    else:
        try:
            mine = read_notebook(path)
        except UnreadableError as error:
            broken = path.with_name(f"{unit}-dañado.ipynb.txt")
            shutil.copy(path, broken)
            _copy(fresh, path)
            report = [f"tu notebook {error}: quedó en {broken.name}, y en su lugar hay uno nuevo."]
        else:
            base, now = read_published(unit, root), read_published(unit, new)
            merged = merge(base, now, mine)
            _write(merged.notebook, path)
            report = merged.report
    _copy(fresh, root / PUBLISHED / unit / f"{unit}.ipynb")
    return report


def _write(notebook: nbformat.NotebookNode, path: Path) -> None:
    partial = path.with_suffix(".parcial")
    nbformat.write(notebook, partial)
    partial.replace(path)


def _replace(source: Path, target: Path, backup: Path) -> bool:
    """Pone un archivo del curso si no es el que ya está; el que había va al respaldo."""
    if target.is_file() and target.read_bytes() == source.read_bytes():
        return False
    if target.is_file():
        _copy(target, backup)
    _copy(source, target)
    return True


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.parcial")
    shutil.copy(source, partial)
    partial.replace(target)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def main(arguments: Sequence[str]) -> int:
    """Actualiza y cuenta qué cambió. Argumento: la versión nueva."""
    source = Path(arguments[0]) if arguments and arguments[0] else None
    if source is None:
        report = repair()
    else:
        with opened_bundle(source) as new:
            report = update(new)
    print("\n".join(report))
    print("Si tenías un notebook abierto en JupyterLab, cerralo y abrilo otra vez.")
    return 0


def repair(root: Path = ROOT) -> list[str]:
    """Repone las celdas del curso en los notebooks, sin cambiar de versión."""
    if not (root / PUBLISHED / LISTING).is_file():
        raise StudentError("make update es para la copia de un estudiante, la de make bundle.")
    backup = _back_up(root)
    report = [f"Respaldo de lo que había: {backup.relative_to(root)}"]
    for unit in sorted(path.name for path in (root / PUBLISHED).iterdir() if path.is_dir()):
        report += [f"{unit}: {line}" for line in _update_unit(unit, root, root)]
    return report if len(report) > 1 else [*report, "No faltaba nada."]


if __name__ == "__main__":
    command_line(main)
