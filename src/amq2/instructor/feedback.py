"""`make feedback`: una página por estudiante y unidad, en feedback/, que se abre sin conexión."""

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
)


def feedback(chosen: Sequence[str], root: Path = ROOT) -> list[Path]:
    """Escribe la devolución de cada entrega corregida.

    Returns:
        Las páginas escritas.

    Raises:
        CourseError: si no hay nada corregido, o si una devolución no se puede escribir.
    """
    work = sorted(
        folder for unit in chosen for folder in root.glob(f"autograded/*/{unit}") if folder.is_dir()
    )
    if not work:
        raise CourseError("Todavía no hay nada corregido: primero corregí con make grade.")
    api = open_nbgrader(root)
    pages = []
    for folder in tqdm(work, desc="Escribo devoluciones", unit="página"):
        student, unit = folder.parent.name, folder.name
        result = api.generate_feedback(unit, student, force=True)
        if not result["success"]:
            raise CourseError(f"La devolución de {student} en {unit} falló: {reason(result)}")
        pages.append(root / "feedback" / student / unit / f"{unit}.html")
    return pages


def main(arguments: Sequence[str]) -> int:
    """Escribe las devoluciones y dice dónde quedaron."""
    pages = feedback(chosen_units(arguments))
    print(f"{len(pages)} devoluciones en feedback/<estudiante>/<unidad>/.")
    return 0


if __name__ == "__main__":
    command_line(main)
