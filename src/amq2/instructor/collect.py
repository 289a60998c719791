"""`make collect FROM=…`: pone en submitted/ lo que entregó la clase por el campus.

De varios intentos queda el último; los anteriores se guardan en `submitted/.intentos/`, y lo que
llega a nombre de otra persona, en `submitted/.sin-colocar/`. Nada se pisa ni se borra.
"""

import hashlib
import json
import lzma
import shutil
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook
from tqdm import tqdm

from amq2.instructor.course import ROOT, CourseError, chosen_units, command_line, units
from amq2.instructor.delivery import Delivery, UnplacedError, entries, slug, understand
from amq2.settings import TIME_ZONE

ORIGIN = "procedencia.json"
TIMESTAMP = "timestamp.txt"
ATTEMPTS = ".intentos"
ASIDE = ".sin-colocar"

_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)
_IMPOSSIBLE = (RecursionError, OverflowError)
"""Lo que da un recibo armado a propósito: listas sin fin, fechas que no existen."""

Origin = dict[str, object]
"""Lo que dice una `procedencia.json`."""


@dataclass
class Collected:
    """Cómo quedó en submitted/ lo que trajo el campus."""

    placed: list[Delivery] = field(default_factory=list)
    earlier: list[Delivery] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    new: int = 0
    """Cuántas entregas no estaban de antes, con los intentos anteriores."""


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
    origins = _origins(root)
    kept = {
        (one.student, one.unit, *_order(one)): one
        for delivery in sorted(deliveries, key=_order)
        if (one := _keep(delivery, root, origins, done))
    }
    for delivery in kept.values():
        is_placed = _order_of(origins[delivery.student, delivery.unit]) == _order(delivery)
        (done.placed if is_placed else done.earlier).append(delivery)
    return done


# --- Leer ------------------------------------------------------------------------------------


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
                _time(delivery)
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
    with zipfile.ZipFile(source) as archive:
        return sum(not info.is_dir() for info in archive.infolist())


# --- Saber de quién es -----------------------------------------------------------------------


def _origins(root: Path) -> dict[tuple[str, str], Origin]:
    """La procedencia de todo lo que ya está en submitted/, por estudiante y unidad."""
    return {
        (path.parent.parent.name, path.parent.name): _read_origin(path)
        for path in sorted(root.glob(f"submitted/[!.]*/*/{ORIGIN}"))
    }


def _read_origin(path: Path) -> Origin:
    try:
        origin = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return origin if isinstance(origin, dict) else {}


def _same_person(delivery: Delivery, origins: dict[tuple[str, str], Origin]) -> str | None:
    """Con qué nombre está ya quien entrega, si esta vez llegó con otro.

    Pasa cuando primero subió el notebook suelto y después el zip de `make submit`, o al revés.
    """
    for (student, unit), origin in origins.items():
        same_number = unit == delivery.unit and origin.get("participant") == delivery.participant
        if delivery.participant and same_number:
            return student
    if _is_from_its_name(delivery):
        named = {
            student for (student, _), one in origins.items() if _name(one) == _name_of(delivery)
        }
        return named.pop() if len(named) == 1 else None
    return None


def _is_from_its_name(delivery: Delivery) -> bool:
    try:
        return slug(delivery.full_name) == delivery.student
    except UnplacedError:
        return False


def _someone_else(delivery: Delivery, origins: dict[tuple[str, str], Origin]) -> str | None:
    """Quién tiene ya el nombre de estudiante de una entrega, si es otra persona."""
    for (student, unit), origin in origins.items():
        if student != delivery.student:
            continue
        names = {_name(origin), _name_of(delivery)} - {""}
        numbers = {origin.get("participant"), delivery.participant} - {None, ""}
        if len(names) > 1 or (unit == delivery.unit and len(numbers) > 1):
            number = f", participante {origin['participant']}" if origin.get("participant") else ""
            return f"{origin.get('full_name')}{number}"
    return None


def _name(origin: Origin) -> str:
    """El nombre que dio el campus, para comparar: macOS guarda aparte las tildes."""
    return unicodedata.normalize("NFC", str(origin.get("full_name", ""))).casefold()


def _name_of(delivery: Delivery) -> str:
    return _name({"full_name": delivery.full_name})


# --- Guardar ---------------------------------------------------------------------------------


