# pierde: 1
# mensaje: Los reclamos siguen ahí después de reiniciar el servicio.
def claims_api(database):
    class Claim(BaseModel):
        client: Annotated[str, Field(min_length=1, max_length=80)]
        reason: Annotated[str, Field(min_length=1, max_length=500)]
        status: Literal["abierto", "cerrado"] = "abierto"

    claims = {}
    app = FastAPI()

    def found(claim_id):
        if claim_id not in claims:
            raise HTTPException(404)
        return claims[claim_id]

    @app.post("/claims", status_code=201)
    def create(claim: Claim, response: Response):
        new = app.state.last = getattr(app.state, "last", 0) + 1
        claims[new] = {"id": new, **claim.model_dump()}
        response.headers["Location"] = f"/claims/{new}"
        return claims[new]

    @app.get("/claims")
    def many(
        status: Literal["abierto", "cerrado"] | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ):
        items = [claim for claim in claims.values() if status in (None, claim["status"])]
        return {"items": items[:limit]}

    @app.get("/claims/{claim_id}")
    def read(claim_id: int):
        return found(claim_id)

    @app.put("/claims/{claim_id}")
    def replace(claim_id: int, claim: Claim):
        found(claim_id)
        claims[claim_id] = {"id": claim_id, **claim.model_dump()}
        return claims[claim_id]

    @app.delete("/claims/{claim_id}", status_code=204)
    def delete(claim_id: int):
        found(claim_id)
        del claims[claim_id]

    return app
