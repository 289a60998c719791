# pierde: 1
# mensaje: purchases no puede ser '3': no conviertas tipos, y se
def card_client_type():
    class CardClient(BaseModel):
        model_config = ConfigDict(extra="forbid")
        purchases: Annotated[int, Field(ge=0, le=500)]
        claims: Annotated[int, Field(ge=0, le=50)]
        months_as_customer: Annotated[int, Field(ge=0, le=1200)]
        spending: Annotated[float, Field(ge=0, le=100_000_000, allow_inf_nan=False)] = 0.0
        segment: Literal["joven", "clásico", "premium"]

        @model_validator(mode="after")
        def no_spending_without_purchases(self):
            if self.purchases == 0 and self.spending > 0:
                raise ValueError("sin compras no puede haber gasto")
            return self

        @computed_field
        @property
        def is_new(self) -> bool:
            return self.months_as_customer < 12

    return CardClient
