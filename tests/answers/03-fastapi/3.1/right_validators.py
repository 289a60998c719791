from pydantic import StrictFloat, StrictInt, field_validator


def card_client_type():
    limits = {"purchases": 500, "claims": 50, "months_as_customer": 1200}

    class Client(BaseModel):
        model_config = {"extra": "forbid"}
        purchases: StrictInt
        claims: StrictInt
        months_as_customer: StrictInt
        spending: StrictFloat | StrictInt = 0
        segment: str

        @field_validator("purchases", "claims", "months_as_customer")
        @classmethod
        def inside(cls, value, info):
            if not 0 <= value <= limits[info.field_name]:
                raise ValueError("fuera de los límites")
            return value

        @field_validator("segment")
        @classmethod
        def known(cls, value):
            if value not in ("joven", "clásico", "premium"):
                raise ValueError("no existe ese segmento")
            return value

        @field_validator("spending")
        @classmethod
        def reasonable(cls, value, info):
            if not 0 <= value <= 100_000_000:
                raise ValueError("fuera de los límites")
            if value > 0 and info.data.get("purchases") == 0:
                raise ValueError("sin compras no hay gasto")
            return float(value)

        @computed_field
        def is_new(self) -> bool:
            return self.months_as_customer <= 11

    return Client
