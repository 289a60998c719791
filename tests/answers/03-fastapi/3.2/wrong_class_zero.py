# pierde: 2
# mensaje: la columna de la clase 1
def churn_api(load_model):
    class Client(BaseModel):
        model_config = ConfigDict(extra="forbid")
        purchases: Annotated[int, Field(ge=0, le=10_000, strict=True)]
        claims: Annotated[int, Field(ge=0, le=10_000, strict=True)]
        months_as_customer: Annotated[int, Field(ge=0, le=10_000, strict=True)]

    class Batch(BaseModel):
        clients: Annotated[list[Client], Field(min_length=1, max_length=100)]

    @asynccontextmanager
    async def lifespan(app):
        app.state.model = load_model()
        yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return {"ok": True}

    @app.post("/v1/churn")
    def churn(client: Client, request: Request):
        model = request.app.state.model
        table = pd.DataFrame([client.model_dump()])
        return {"probability": model.predict_proba(table)[0, 0], "model_version": "churn-1"}

    @app.post("/v1/churn/batch")
    def batch(batch: Batch, request: Request):
        model = request.app.state.model
        table = pd.DataFrame([client.model_dump() for client in batch.clients])
        probabilities = model.predict_proba(table)[:, 0].tolist()
        return {"probabilities": probabilities, "model_version": "churn-1"}

    return app
