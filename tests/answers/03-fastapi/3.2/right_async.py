from fastapi import APIRouter


def churn_api(load_model):
    box = []
    Count = Annotated[int, Field(strict=True, gt=-1, lt=10_001)]

    class Row(BaseModel, extra="forbid"):
        months_as_customer: Count
        claims: Count
        purchases: Count

    class Rows(BaseModel, extra="forbid"):
        clients: list[Row] = Field(min_length=1, max_length=100)

    class Answer(BaseModel):
        probability: float
        model_version: str = "churn-1"

    async def life(_):
        box.append(load_model())
        yield
        box.clear()

    router = APIRouter(prefix="/v1/churn")

    @router.post("", response_model=Answer)
    async def one(row: Row):
        names = list(box[0].feature_names_in_)
        values = [[getattr(row, name) for name in names]]
        return Answer(probability=box[0].predict_proba(values)[0][1])

    @router.post("/batch")
    async def many(rows: Rows):
        names = list(box[0].feature_names_in_)
        values = [[getattr(row, name) for name in names] for row in rows.clients]
        found = [float(pair[1]) for pair in box[0].predict_proba(values)]
        return {"model_version": "churn-1", "probabilities": found}

    app = FastAPI(lifespan=asynccontextmanager(life))
    app.include_router(router)
    app.add_api_route("/health", lambda: {"vivo": True})
    return app
