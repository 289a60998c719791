"""Encabezados que hay que interpretar: `Accept`, `Content-Type`, ETag y las condiciones.

Cada función es una regla de la RFC 9110, y dice cuál.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from amq2.problems import Problem


def choose_media_type(accept: str, offers: Sequence[str]) -> str | None:
    """El tipo de `offers` que más le gusta al cliente, o None si ninguno le sirve.

    Sección 12.5.1: gana la `q` más alta; para cada tipo vale el rango más específico que lo
    abarca; `q=0` es "no me sirve". En un empate, el primero de `offers`. Sin Accept, todo sirve.
    """
    if not accept.strip():
        return offers[0]
    ranges = [_media_range(part) for part in accept.split(",") if part.strip()]
    best = max(offers, key=lambda offer: _quality(offer, ranges))
    return best if _quality(best, ranges) > 0 else None


def _media_range(text: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in text.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                return name.lower(), float(value)
            except ValueError:
                return name.lower(), 0.0
    return name.lower(), 1.0


def _quality(offer: str, ranges: list[tuple[str, float]]) -> float:
    for candidate in (offer, offer.partition("/")[0] + "/*", "*/*"):
        for name, quality in ranges:
            if name == candidate:
                return quality
    return 0.0


async def read_json(request: Request, *media_types: str) -> dict[str, Any]:
    """El objeto JSON que vino en el cuerpo.

    Levanta Problem: 415 si el Content-Type no es uno de `media_types` (15.5.16), 400 si el cuerpo
    no es JSON, y 422 si es JSON pero no un objeto.
    """
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared not in media_types:
        wanted = " o ".join(media_types)
        raise Problem(415, f"Mandá el cuerpo con Content-Type: {wanted}, no {declared or 'vacío'}.")
    try:
        data = json.loads(await request.body(), parse_constant=_no_constants)
        json.dumps(data, ensure_ascii=False).encode()  # falla si hay texto que no es Unicode
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"El cuerpo no es JSON: {error}.") from error
    if not isinstance(data, dict):
        raise Problem(422, "El cuerpo tiene que ser un objeto JSON, como {...}.")
    return data


def _no_constants(name: str) -> float:
    raise ValueError(f"{name} no existe en JSON")


def etag_of(item: dict[str, Any]) -> str:
    """Una etiqueta fuerte: cambia si y sólo si cambia lo que se ve del elemento (8.8.3)."""
    canonical = json.dumps(item, sort_keys=True).encode()
    return f'"{hashlib.sha256(canonical).hexdigest()[:16]}"'


def matches(condition: str, etag: str, *, weak: bool) -> bool:
    """¿`etag` está en la lista del encabezado? `*` es cualquiera (13.1.1 y 13.1.2).

    weak  True compara sin mirar el prefijo W/ (If-None-Match); False lo rechaza (If-Match).
    """
    tags = [tag.strip() for tag in condition.split(",")]
    if weak:
        tags = [tag.removeprefix("W/") for tag in tags]
    return "*" in tags or etag in tags
