from pydantic import model_serializer


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Months = Annotated[int, Field(ge=0, le=1200)]


class Client(Strict):
    purchases: int = Field(ge=0, le=500)
    claims: int = Field(ge=0, le=50)
    months_as_customer: Months
    spending: float = Field(default=0.0, ge=0, le=1e8, allow_inf_nan=False)
    segment: Literal["joven", "clásico", "premium"]

    @model_validator(mode="after")
    def coherent(self):
        assert self.purchases or not self.spending, "sin compras no hay gasto"
        return self

    @model_serializer(mode="wrap")
    def with_is_new(self, handler):
        return {**handler(self), "is_new": self.months_as_customer < 12}


def card_client_type():
    return Client
