def churn_api(load_model):
    """La misma API con Flask: lo que cuenta es lo que contesta."""

    class Client(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        purchases: Annotated[int, Field(ge=0, le=10_000)]
        claims: Annotated[int, Field(ge=0, le=10_000)]
        months_as_customer: Annotated[int, Field(ge=0, le=10_000)]

    class Batch(BaseModel):
        clients: Annotated[list[Client], Field(min_length=1, max_length=100)]

    inner = flask.Flask("bajas")
    state = {}

    @inner.errorhandler(ValidationError)
    def invalid(error):
        return {"errors": error.errors(include_url=False, include_context=False)}, 422

    def predict(clients):
        table = pd.DataFrame([client.model_dump() for client in clients])
        return state["model"].predict_proba(table)[:, 1].tolist()

    @inner.get("/health")
    def health():
        return "vivo"

    @inner.post("/v1/churn")
    def churn():
        client = Client.model_validate(flask.request.get_json())
        return {"probability": predict([client])[0], "model_version": "churn-1"}

    @inner.post("/v1/churn/batch")
    def batch():
        batch = Batch.model_validate(flask.request.get_json())
        return {"probabilities": predict(batch.clients), "model_version": "churn-1"}

    from a2wsgi import WSGIMiddleware

    @asynccontextmanager
    async def lifespan(app):
        state["model"] = load_model()
        yield

    outer = FastAPI(lifespan=lifespan)
    outer.mount("/", WSGIMiddleware(inner))
    return outer
