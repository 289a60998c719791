"""`make grade`: corrige lo que hay en submitted/ y guarda las notas en gradebook.db."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from tqdm import tqdm
from traitlets.config import Config

from amq2.instructor.course import ROOT, CourseError, chosen_units, command_line
from amq2.instructor.fingerprint import changed
from amq2.instructor.gradebook import back_up, copy_gradebook, only_one, register
from amq2.instructor.marking import Graded, execute_all, mark_all
from amq2.instructor.pace import MOST
from amq2.instructor.workers import copy_of
from amq2.isolation.level import UnsafeError, describe


def submissions(unit: str, root: Path = ROOT) -> list[Path]:
    """Las carpetas `submitted/<estudiante>/<unidad>`, en orden."""
    return sorted(folder for folder in root.glob(f"submitted/*/{unit}") if folder.is_dir())


def all_submissions(chosen: Sequence[str], root: Path = ROOT) -> list[Path]:
    """Las de todas las unidades pedidas.

    Raises:
        CourseError: si no hay ninguna.
    """
    if folders := [folder for unit in chosen for folder in submissions(unit, root)]:
        return folders
    raise CourseError(
        "No hay nada que corregir: dejá cada entrega en "
        "submitted/<estudiante>/<unidad>/<unidad>.ipynb."
    )


def grade(chosen: Sequence[str], root: Path = ROOT, options: Config | None = None) -> list[Graded]:
    """Corrige las entregas de las unidades pedidas; una mala no detiene a las otras.

    Se ejecutan de a varias y encerradas; el gradebook lo escribe sólo este proceso. Lo que ya
    estaba corregido, con la misma entrega y el mismo máster, no se corrige de nuevo: así quedan las
    notas puestas a mano.

    Args:
        chosen: las unidades.
        root: la carpeta del curso.
        options: lo que cambia de nbgrader_config.py.

    Raises:
        CourseError: si no hay nada entregado, si por un máster que no se puede publicar no queda
            nada que corregir o si la máquina no puede encerrar las entregas.
    """
    with only_one(root):
        return _grade(all_submissions(chosen, root), root, options or Config())


def begin(
    folders: Sequence[Path], root: Path, staging: Path
) -> tuple[dict[Path, str], dict[str, str]]:
    """Prepara el gradebook y dice qué entregas hay que corregir.

    Args:
        folders: las entregas, `submitted/<estudiante>/<unidad>`.
        root: la carpeta del curso.
        staging: la carpeta de paso; en ella queda una copia del gradebook.

    Returns:
        Las entregas, con su huella de antes de empezar: si algo cambia mientras tanto, la próxima
        vez se corrige otra vez. Y las unidades que no se pueden corregir, con el motivo.

    Raises:
        CourseError: si por esos motivos no queda nada que corregir.
    """
    stopped: dict[str, str] = {}
    if pending := changed(folders, root):
        back_up(root)
        for unit in dict.fromkeys(folder.name for folder in pending):
            try:
                register(unit, root)
            except CourseError as error:
                stopped[unit] = str(error)
        copy_gradebook(root, staging / "gradebook.db")
    pending = {folder: mark for folder, mark in pending.items() if folder.name not in stopped}
    if stopped and not pending:
        raise CourseError("\n".join(stopped.values()))
    return pending, stopped


def _grade(folders: Sequence[Path], root: Path, options: Config) -> list[Graded]:
    with tempfile.TemporaryDirectory(prefix="amq2-") as name:
        staging = Path(name)
        pending, stopped = begin(folders, root, staging)
        done = {
            folder: Graded(folder.name, folder.parent.name, skipped=True)
            for folder in folders
            if folder not in pending and folder.name not in stopped
        }
        # Si se corta, nadie sigue ejecutando en la carpeta de paso cuando se borra.
        with (
            closing(execute_all(pending, root, staging, options, MOST)) as executed,
            tqdm(total=len(pending), desc="Corrijo", unit="entrega") as bar,
        ):
            failed = 0
            for result in mark_all(executed, root, staging, options):
                done[root / "submitted" / result.student / result.unit] = result
                shutil.rmtree(copy_of(staging, result.student, result.unit), ignore_errors=True)
                failed += result.problem is not None
                bar.set_postfix_str(f"con problemas: {failed}", refresh=False)
                bar.update()
    return [done[folder] for folder in folders if folder in done] + not_graded(stopped)


def not_graded(stopped: Mapping[str, str]) -> list[Graded]:
    """De las unidades que no se pudieron corregir, una línea cada una, sin estudiante."""
    return [Graded(unit, "", problem=why) for unit, why in stopped.items()]


def isolation() -> str:
    """El aislamiento que está en vigor, en un renglón.

    Raises:
        CourseError: si la máquina no puede encerrar las entregas.
    """
    try:
        return describe()
    except UnsafeError as error:
        raise CourseError(str(error)) from None


def summary(done: Sequence[Graded]) -> str:
    """Qué pasó, y un renglón por cada cosa que hay que mirar."""
    skipped = sum(result.skipped for result in done)
    corrected = sum(bool(result.student) for result in done) - skipped
    lines = [f"Corregidas: {corrected}. Sin cambios desde la última vez: {skipped}."]
    for result in done:
        for text in filter(None, (result.problem, *result.notes)):
            # Una entrega elige parte de estos textos: sin signos que la terminal obedezca.
            line = f"{result.student} {result.unit}: {text}" if result.student else text
            lines.append("  " + "".join(sign if sign.isprintable() else " " for sign in line))
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Corrige y cuenta qué pasó."""
    print(isolation())
    done = grade(chosen_units(arguments))
    print(summary(done))
    print("Sigue: make feedback (devoluciones), make grades (notas), make formgrader (a mano).")
    return int(not all(result.student for result in done))


if __name__ == "__main__":
    command_line(main)
