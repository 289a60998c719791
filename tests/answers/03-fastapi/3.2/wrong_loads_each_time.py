# pierde: 2
# mensaje: Cuántas veces se cargó, con tres pedidos
def churn_api(load_model):
    class Client(BaseModel):
        model_config = ConfigDict(extra="forbid")
        purchases: Annotated[int, Field(ge=0, le=10_000, strict=True)]
        claims: Annotated[int, Field(ge=0, le=10_000, strict=True)]
        months_as_customer: Annotated[int, Field(ge=0, le=10_000, strict=True)]

    class Batch(BaseModel):
        clients: Annotated[list[Client], Field(min_length=1, max_length=100)]

    app = FastAPI()

    @app.get("/health")
    def health():
        return {"ok": True}

    def predict(clients):
        return [
            float(load_model().predict_proba(pd.DataFrame([client.model_dump()]))[0, 1])
            for client in clients
        ]

    @app.post("/v1/churn")
    def churn(client: Client):
        return {"probability": predict([client])[0], "model_version": "churn-1"}

    @app.post("/v1/churn/batch")
    def batch(batch: Batch):
        return {"probabilities": predict(batch.clients), "model_version": "churn-1"}

    return app
