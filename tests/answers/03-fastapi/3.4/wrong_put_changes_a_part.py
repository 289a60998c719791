# pierde: 1
# mensaje: Lo que devuelve PUT
def claims_api(database):
    class Claim(BaseModel):
        client: Annotated[str, Field(min_length=1, max_length=80)]
        reason: Annotated[str, Field(min_length=1, max_length=500)]
        status: Literal["abierto", "cerrado"] = "abierto"

    names = ("id", "client", "reason", "status")

    def connect():
        return closing(sqlite3.connect(database, timeout=10))

    def found(row):
        if row is None:
            raise HTTPException(404, "No existe.")
        return dict(zip(names, row, strict=True))

    with connect() as db, db:
        db.execute(
            "CREATE TABLE IF NOT EXISTS claims "
            "(id INTEGER PRIMARY KEY AUTOINCREMENT, client, reason, status)"
        )
    app = FastAPI()

    @app.post("/claims", status_code=201)
    def create(claim: Claim, response: Response):
        with connect() as db, db:
            new = db.execute(
                "INSERT INTO claims (client, reason, status) VALUES (?, ?, ?)",
                (claim.client, claim.reason, claim.status),
            ).lastrowid
        response.headers["Location"] = f"/claims/{new}"
        return {"id": new, **claim.model_dump()}

    @app.get("/claims")
    def many(
        status: Literal["abierto", "cerrado"] | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ):
        query = "SELECT * FROM claims WHERE ? IS NULL OR status = ? ORDER BY id LIMIT ?"
        with connect() as db:
            return {"items": [found(row) for row in db.execute(query, (status, status, limit))]}

    @app.get("/claims/{claim_id}")
    def read(claim_id: int):
        with connect() as db:
            row = db.execute("SELECT * FROM claims WHERE id = ?", (claim_id,)).fetchone()
        return found(row)

    @app.put("/claims/{claim_id}")
    def replace(claim_id: int, claim: Claim):
        given = claim.model_dump(exclude_unset=True)
        claim = Claim(**{**read(claim_id), **given})
        with connect() as db, db:
            changed = db.execute(
                "UPDATE claims SET client = ?, reason = ?, status = ? WHERE id = ?",
                (claim.client, claim.reason, claim.status, claim_id),
            ).rowcount
        if not changed:
            raise HTTPException(404, "No existe.")
        return {"id": claim_id, **claim.model_dump()}

    @app.delete("/claims/{claim_id}", status_code=204)
    def delete(claim_id: int):
        with connect() as db, db:
            if not db.execute("DELETE FROM claims WHERE id = ?", (claim_id,)).rowcount:
                raise HTTPException(404, "No existe.")

    return app
