# pierde: 1
# mensaje: Sin compras no puede haber gasto; con compras, o sin gasto, vale.
def card_client_type():
    class CardClient(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        purchases: Annotated[int, Field(ge=0, le=500)]
        claims: Annotated[int, Field(ge=0, le=50)]
        months_as_customer: Annotated[int, Field(ge=0, le=1200)]
        spending: Annotated[float, Field(ge=0, le=100_000_000, allow_inf_nan=False)] = 0.0
        segment: Literal["joven", "clásico", "premium"]

        @computed_field
        @property
        def is_new(self) -> bool:
            return self.months_as_customer < 12

    return CardClient
