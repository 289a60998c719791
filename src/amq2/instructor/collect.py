"""`make collect FROM=…`: pone en submitted/ lo que entregó la clase por el campus.

De varios intentos queda el último; los anteriores se guardan en `submitted/.intentos/`.
"""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from tqdm import tqdm

from amq2.instructor.course import ROOT, CourseError, chosen_units, command_line, units
from amq2.instructor.delivery import Delivery, UnplacedError, entries, understand
from amq2.settings import TIME_ZONE

ORIGIN = "procedencia.json"
TIMESTAMP = "timestamp.txt"
ATTEMPTS = ".intentos"


@dataclass
class Collected:
    """Qué pasó con lo que trajo el campus."""

    placed: list[Delivery] = field(default_factory=list)
    earlier: list[Delivery] = field(default_factory=list)
    same: list[Delivery] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)


def collect(source: Path, root: Path = ROOT, unit: str = "") -> Collected:
    """Coloca las entregas de una carpeta o de un zip.

    Args:
        source: la carpeta o el zip que da el campus.
        root: la carpeta del curso.
        unit: la unidad de los archivos que no la dicen.

    Raises:
        CourseError: si `source` no existe o no es ni carpeta ni zip.
    """
    if not source.is_dir() and not zipfile.is_zipfile(source):
        raise CourseError(f"{source} no es una carpeta ni un zip: decí cuál con FROM=…")
    done = Collected()
    deliveries = []
    for entry in tqdm(list(entries(source)), desc="Leo entregas", unit="archivo", leave=False):
        if isinstance(entry, tuple):
            done.unplaced.append(entry)
            continue
        try:
            deliveries.append(understand(entry, units(root), unit))
        except UnplacedError as error:
            done.unplaced.append((entry.name, str(error)))
    for delivery in sorted(deliveries, key=lambda one: one.time):
        _place(delivery, root, done)
    return done


def _place(delivery: Delivery, root: Path, done: Collected) -> None:
    folder = root / "submitted" / delivery.student / delivery.unit
    previous = _read_origin(folder)
    if _is_someone_else(previous, delivery):
        reason = f"«{delivery.student}» ya es {previous['full_name']}: que use otro STUDENT."
        done.unplaced.append((delivery.origin, reason))
        return
    if previous.get("digest") == _digest(delivery) and previous.get("time") == _time(delivery):
        done.same.append(delivery)
        return
    if previous and str(previous["time"]) > _time(delivery):
        _write(delivery, _attempt(root, delivery.student, delivery.unit, _time(delivery)))
        done.earlier.append(delivery)
        return
    if folder.exists():
        time = str(previous.get("time", "sin-hora"))
        _move(folder, _attempt(root, delivery.student, delivery.unit, time))
        done.placed = [one for one in done.placed if not _is_same_work(one, delivery)]
        done.earlier.append(delivery)
    _write(delivery, folder)
    done.placed.append(delivery)


def _is_someone_else(previous: dict[str, object], delivery: Delivery) -> bool:
    names = {previous.get("full_name"), delivery.full_name} - {None, ""}
    return len(names) > 1


def _is_same_work(one: Delivery, other: Delivery) -> bool:
    return (one.student, one.unit) == (other.student, other.unit)


def _digest(delivery: Delivery) -> str:
    return hashlib.sha256(delivery.notebook).hexdigest()


def _time(delivery: Delivery) -> str:
    return delivery.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _attempt(root: Path, student: str, unit: str, time: str) -> Path:
    return root / "submitted" / ATTEMPTS / student / unit / time.replace(":", "").replace(" ", "_")


def _read_origin(folder: Path) -> dict[str, object]:
    path = folder / ORIGIN
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _move(folder: Path, target: Path) -> None:
    """Mueve una carpeta sin pisar otra."""
    number = 1
    while target.exists():
        number += 1
        target = target.with_name(f"{target.name}-{number}")
    target.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(target)


def _write(delivery: Delivery, folder: Path) -> None:
    """Escribe una entrega al lado y después la pone en su lugar: nunca queda a medias."""
    partial = folder.with_name(f".{folder.name}.parcial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    (partial / f"{delivery.unit}.ipynb").write_bytes(delivery.notebook)
    (partial / TIMESTAMP).write_text(_time(delivery), encoding="utf-8")
    origin = {
        "participant": delivery.participant,
        "full_name": delivery.full_name,
        "time": _time(delivery),
        "file": delivery.origin,
        "digest": _digest(delivery),
        "remark": delivery.remark,
    }
    text = json.dumps(origin, ensure_ascii=False, indent=2)
    (partial / ORIGIN).write_text(text, encoding="utf-8")
    if folder.exists():
        shutil.rmtree(partial)
        return
    partial.rename(folder)


def set_due(unit: str, due: str, root: Path = ROOT) -> None:
    """Anota en el gradebook hasta cuándo se entrega una unidad.

    Args:
        unit: la unidad.
        due: por ejemplo `2026-11-20 23:59`, hora de Buenos Aires.
        root: la carpeta del curso.

    Raises:
        CourseError: si la fecha no se entiende.
    """
    try:
        moment = datetime.fromisoformat(due).replace(tzinfo=TIME_ZONE).astimezone(UTC)
    except ValueError:
        raise CourseError(
            f"No entiendo la fecha «{due}»: escribila como DUE='2026-11-20 23:59'"
        ) from None
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(unit, duedate=f"{moment:%Y-%m-%d %H:%M:%S} UTC")


def lateness(delivery: Delivery, root: Path = ROOT) -> timedelta:
    """Cuánto después del plazo llegó; sin plazo anotado, nada."""
    database = root / "gradebook.db"
    if not database.exists():
        return timedelta(0)
    with Gradebook(f"sqlite:///{database}") as gradebook:
        try:
            due = gradebook.find_assignment(delivery.unit).duedate
        except MissingEntry:
            return timedelta(0)
    if due is None:
        return timedelta(0)
    return max(delivery.time.astimezone(UTC) - due.replace(tzinfo=UTC), timedelta(0))


def main(arguments: Sequence[str]) -> int:
    """Coloca y cuenta qué pasó. Argumentos: de dónde, la unidad y el plazo."""
    source, unit, due, *_ = [*arguments, "", "", ""]
    if not source:
        raise CourseError("Decí dónde están las entregas: make collect FROM=entregas.zip")
    if unit:
        chosen_units([unit])
    if due:
        if not unit:
            raise CourseError("El plazo es de una unidad: agregá UNIT=…")
        set_due(unit, due)
    done = collect(Path(source), unit=unit)
    late = [(one, lateness(one)) for one in done.placed]
    for delivery in done.placed:
        if delivery.remark:
            print(f"  {delivery.student} {delivery.unit}: {delivery.remark}")
    for delivery, delay in late:
        if delay:
            print(f"  {delivery.student} {delivery.unit}: tarde, por {_readable(delay)}.")
    for name, reason in done.unplaced:
        print(f"  Sin colocar: {name}: {reason}")
    print(
        f"Colocadas: {len(done.placed)}. Tarde: {sum(bool(delay) for _, delay in late)}. "
        f"Intentos anteriores guardados: {len(done.earlier)}. Ya estaban: {len(done.same)}. "
        f"Sin colocar: {len(done.unplaced)}."
    )
    return 0


def _readable(delay: timedelta) -> str:
    minutes = int(delay.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min"


if __name__ == "__main__":
    command_line(main)
