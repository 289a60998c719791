"""Las sucursales del banco: la API más chica que guarda algo, con `sqlite3` y nada más."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field

BranchId = Annotated[int, InPath(ge=1, le=2**63 - 1)]
"""Un identificador que entra en SQLite: 64 bits."""


class Branch(BaseModel):
    """Una sucursal: en qué ciudad está y cuántos puestos de atención tiene."""

    city: Annotated[str, Field(min_length=1, max_length=80)]
    desks: Annotated[int, Field(ge=1, le=200)]


def branches_api(database: Path) -> FastAPI:
    """Crear y leer sucursales, guardadas en el archivo SQLite `database`."""

    def connect() -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(database))

    with connect() as db, db:
        db.execute("CREATE TABLE IF NOT EXISTS branches (id INTEGER PRIMARY KEY, city, desks)")
    app = FastAPI()

    @app.post("/branches", status_code=201)
    def create(branch: Branch, response: Response) -> dict[str, Any]:
        values = (branch.city, branch.desks)
        with connect() as db, db:
            new = db.execute("INSERT INTO branches (city, desks) VALUES (?, ?)", values).lastrowid
        response.headers["Location"] = f"/branches/{new}"
        return {"id": new, **branch.model_dump()}

    @app.get("/branches/{branch_id}")
    def read(branch_id: BranchId) -> dict[str, Any]:
        with connect() as db:
            query = "SELECT id, city, desks FROM branches WHERE id = ?"
            row = db.execute(query, (branch_id,)).fetchone()
        if row is None:
            raise HTTPException(404, "Esa sucursal no existe.")
        return dict(zip(("id", "city", "desks"), row, strict=True))

    return app
