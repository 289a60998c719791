# pierde: 3
# mensaje: purchases no puede valer 501, y se
def card_client_type():
    class CardClient(BaseModel):
        model_config = ConfigDict()
        purchases: int
        claims: int
        months_as_customer: int
        spending: float = 0.0
        segment: Literal["joven", "clásico", "premium"]

        @computed_field
        @property
        def is_new(self) -> bool:
            return self.months_as_customer < 12

    return CardClient
