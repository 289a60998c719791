"""`make release`: genera en notebooks/ la versión del estudiante de cada máster."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from amq2.instructor.course import (
    ROOT,
    CourseError,
    chosen_units,
    command_line,
    open_nbgrader,
    reason,
    released,
)


def release(unit: str, root: Path = ROOT, destination: Path | None = None) -> Path:
    """Genera la versión del estudiante de una unidad.

    Args:
        unit: por ejemplo `02-http`.
        root: la carpeta del curso.
        destination: dónde escribir, si no es `notebooks/`.

    Returns:
        El notebook generado.

    Raises:
        CourseError: si nbgrader no puede publicar el máster.
    """
    with tempfile.TemporaryDirectory(prefix="amq2-") as temporary:
        api = open_nbgrader(
            root,
            release_directory=destination or root / "notebooks",
            db_url=f"sqlite:///{temporary}/gradebook.db",
        )
        result = api.generate_assignment(unit, force=True)
    if not result["success"]:
        raise CourseError(f"El máster de {unit} no se puede publicar: {reason(result)}")
    return released(unit, root) if destination is None else destination / unit / f"{unit}.ipynb"


def main(arguments: Sequence[str]) -> int:
    """Genera las unidades pedidas, o todas."""
    for unit in tqdm(chosen_units(arguments), desc="Publico", unit="unidad"):
        release(unit)
    return 0


if __name__ == "__main__":
    command_line(main)