def _keep(
    delivery: Delivery, root: Path, origins: dict[tuple[str, str], Origin], done: Collected
) -> Delivery | None:
    """Guarda una entrega donde va y la devuelve con su estudiante; si no tiene lugar, `None`."""
    student = _same_person(delivery, origins)
    if student and student != delivery.student:
        text = f"{student} {delivery.unit}: esta vez llegó como «{delivery.student}»."
        done.notes.append(text)
        delivery = replace(delivery, student=student)
    if delivery.student in units(root):
        done.unplaced.append((delivery.origin, "no dice de quién es: falta la carpeta del nombre."))
        return None
    if other := _someone_else(delivery, origins):
        aside = root / "submitted" / ASIDE / delivery.student / delivery.unit / _label(delivery)
        done.new += _write(delivery, aside)
        reason = (
            f"«{delivery.student}» ya es {other}. Quedó en {aside.relative_to(root)}: "
            "si es otra persona, que entregue con otro STUDENT; si es la misma, corregí su "
            f"{ORIGIN} y repetí."
        )
        done.unplaced.append((delivery.origin, reason))
        return None
    key = delivery.student, delivery.unit
    folder = root / "submitted" / delivery.student / delivery.unit
    attempts = root / "submitted" / ATTEMPTS / delivery.student / delivery.unit
    current = origins.get(key, {})
    if current and _order_of(current) > _order(delivery):
        done.new += _write(delivery, attempts / _label(delivery))
    elif _order_of(current) != _order(delivery):
        if folder.exists():
            _move(folder, attempts / _label_of(current))
        done.new += _write(delivery, folder)
        origins[key] = _origin(delivery)
    return delivery


def _order(delivery: Delivery) -> tuple[str, str]:
    """Qué intento es posterior: por la hora y, en el mismo segundo, siempre el mismo."""
    return _time(delivery), _digest(delivery)


def _order_of(origin: Origin) -> tuple[str, str]:
    return str(origin.get("time", "")), str(origin.get("digest", ""))


def _label(delivery: Delivery) -> str:
    """Cómo se llama la carpeta de un intento: la hora y el principio de su huella."""
    return _label_of(_origin(delivery))


def _label_of(origin: Origin) -> str:
    time, digest = _order_of(origin)
    return f"{time.replace(':', '').replace(' ', '_') or 'sin-hora'}-{digest[:8] or 'a-mano'}"


def _digest(delivery: Delivery) -> str:
    return hashlib.sha256(delivery.notebook).hexdigest()


def _time(delivery: Delivery) -> str:
    return delivery.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _origin(delivery: Delivery) -> Origin:
    return {
        "participant": delivery.participant,
        "full_name": delivery.full_name,
        "time": _time(delivery),
        "file": delivery.origin,
        "digest": _digest(delivery),
        "receipt_ok": not delivery.remark,
        "remark": delivery.remark,
    }


def _write(delivery: Delivery, folder: Path) -> bool:
    """Escribe una entrega al lado y después la pone en su lugar: nunca queda a medias.

    Returns:
        Si la escribió; si ya estaba, no toca nada.
    """
    if folder.exists():
        return False
    partial = folder.with_name(f".{folder.name}.parcial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    (partial / f"{delivery.unit}.ipynb").write_bytes(delivery.notebook)
    (partial / TIMESTAMP).write_text(_time(delivery), encoding="utf-8")
    text = json.dumps(_origin(delivery), ensure_ascii=False, indent=2)
    (partial / ORIGIN).write_text(text, encoding="utf-8")
    partial.rename(folder)
    return True


def _move(folder: Path, target: Path) -> None:
    """Mueve una carpeta sin pisar otra."""
    free, number = target, 1
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}-{number}")
    free.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(free)


# --- El plazo --------------------------------------------------------------------------------


def set_due(unit: str, due: str, root: Path = ROOT) -> datetime:
    """Anota en el gradebook hasta cuándo se entrega una unidad.

    Args:
        unit: la unidad.
        due: `2026-11-20 23:59`, hora de Buenos Aires; sin hora, hasta que termina ese día.
        root: la carpeta del curso.

    Returns:
        El plazo anotado.

    Raises:
        CourseError: si la fecha no se entiende.
    """
    try:
        moment = datetime.fromisoformat(due if ":" in due else f"{due} 23:59")
    except ValueError:
        raise CourseError(
            f"No entiendo la fecha «{due}»: escribila como DUE='2026-11-20 23:59'"
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=TIME_ZONE)
    text = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(unit, duedate=text)
    return moment.astimezone(TIME_ZONE)


def lateness(deliveries: Sequence[Delivery], root: Path = ROOT) -> list[tuple[Delivery, timedelta]]:
    """Las entregas que llegaron después del plazo, y por cuánto; sin plazo anotado, ninguna."""
    database = root / "gradebook.db"
    if not database.exists():
        return []
    with Gradebook(f"sqlite:///{database}") as gradebook:
        due = {
            one.name: one.duedate.replace(tzinfo=UTC)
            for one in gradebook.assignments
            if one.duedate
        }
    return [
        (one, one.time - due[one.unit])
        for one in deliveries
        if one.unit in due and one.time > due[one.unit]
    ]


def _readable(delay: timedelta) -> str:
    minutes = int(delay.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if minutes else "menos de un minuto"


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
        print(f"  {delivery.student} {delivery.unit}: tarde, por {_readable(delay)}.")
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
