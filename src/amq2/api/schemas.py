"""Qué entra y qué sale. Los límites de cada columna son los de `amq2.credit.COLUMNS`."""

from operator import attrgetter
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from amq2.credit import COLUMNS, FEATURES

MAX_BATCH = 1000
MAX_ID = 2**31 - 1
"""El entero más grande que entra en una columna INTEGER de PostgreSQL."""

_COLUMNS = {column.name: column for column in COLUMNS}
_row_of = attrgetter(*FEATURES)


class Strict(BaseModel):
    """Un cuerpo con campos que nadie pidió se rechaza: suele ser un error de tipeo."""

    model_config = ConfigDict(extra="forbid")


def column(name: str, *, required: bool = True) -> Any:  # noqa: ANN401 - como `pydantic.Field`
    """El campo de una columna: un número de verdad (ni texto ni true), finito y en su rango."""
    about = _COLUMNS[name]
    options: dict[str, Any] = {} if required else {"default": None, "json_schema_extra": _forget}
    return Field(
        ge=about.minimum,
        le=about.maximum,
        allow_inf_nan=False,
        strict=True,
        description=f"{about.meaning.capitalize()} ({about.unit}).",
        **options,
    )


def _forget(schema: dict[str, Any]) -> None:
    """Un campo optativo no vale null cuando falta: simplemente falta."""
    schema.pop("default", None)


Name = Annotated[
    str,
    # Sin caracteres de control: PostgreSQL, entre otros, no guarda el NUL.
    Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$", description="Nombre."),
]


class Applicant(Strict):
    """Lo que el modelo mira de un solicitante."""

    age: float = column("age")
    income: float = column("income")
    debt_ratio: float = column("debt_ratio")
    months_in_arrears: float = column("months_in_arrears")
    months_employed: float = column("months_employed")
    previous_loans: float = column("previous_loans")
    amount: float = column("amount")

    def row(self) -> tuple[float, ...]:
        """Los valores, en el orden de `FEATURES`."""
        values: tuple[float, ...] = _row_of(self)
        return values


class Batch(Strict):
    """Muchos solicitantes en un pedido."""

    applicants: list[Applicant] = Field(min_length=1, max_length=MAX_BATCH)


class Prediction(BaseModel):
    """La probabilidad de que el solicitante no pague, y qué modelo lo dice."""

    probability: float = Field(ge=0, le=1)
    model_version: str


class BatchPrediction(BaseModel):
    """Una probabilidad por solicitante, en el orden en que vinieron."""

    probabilities: list[float]
    model_version: str


class NewApplicant(Applicant):
    """Un solicitante para guardar."""

    name: Name


class StoredApplicant(NewApplicant):
    """Un solicitante guardado. `version` cuenta sus cambios: es también su ETag."""

    id: int = Field(ge=1, le=MAX_ID)
    version: int = Field(ge=1)


class Changes(Strict):
    """Los campos que cambian; los que faltan quedan como están (JSON Merge Patch, RFC 7396)."""

    name: Name = Field(default="", json_schema_extra=_forget)
    age: float = column("age", required=False)
    income: float = column("income", required=False)
    debt_ratio: float = column("debt_ratio", required=False)
    months_in_arrears: float = column("months_in_arrears", required=False)
    months_employed: float = column("months_employed", required=False)
    previous_loans: float = column("previous_loans", required=False)
    amount: float = column("amount", required=False)


class Page(BaseModel):
    """Una página de la lista; `next` es la dirección de la que sigue, o null en la última."""

    items: list[StoredApplicant]
    next: str | None


class Health(BaseModel):
    """El estado del servicio."""

    status: str


class FieldProblem(BaseModel):
    """Un campo que no sirve, y por qué."""

    field: str
    message: str


class ProblemDetails(BaseModel):
    """Un error, como lo pide la RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None
