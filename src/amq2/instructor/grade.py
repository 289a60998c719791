"""`make grade`: corrige lo que hay en submitted/ y guarda las notas en gradebook.db."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm
from traitlets.config import Config

from amq2.instructor.course import (
    ROOT,
    CourseError,
    chosen_units,
    command_line,
)
from amq2.instructor.fingerprint import is_up_to_date
from amq2.instructor.gradebook import back_up, only_one
from amq2.instructor.marking import Graded, grade_all
from amq2.isolation.level import UnsafeError, describe


def submissions(unit: str, root: Path = ROOT) -> list[Path]:
    """Las carpetas `submitted/<estudiante>/<unidad>`, en orden."""
    return sorted(folder for folder in root.glob(f"submitted/*/{unit}") if folder.is_dir())


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
        CourseError: si no hay nada entregado, si un máster no se puede publicar o si la máquina no
            puede encerrar las entregas.
    """
    folders = [folder for unit in chosen for folder in submissions(unit, root)]
    if not folders:
        raise CourseError(
            "No hay nada que corregir: dejá cada entrega en "
            "submitted/<estudiante>/<unidad>/<unidad>.ipynb."
        )
    with only_one(root):
        return _grade(folders, root, options or Config())


def _grade(folders: Sequence[Path], root: Path, options: Config) -> list[Graded]:
    pending = [folder for folder in folders if not is_up_to_date(folder, root)]
    results = {
        folder: Graded(folder.name, folder.parent.name, skipped=True)
        for folder in set(folders).difference(pending)
    }
    back_up(root)
    with (
        tempfile.TemporaryDirectory(prefix="amq2-") as staging,
        tqdm(total=len(pending), desc="Corrijo", unit="entrega") as bar,
    ):
        failed = 0
        for folder, result in grade_all(pending, root, Path(staging), options):
            results[folder] = result
            failed += result.problem is not None
            bar.set_postfix_str(f"con problemas: {failed}", refresh=False)
            bar.update()
    return [results[folder] for folder in folders]


def main(arguments: Sequence[str]) -> int:
    """Corrige y cuenta qué pasó."""
    try:
        print(describe())
    except UnsafeError as error:
        raise CourseError(str(error)) from None
    done = grade(chosen_units(arguments))
    skipped = sum(result.skipped for result in done)
    print(f"Corregidas: {len(done) - skipped}. Sin cambios desde la última vez: {skipped}.")
    for result in done:
        for text in filter(None, (result.problem, *result.notes)):
            # Una entrega elige parte de estos textos: sin signos que la terminal obedezca.
            line = f"{result.student} {result.unit}: {text}"
            print("  " + "".join(sign if sign.isprintable() else " " for sign in line))
    print("Sigue: make feedback (devoluciones), make grades (notas), make formgrader (a mano).")
    return 0


if __name__ == "__main__":
    command_line(main)
