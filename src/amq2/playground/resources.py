"""Las colecciones (`applicants`, `loans` y `payments`): crear, leer, cambiar y borrar.

Todas se portan igual; lo que cambia (los campos) está en `rules`. Cada función atiende un método
y dice qué contesta. Entre la lectura del cuerpo y la respuesta no hay `await`: dos pedidos nunca
se mezclan.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amq2.playground.listing import list_items
from amq2.playground.negotiation import etag_of, matches, read_json
from amq2.playground.routing import route
from amq2.playground.rules import SCHEMAS
from amq2.playground.store import Collection, DuplicateError, Item
from amq2.problems import Problem

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"


class Resource:
    """Los métodos HTTP de una colección y de sus elementos."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.schema = SCHEMAS[name]

    def routes(self) -> list[Route]:
        """`/{name}` y `/{name}/{id}`."""
        one = {"GET": self.read, "PUT": self.replace, "PATCH": self.change, "DELETE": self.delete}
        return [
            route(
                f"/{self.name}",
                "Lista por páginas (limit, cursor), en JSON o CSV; POST crea.",
                GET=self.page,
                POST=self.create,
            ),
            route(
                f"/{self.name}/{{id:int}}",
                "Un elemento, con ETag: leer, reemplazar, cambiar en parte, borrar.",
                **one,
            ),
        ]

    async def page(self, request: Request) -> Response:
        """200 con una página."""
        return list_items(request, self.name)

    async def create(self, request: Request) -> Response:
        """201 con Location. Con Idempotency-Key, repetir el pedido no crea otro.

        La clave se guarda con lo que se creó: con el mismo cuerpo se contesta lo mismo otra vez,
        y con otro cuerpo 422 (borrador draft-ietf-httpapi-idempotency-key-header de la IETF).
        """
        data = await read_json(request, JSON)
        key = (self.name, request.headers.get("idempotency-key", "").strip())
        created: dict[tuple[str, str], tuple[Any, Item]] = request.app.state.created
        if key in created:
            return self._replay(*created[key], data)
        self._validate(data)
        try:
            item = self._collection(request).add(data)
        except DuplicateError as error:
            raise self._conflict(error) from error
        if key[1]:
            created[key] = (data, item)
        return self._created(item)

    async def read(self, request: Request) -> Response:
        """200 con el elemento; 304 sin cuerpo si el cliente ya lo tiene (RFC 9110, 13.1.2)."""
        item = self._find(request)
        etag = etag_of(item)
        condition = request.headers.get("if-none-match")
        if condition is not None and matches(condition, etag, weak=True):
            return Response(status_code=304, headers={"ETag": etag})
        return _show(item)

    async def replace(self, request: Request) -> Response:
        """200 con el elemento nuevo: PUT lo cambia entero, así que no puede faltar nada."""
        data = await read_json(request, JSON)
        return self._update(request, self._find(request), data)

    async def change(self, request: Request) -> Response:
        """200 con el elemento cambiado: PATCH toca sólo los campos que vienen (RFC 5789)."""
        data = await read_json(request, JSON, MERGE_PATCH)
        item = self._find(request)
        return self._update(request, item, {**item, **data})

    async def delete(self, request: Request) -> Response:
        """204 sin cuerpo. La segunda vez contesta 404, y el servidor queda igual que antes."""
        item = self._find(request)
        _check_if_match(request, item)
        self._collection(request).remove(item["id"])
        return Response(status_code=204)

    def _collection(self, request: Request) -> Collection:
        collection: Collection = request.app.state.store.collection(self.name)
        return collection

    def _find(self, request: Request) -> Item:
        item_id = request.path_params["id"]
        item = self._collection(request).get(item_id)
        if item is None:
            raise Problem(404, f"No hay ningún elemento {item_id} en {self.name}.")
        return item

    def _update(self, request: Request, item: Item, data: dict[str, Any]) -> Response:
        _check_if_match(request, item)
        if data.get("id") == item["id"]:  # se puede devolver lo leído, con su id
            data = {name: value for name, value in data.items() if name != "id"}
        self._validate(data)
        try:
            return _show(self._collection(request).replace(item["id"], data))
        except DuplicateError as error:
            raise self._conflict(error) from error

    def _validate(self, data: dict[str, Any]) -> None:
        errors = self.schema.errors(data)
        if errors:
            names = ", ".join(error["field"] for error in errors)
            raise Problem(422, f"Corregí estos campos y mandalo de nuevo: {names}.", errors=errors)

    def _conflict(self, error: DuplicateError) -> Problem:
        unique, other = self.schema.unique, f"/{self.name}/{error}"
        return Problem(409, f"Ya hay otro con ese {unique}: {other}. Cambialo, o usá ese.")

    def _created(self, item: Item) -> Response:
        location = f"/{self.name}/{item['id']}"
        headers = {"Location": location, "ETag": etag_of(item)}
        return JSONResponse(item, status_code=201, headers=headers)

    def _replay(self, sent: Any, item: Item, data: dict[str, Any]) -> Response:  # noqa: ANN401
        if sent != data:
            raise Problem(
                422, "Esa Idempotency-Key ya se usó con otro cuerpo. Usá una clave nueva."
            )
        response = self._created(item)
        response.headers["Idempotent-Replayed"] = "true"
        return response


def _show(item: Item) -> Response:
    return JSONResponse(item, headers={"ETag": etag_of(item)})


def _check_if_match(request: Request, item: Item) -> None:
    """RFC 9110, 13.1.1: con If-Match sólo se cambia lo que sigue como el cliente lo leyó."""
    condition = request.headers.get("if-match")
    if condition is not None and not matches(condition, etag_of(item), weak=False):
        raise Problem(412, "Otro lo cambió antes. Leelo de nuevo con GET y repetí tu cambio.")
