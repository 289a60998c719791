"""Guardar una entrega en submitted/ sin pisar ni borrar nada.

De varios intentos queda el último; los anteriores van a `submitted/.intentos/`, y lo que llega a
nombre de otra persona, a `submitted/.sin-colocar/`.
"""

import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from amq2.instructor.course import units
from amq2.instructor.delivery import Delivery
from amq2.instructor.provenance import (
    ORIGIN,
    Origins,
    label,
    label_of,
    order,
    order_of,
    origin_of,
    same_person,
    someone_else,
    time_of,
)

TIMESTAMP = "timestamp.txt"
ATTEMPTS = ".intentos"
ASIDE = ".sin-colocar"


@dataclass
class Collected:
    """Cómo quedó en submitted/ lo que trajo el campus."""

    placed: list[Delivery] = field(default_factory=list)
    earlier: list[Delivery] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    new: int = 0
    """Cuántas entregas no estaban de antes, con los intentos anteriores."""


def keep(delivery: Delivery, root: Path, origins: Origins, done: Collected) -> Delivery | None:
    """Guarda una entrega donde va y la devuelve con su estudiante; si no tiene lugar, `None`."""
    student = same_person(delivery, origins)
    if student and student != delivery.student:
        text = f"{student} {delivery.unit}: esta vez llegó como «{delivery.student}»."
        done.notes.append(text)
        delivery = replace(delivery, student=student)
    if delivery.student in units(root):
        done.unplaced.append((delivery.origin, "no dice de quién es: falta la carpeta del nombre."))
        return None
    if other := someone_else(delivery, origins):
        aside = root / "submitted" / ASIDE / delivery.student / delivery.unit / label(delivery)
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
    if current and order_of(current) > order(delivery):
        done.new += _write(delivery, attempts / label(delivery))
    elif order_of(current) != order(delivery):
        if folder.exists():
            _move(folder, attempts / label_of(current))
        done.new += _write(delivery, folder)
        origins[key] = origin_of(delivery)
    return delivery


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
    for name, content in delivery.files.items():
        (partial / name).write_bytes(content)
    (partial / TIMESTAMP).write_text(time_of(delivery), encoding="utf-8")
    text = json.dumps(origin_of(delivery), ensure_ascii=False, indent=2)
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
