"""`make collect FROM=…`: pone en submitted/ lo que entregó la clase por el campus.

Acá se lee y se cuenta qué pasó. De quién es cada archivo lo sabe `delivery`; si ya había entregado,
`provenance`; dónde se guarda, `attempts`.
"""

import lzma
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from amq2.instructor.attempts import Collected, keep
from amq2.instructor.campus_files import UnplacedError, entries, is_one_submission
from amq2.instructor.course import ROOT, CourseError, chosen_units, command_line, units
from amq2.instructor.deadlines import lateness, readable, set_due
from amq2.instructor.delivery import Delivery, understand
from amq2.instructor.provenance import order, order_of, read_origins, time_of

_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)
_IMPOSSIBLE = (RecursionError, OverflowError)
"""Lo que da un recibo armado a propósito: listas sin fin, fechas que no existen."""


def collect(source: Path, root: Path = ROOT, unit: str = "") -> Collected:
    """Coloca las entregas de una carpeta o de un zip.

    Args:
        source: la carpeta o el zip que da el campus.
        root: la carpeta del curso.
        unit: la unidad de los archivos que no la dicen.

    Raises:
        CourseError: si `source` no existe, no es ni carpeta ni zip, o está dañado.
    """
    done = Collected()
    deliveries = _read(source, units(root), unit, done)
    origins = read_origins(root)
    kept = {
        (one.student, one.unit, *order(one)): one
        for delivery in sorted(deliveries, key=order)
        if (one := keep(delivery, root, origins, done))
    }
    for delivery in kept.values():
        is_placed = order_of(origins[delivery.student, delivery.unit]) == order(delivery)
        (done.placed if is_placed else done.earlier).append(delivery)
    return done


def _read(source: Path, known: list[str], unit: str, done: Collected) -> list[Delivery]:
    """Las entregas de una carpeta o de un zip; una rota se anota y no detiene a las otras."""
    deliveries = []
    try:
        total = _count(source)
        for entry in tqdm(entries(source), "Leo entregas", total, unit="archivo"):
            if isinstance(entry, tuple):
                done.unplaced.append(entry)
                continue
            try:
                delivery = understand(entry, known, unit)
                time_of(delivery)
            except UnplacedError as error:
                done.unplaced.append((entry.name, str(error)))
            except _DAMAGED:
                done.unplaced.append((entry.name, "está dañado: pedile que lo suba otra vez."))
            except _IMPOSSIBLE:
                reason = "su recibo no se puede leer: pedile el zip que arma make submit."
                done.unplaced.append((entry.name, reason))
            else:
                deliveries.append(delivery)
    except _DAMAGED as error:
        raise CourseError(f"{source} no se puede leer ({error}): bajalo otra vez.") from None
    return deliveries


def _count(source: Path) -> int:
    if source.is_dir():
        return sum(path.is_file() or path.is_symlink() for path in source.rglob("*"))
    if not source.exists():
        raise CourseError(f"No existe {source}: decí dónde están las entregas con FROM=…")
    if not zipfile.is_zipfile(source):
        raise CourseError(f"{source} no es una carpeta ni un zip: decí cuál con FROM=…")
    if is_one_submission(source):
        return 1
    with zipfile.ZipFile(source) as archive:
        return sum(not info.is_dir() for info in archive.infolist())


def main(arguments: Sequence[str]) -> int:
    """Coloca y cuenta qué pasó. Argumentos: de dónde, la unidad y el plazo."""
    source, unit, due, *_ = [*arguments, "", "", ""]
    if not source:
        raise CourseError("Decí dónde están las entregas: make collect FROM=entregas.zip")
    if unit:
        chosen_units([unit])
    if due and not unit:
        raise CourseError("El plazo es de una unidad: agregá UNIT=…")
    done = collect(Path(source).expanduser(), unit=unit)
    if due:
        moment = set_due(unit, due)
        print(f"Plazo de {unit}: {moment:%d/%m/%Y %H:%M}, hora de Buenos Aires.")
    late = lateness(done.placed)
    for delivery in done.placed:
        if delivery.remark:
            print(f"  {delivery.student} {delivery.unit}: {delivery.remark}")
    for text in done.notes:
        print(f"  {text}")
    for delivery, delay in late:
        print(f"  {delivery.student} {delivery.unit}: tarde, por {readable(delay)}.")
    for name, reason in done.unplaced:
        print(f"  Sin colocar: {name}: {reason}")
    print(
        f"Colocadas: {len(done.placed)}. Tarde: {len(late)}. "
        f"Intentos anteriores: {len(done.earlier)}. Sin colocar: {len(done.unplaced)}. "
        f"Nuevas esta vez: {done.new}."
    )
    return 0


if __name__ == "__main__":
    command_line(main)
