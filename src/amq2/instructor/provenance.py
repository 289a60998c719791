"""De quién es cada entrega que ya está en submitted/: su `procedencia.json`.

Con ella se sabe si dos entregas son de la misma persona, o si dos personas usan el mismo nombre; y
cuál de dos intentos es posterior.
"""

import hashlib
import json
import unicodedata
from datetime import UTC
from pathlib import Path

from amq2.instructor.campus_files import UnplacedError
from amq2.instructor.delivery import Delivery, slug

ORIGIN = "procedencia.json"

Origin = dict[str, object]
"""Lo que dice una `procedencia.json`."""

Origins = dict[tuple[str, str], Origin]
"""La de cada estudiante y unidad."""


def read_origins(root: Path) -> Origins:
    """La procedencia de todo lo que ya está en submitted/, por estudiante y unidad."""
    return {
        (path.parent.parent.name, path.parent.name): read_origin(path)
        for path in sorted(root.glob(f"submitted/[!.]*/*/{ORIGIN}"))
    }


def read_origin(path: Path) -> Origin:
    """Lo que dice una procedencia; vacío si no se puede leer."""
    try:
        origin = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return origin if isinstance(origin, dict) else {}


def same_person(delivery: Delivery, origins: Origins) -> str | None:
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


def someone_else(delivery: Delivery, origins: Origins) -> str | None:
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


def order(delivery: Delivery) -> tuple[str, str]:
    """Qué intento es posterior: por la hora y, en el mismo segundo, siempre el mismo."""
    return time_of(delivery), digest_of(delivery)


def order_of(origin: Origin) -> tuple[str, str]:
    return str(origin.get("time", "")), str(origin.get("digest", ""))


def label(delivery: Delivery) -> str:
    """Cómo se llama la carpeta de un intento: la hora y el principio de su huella."""
    return label_of(origin_of(delivery))


def label_of(origin: Origin) -> str:
    time, digest = order_of(origin)
    return f"{time.replace(':', '').replace(' ', '_') or 'sin-hora'}-{digest[:8] or 'a-mano'}"


def digest_of(delivery: Delivery) -> str:
    """La huella del notebook y, si los hay, de los archivos que van con él."""
    digest = hashlib.sha256(delivery.notebook)
    for name, content in sorted(delivery.files.items()):
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def time_of(delivery: Delivery) -> str:
    return delivery.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def origin_of(delivery: Delivery) -> Origin:
    return {
        "participant": delivery.participant,
        "full_name": delivery.full_name,
        "time": time_of(delivery),
        "file": delivery.origin,
        "digest": digest_of(delivery),
        "receipt_ok": not delivery.remark,
        "remark": delivery.remark,
    }
