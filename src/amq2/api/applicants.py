"""El recurso del solicitante: crear, leer, reemplazar, cambiar, borrar, listar por páginas."""

from typing import Annotated, NoReturn

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response, Security
from sqlalchemy import RowMapping

from amq2.api.database import Database
from amq2.api.key import require_key
from amq2.api.problems import Problem, documented
from amq2.api.schemas import MAX_ID, Changes, NewApplicant, Page, StoredApplicant

router = APIRouter(
    prefix="/v1/applicants",
    tags=["Solicitantes"],
    dependencies=[Security(require_key)],
    responses=documented(401, 413, 422, 503),
)
BODY_ERRORS = documented(400, 415)
NOT_FOUND = documented(404)
CHANGE_ERRORS = documented(404, 412)


async def database(request: Request) -> Database:
    """La base de esta aplicación."""
    found: Database = request.app.state.database
    return found


Base = Annotated[Database, Depends(database)]
Id = Annotated[int, Path(ge=1, le=MAX_ID, description="El número del solicitante.")]
IfMatch = Annotated[
    str,
    Header(
        pattern=r'^(\*|"[1-9][0-9]{0,8}")$',
        description="El ETag que leíste: si cambió desde entonces, 412. `*`, como esté.",
    ),
]


@router.post("", status_code=201, responses=BODY_ERRORS, summary="Guardar un solicitante")
async def create(applicant: NewApplicant, base: Base, response: Response) -> StoredApplicant:
    """201, con la dirección del nuevo en Location."""
    row = await base.write(base.create, applicant.model_dump())
    response.headers["Location"] = f"{router.prefix}/{row['id']}"
    return _shown(row, response)


@router.get("", summary="Listar solicitantes por páginas")
async def list_page(
    base: Base,
    limit: Annotated[int, Query(ge=1, le=100, description="Cuántos.")] = 20,
    after: Annotated[int, Query(ge=0, le=MAX_ID, description="El último que ya viste.")] = 0,
) -> Page:
    """Por número. Se pide uno de más para saber si hay otra página."""
    rows = await base.read(base.page, after, limit + 1)
    items = [StoredApplicant.model_construct(**row) for row in rows[:limit]]
    is_last = len(rows) <= limit
    following = f"{router.prefix}?limit={limit}&after={items[-1].id}" if not is_last else None
    return Page(items=items, next=following)


@router.get("/{id}", responses=NOT_FOUND, summary="Leer un solicitante")
async def read(id: Id, base: Base, response: Response) -> StoredApplicant:
    """Su ETag sirve para cambiarlo sin pisar a nadie."""
    row = await base.read(base.get, id)
    if row is None:
        raise Problem(404, f"No hay un solicitante {id}.")
    return _shown(row, response)


@router.put("/{id}", responses=BODY_ERRORS | CHANGE_ERRORS, summary="Reemplazar un solicitante")
async def replace(
    id: Id, applicant: NewApplicant, base: Base, response: Response, if_match: IfMatch = "*"
) -> StoredApplicant:
    """Todos los campos; no crea: el número lo da el servicio."""
    row = await base.write(base.change, id, _version(if_match), applicant.model_dump())
    return _shown(row, response) if row else await _explain(id, base)


@router.patch("/{id}", responses=BODY_ERRORS | CHANGE_ERRORS, summary="Cambiar algunos campos")
async def change(
    id: Id, changes: Changes, base: Base, response: Response, if_match: IfMatch = "*"
) -> StoredApplicant:
    """Los campos que no vienen quedan como están."""
    values = changes.model_dump(exclude_unset=True)
    row = await base.write(base.change, id, _version(if_match), values)
    return _shown(row, response) if row else await _explain(id, base)


@router.delete("/{id}", status_code=204, responses=CHANGE_ERRORS, summary="Borrar un solicitante")
async def remove(id: Id, base: Base, if_match: IfMatch = "*") -> None:
    """204, sin cuerpo."""
    if not await base.write(base.delete, id, _version(if_match)):
        await _explain(id, base)


def _shown(row: RowMapping, response: Response) -> StoredApplicant:
    response.headers["ETag"] = f'"{row["version"]}"'
    return StoredApplicant.model_construct(**row)


def _version(if_match: str) -> int | None:
    """La versión que pide If-Match; con `*`, cualquiera."""
    return None if if_match == "*" else int(if_match.strip('"'))


async def _explain(id: int, base: Database) -> NoReturn:
    """Por qué no se cambió: o no está (404), o ya es otra versión (412)."""
    if await base.read(base.get, id) is None:
        raise Problem(404, f"No hay un solicitante {id}.")
    raise Problem(412)
