import asyncio


def claims_api(database):
    class Claim(BaseModel):
        client: Annotated[str, Field(min_length=1, max_length=80)]
        reason: Annotated[str, Field(min_length=1, max_length=500)]
        status: Literal["abierto", "cerrado"] = "abierto"

    db = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute(
        "CREATE TABLE IF NOT EXISTS claims (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " client TEXT NOT NULL, reason TEXT NOT NULL, status TEXT NOT NULL)"
    )
    lock = asyncio.Lock()

    @asynccontextmanager
    async def lifespan(app):
        yield
        db.close()

    app = FastAPI(lifespan=lifespan)

    async def one(claim_id):
        row = db.execute("SELECT * FROM claims WHERE id = ?", [claim_id]).fetchone()
        if not row:
            raise HTTPException(status_code=404)
        return dict(row)

    @app.post("/claims")
    async def create(claim: Claim):
        async with lock:
            cursor = db.execute(
                "INSERT INTO claims (client, reason, status) VALUES (:client, :reason, :status)",
                claim.model_dump(),
            )
        made = await one(cursor.lastrowid)
        return JSONResponse(made, 201, {"location": f"/claims/{made['id']}"})

    @app.get("/claims")
    async def index(
        limit: Annotated[int, Query(gt=0, lt=101)] = 20,
        status: Annotated[str | None, Query(pattern="^(abierto|cerrado)$")] = None,
    ):
        rows = db.execute("SELECT * FROM claims ORDER BY id").fetchall()
        items = [dict(row) for row in rows if status is None or row["status"] == status]
        return {"items": items[:limit], "count": len(items)}

    @app.get("/claims/{claim_id}")
    async def show(claim_id: int):
        return await one(claim_id)

    @app.put("/claims/{claim_id}")
    async def replace(claim_id: int, claim: Claim):
        await one(claim_id)
        async with lock:
            db.execute(
                "UPDATE claims SET client = ?, reason = ?, status = ? WHERE id = ?",
                [claim.client, claim.reason, claim.status, claim_id],
            )
        return await one(claim_id)

    @app.delete("/claims/{claim_id}")
    async def destroy(claim_id: int):
        await one(claim_id)
        async with lock:
            db.execute("DELETE FROM claims WHERE id = ?", [claim_id])
        return Response(status_code=204)

    return app
