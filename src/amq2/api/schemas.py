"""Qué entra y qué sale. Los límites de cada columna son los de `amq2.credit.COLUMNS`."""

from operator import attrgetter
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from amq2.credit import COLUMNS, FEATURES

MAX_BATCH = 1000
MAX_ID = 2**31 - 1
"""El entero más grande que entra en una columna INTEGER de PostgreSQL."""

Score = Annotated[float, Field(ge=0, le=1, description="Probabilidad de que no pague.")]
Name = Annotated[
    str,
    # Sin caracteres de control: PostgreSQL, entre otros, no guarda el NUL.
    Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$", description="Nombre."),
]


def column(name: str, **options: Any) -> Any:  # noqa: ANN401 - como `pydantic.Field`
    """El campo de una columna: un número de verdad (ni texto ni true), finito y en su rango."""
    [about] = [column for column in COLUMNS if column.name == name]
    options["description"] = f"{about.meaning.capitalize()} ({about.unit})."
    return Field(strict=True, allow_inf_nan=False, ge=about.minimum, le=about.maximum, **options)


class Strict(BaseModel):
    """Un cuerpo con campos que nadie pidió se rechaza: suele ser un error de tipeo."""

    model_config = ConfigDict(extra="forbid")


class Applicant(Strict):
    """Lo que el modelo mira de un solicitante."""

    age: float = column("age")
    income: float = column("income")
    debt_ratio: float = column("debt_ratio")
    months_in_arrears: float = column("months_in_arrears")
    months_employed: float = column("months_employed")
    previous_loans: float = column("previous_loans")
    amount: float = column("amount")


row_of = attrgetter(*FEATURES)
"""Los valores de un Applicant, en el orden que espera el modelo."""


class Batch(Strict):
    """Muchos solicitantes en un pedido."""

    applicants: list[Applicant] = Field(min_length=1, max_length=MAX_BATCH)


class Prediction(BaseModel):
    """El puntaje, y qué modelo lo dice."""

    probability: Score
    model_version: str


class BatchPrediction(BaseModel):
    """Un puntaje por solicitante, en el orden en que vinieron."""

    probabilities: list[Score]
    model_version: str


class NewApplicant(Applicant):
    """Un solicitante para guardar."""

    name: Name


class StoredApplicant(NewApplicant):
    """Un solicitante guardado. `version` cuenta sus cambios: es también su ETag."""

    id: int = Field(ge=1, le=MAX_ID)
    version: int = Field(ge=1)


# Un campo optativo no vale null cuando falta, y el documento OpenAPI no tiene que decirlo.
_OPTIONAL: dict[str, Any] = {"default": None, "json_schema_extra": lambda it: it.pop("default")}


class Changes(Strict):
    """Los campos que cambian; los que faltan quedan como están (JSON Merge Patch, RFC 7396)."""

    name: Name = Field(default="", json_schema_extra=_OPTIONAL["json_schema_extra"])
    age: float = column("age", **_OPTIONAL)
    income: float = column("income", **_OPTIONAL)
    debt_ratio: float = column("debt_ratio", **_OPTIONAL)
    months_in_arrears: float = column("months_in_arrears", **_OPTIONAL)
    months_employed: float = column("months_employed", **_OPTIONAL)
    previous_loans: float = column("previous_loans", **_OPTIONAL)
    amount: float = column("amount", **_OPTIONAL)


class Page(BaseModel):
    """Una página de la lista; `next` es la dirección de la que sigue, o null en la última."""

    items: list[StoredApplicant]
    next: str | None
