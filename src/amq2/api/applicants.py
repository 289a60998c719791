"""El recurso del solicitante: crear, leer, reemplazar, cambiar, borrar, listar por páginas."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response, Security
from sqlalchemy import RowMapping

from amq2.api.database import Database
from amq2.api.key import require_key
from amq2.api.schemas import MAX_ID, Changes, NewApplicant, Page, StoredApplicant
from amq2.fastapi_problems import documented
from amq2.problems import Problem

PREFIX = "/v1/applicants"
ERRORS = documented(401, 413, 422, 503)
KEY = [Security(require_key)]
router = APIRouter(prefix=PREFIX, tags=["Solicitantes"], dependencies=KEY, responses=ERRORS)


async def _database(request: Request) -> Database:
    found: Database = request.app.state.database
    return found


Base = Annotated[Database, Depends(_database)]
Id = Annotated[int, Path(ge=1, le=MAX_ID, description="El número del solicitante.")]
Limit = Annotated[int, Query(ge=1, le=100, description="Cuántos.")]
After = Annotated[int, Query(ge=0, le=MAX_ID, description="El último que ya viste.")]
_ABOUT = "El ETag que leíste: si cambió desde entonces, 412. `*`, como esté."
IfMatch = Annotated[str, Header(description=_ABOUT)]


@router.post("", status_code=201, responses=documented(400, 415), summary="Guardar uno")
async def create(applicant: NewApplicant, base: Base, response: Response) -> StoredApplicant:
    """201, con la dirección del nuevo en Location."""
    row = await base.write(base.create, applicant.model_dump())
    response.headers["Location"] = f"{PREFIX}/{row['id']}"
    return _shown(row, response)


@router.get("", summary="Listar por páginas")
async def list_page(base: Base, limit: Limit = 20, after: After = 0) -> Page:
    """Por número; `next` es la dirección de la página que sigue, o null en la última."""
    # Se pide uno de más para saber si hay otra página.
    rows = await asyncio.to_thread(base.page, after, limit + 1)
    items = [StoredApplicant.model_construct(**row) for row in rows[:limit]]
    following = f"{PREFIX}?limit={limit}&after={items[-1].id}" if rows[limit:] else None
    return Page(items=items, next=following)


@router.get("/{id}", responses=documented(404), summary="Leer uno")
async def read(id: Id, base: Base, response: Response) -> StoredApplicant:
    """Su ETag sirve para cambiarlo sin pisar a nadie."""
    row = await asyncio.to_thread(base.read, id)
    return _shown(row, response) if row else await _refuse(id, base)


@router.put("/{id}", responses=documented(400, 404, 412, 415), summary="Reemplazar uno")
async def replace(
    id: Id, applicant: NewApplicant, base: Base, response: Response, if_match: IfMatch = "*"
) -> StoredApplicant:
    """Todos los campos; no crea: el número lo da el servicio."""
    row = await base.write(base.change, id, _version(if_match), applicant.model_dump())
    return _shown(row, response) if row else await _refuse(id, base)


@router.patch("/{id}", responses=documented(400, 404, 412, 415), summary="Cambiar campos de uno")
async def change(
    id: Id, changes: Changes, base: Base, response: Response, if_match: IfMatch = "*"
) -> StoredApplicant:
    """Los campos que no vienen quedan como están."""
    values = changes.model_dump(exclude_unset=True)
    row = await base.write(base.change, id, _version(if_match), values)
    return _shown(row, response) if row else await _refuse(id, base)


@router.delete("/{id}", status_code=204, responses=documented(404, 412), summary="Borrar uno")
async def remove(id: Id, base: Base, if_match: IfMatch = "*") -> None:
    """204, sin cuerpo."""
    if not await base.write(base.delete, id, _version(if_match)):
        await _refuse(id, base)


def _shown(row: RowMapping, response: Response) -> StoredApplicant:
    response.headers["ETag"] = f'"{row["version"]}"'
    return StoredApplicant.model_construct(**row)


def _version(if_match: str) -> int | None:
    """La versión que pide If-Match: con `*`, cualquiera; la 0, que no existe, si no es un ETag."""
    version = if_match.strip('"')[:9]
    return None if if_match == "*" else int(version) if version.isdecimal() else 0


async def _refuse(id: int, base: Database) -> StoredApplicant:
    """Por qué no se pudo: o no está (404), o ya es otra versión (412)."""
    if await asyncio.to_thread(base.read, id) is None:
        raise Problem(404, f"No hay un solicitante {id}.")
    raise Problem(412, "Leelo otra vez y repetí el cambio con su ETag nuevo.")
