# pierde: 2
# mensaje: Los límites entran; lo que está afuera, o no es un entero, recibe 422.
def churn_api(load_model):
    class Client(BaseModel):
        model_config = ConfigDict(extra="forbid")
        purchases: int
        claims: int
        months_as_customer: int

    class Batch(BaseModel):
        clients: list[Client]

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
        return {"probability": model.predict_proba(table)[0, 1], "model_version": "churn-1"}

    @app.post("/v1/churn/batch")
    def batch(batch: Batch, request: Request):
        model = request.app.state.model
        table = pd.DataFrame([client.model_dump() for client in batch.clients])
        probabilities = model.predict_proba(table)[:, 1].tolist()
        return {"probabilities": probabilities, "model_version": "churn-1"}

    return app
