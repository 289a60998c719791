"""`GET` de una colección: una página por vez, en JSON o en CSV.

La página siguiente no se calcula: se pide la dirección que viene en `Link: <…>; rel="next"`
(RFC 8288). El cursor es opaco: sólo el servidor sabe qué dice adentro.
"""

import base64
import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from amq2.playground.negotiation import choose_media_type
from amq2.playground.rules import SCHEMAS
from amq2.playground.store import Item
from amq2.problems import Problem

DEFAULT_LIMIT, MAX_LIMIT = 10, 50
MEDIA_TYPES = ("application/json", "text/csv")


def list_items(request: Request, name: str) -> Response:
    """Una página de la colección `name`, con los encabezados que la explican.

    Levanta Problem: 400 (cursor), 406 (formato) y 422 (limit).
    """
    media_type = choose_media_type(request.headers.get("accept", ""), MEDIA_TYPES)
    if media_type is None:
        detail = f"Puedo contestar en: {', '.join(MEDIA_TYPES)}. Pedí uno de esos en Accept."
        raise Problem(406, detail, available=list(MEDIA_TYPES), headers={"Vary": "Accept"})
    limit = _limit(request.query_params.get("limit"))
    after = _decode_cursor(request.query_params.get("cursor"), name)
    items = request.app.state.store.items(name)
    pending = [item for item in items if item["id"] > after]
    page = pending[:limit]
    headers = {"X-Total-Count": str(len(items)), "Vary": "Accept"}
    if len(pending) > limit:
        headers["Link"] = f'<{_next_page(request, name, page[-1]["id"], limit)}>; rel="next"'
    if media_type == "text/csv":
        return Response(_as_csv(name, page), headers=headers, media_type="text/csv")
    return JSONResponse(page, headers=headers)


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_LIMIT:
        return int(text)
    detail = f"limit tiene que ser un número entero de 1 a {MAX_LIMIT}."
    raise Problem(422, detail, errors=[{"field": "limit", "detail": detail}])


def _next_page(request: Request, name: str, last_id: int, limit: int) -> str:
    query = urlencode({"limit": limit, "cursor": _encode_cursor(name, last_id)})
    relative = f"{request.url.path}?{query}"
    if request.app.state.links == "relative":
        return relative
    return f"{request.url.scheme}://{request.url.netloc}{relative}"


def _encode_cursor(name: str, last_id: int) -> str:
    raw = json.dumps([name, last_id]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode_cursor(cursor: str | None, name: str) -> int:
    """El id del último elemento ya entregado; 0 si se pide desde el principio."""
    if cursor is None:
        return 0
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content: Any = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, RecursionError):
        content = None
    match content:
        case [collection, int(last_id)] if collection == name:
            return last_id
    detail = "Ese cursor no sirve. Usá el que viene en Link, sin tocarlo, o empezá sin cursor."
    raise Problem(400, detail)


def _as_csv(name: str, items: list[Item]) -> str:
    """RFC 4180: una línea de nombres y una por elemento, que terminan en CR LF."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=["id", *SCHEMAS[name].fields])
    writer.writeheader()
    writer.writerows(items)
    return text.getvalue()
