"""Una API chica para practicar pruebas: cotiza préstamos, y se puede hacer que falle a propósito.

Sus reglas están en `Quotes`. Una API con una falla plantada es la misma, con un `Quotes` que hace
algo mal; una igual de buena pero distinta, como `TextQuotes`, sirve para ver si unas pruebas piden
más de lo que el contrato dice.
"""

from collections.abc import Callable
from itertools import count
from typing import Annotated, Any
from uuid import uuid4

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field

from amq2.checks import CheckFailed, last_line_of, run
from amq2.serving import serve

Quote = dict[str, Any]

TEXT_IDS = "con textos en `id` y un dato de más"

MONTHLY_RATE = 0.05
MAX_MONTHS = 60


class QuoteRequest(BaseModel):
    """Lo que se pide: cuánto, en ARS, y a cuántos meses."""

    model_config = ConfigDict(extra="forbid")
    amount: Annotated[float, Field(gt=0, le=100_000_000, allow_inf_nan=False)]
    months: int


class Quotes:
    """Las cotizaciones y sus reglas."""

    def __init__(self) -> None:
        self._ids = count(1)
        self.quotes: dict[str, Quote] = {}

    def accepts(self, months: int) -> bool:
        """Si se presta a esa cantidad de meses."""
        return 1 <= months <= MAX_MONTHS

    def total(self, amount: float, months: int) -> float:
        """Lo que se devuelve en total, en ARS, con interés simple."""
        return round(amount * (1 + MONTHLY_RATE * months), 2)

    def new_id(self) -> int | str:
        """El identificador de la próxima."""
        return next(self._ids)

    def describe(self, quote: Quote) -> Quote:
        """Cómo se muestra una cotización."""
        return quote

    def add(self, amount: float, months: int) -> Quote:
        """Guarda una cotización nueva."""
        key = self.new_id()
        total = self.total(amount, months)
        self.quotes[str(key)] = {"id": key, "amount": amount, "months": months, "total": total}
        return self.quotes[str(key)]

    def find(self, key: str) -> Quote | None:
        """La cotización con ese identificador, si existe."""
        return self.quotes.get(key)

    def remove(self, key: str) -> None:
        """Borra una cotización que existe."""
        del self.quotes[key]


class TextQuotes(Quotes):
    """Igual de buena, con otros detalles: identificadores de texto y un dato de más."""

    def new_id(self) -> int | str:
        return uuid4().hex

    def describe(self, quote: Quote) -> Quote:
        return {"currency": "ARS", **dict(reversed(quote.items()))}


def quotes_api(quotes: Quotes | None = None, created: int = 201) -> FastAPI:
    """La API de cotizaciones; sin argumentos, una que cumple todas las reglas.

    | pedido | respuesta |
    |---|---|
    | `POST /quotes` | 201 con `id`, `amount`, `months` y `total`, y `Location`; 422 si no vale |
    | `GET /quotes/{id}` | 200 con la cotización, o 404 |
    | `DELETE /quotes/{id}` | 204, o 404 |
    """
    quotes = quotes or Quotes()
    app = FastAPI()

    def found(key: str) -> Quote:
        quote = quotes.find(key)
        if quote is None:
            raise HTTPException(404, "Esa cotización no existe.")
        return quote

    @app.post("/quotes", status_code=created)
    def create(request: QuoteRequest, response: Response) -> Quote:
        if not quotes.accepts(request.months):
            raise HTTPException(422, f"Se presta de 1 a {MAX_MONTHS} meses.")
        quote = quotes.add(request.amount, request.months)
        response.headers["Location"] = f"/quotes/{quote['id']}"
        return quotes.describe(quote)

    @app.get("/quotes/{key}")
    def read(key: str) -> Quote:
        return quotes.describe(found(key))

    @app.delete("/quotes/{key}", status_code=204)
    def delete(key: str) -> None:
        found(key)
        quotes.remove(key)

    return app


def check_spares_the_good_ones(tests: Callable[[str], object]) -> None:
    """Pide que unas pruebas, que reciben una dirección, no se quejen de dos API buenas.

    Raises:
        CheckFailed: si se quejan; dice de cuál y en qué línea.
    """
    for quotes, what in ((Quotes(), "con números en `id`"), (TextQuotes(), TEXT_IDS)):
        if line := _complaint(tests, quotes_api(quotes)):
            raise CheckFailed(
                f"✗ Tus pruebas se quejan de una API que cumple el contrato ({what}).\n"
                f"  Pasó en:     {line}\n"
                "  Fijate en:   si ese renglón pide algo que el contrato no dice."
            )


def finds_a_fault(tests: Callable[[str], object], app: FastAPI) -> bool:
    """Si unas pruebas se quejan, con `AssertionError`, de una API con una falla.

    Raises:
        CheckFailed: si terminan con otra excepción.
    """
    try:
        return bool(_complaint(tests, app))
    except CheckFailed as failed:
        hint = "  Ojo:         era una API con una falla; la queja se hace con `assert`."
        raise CheckFailed(f"{failed}\n{hint}") from None


def _complaint(tests: Callable[[str], object], app: FastAPI) -> str:
    """El renglón del `assert` que no se cumplió; vacío si se cumplieron todos."""
    with serve(app) as server:
        try:
            run(tests, server.url)
        except CheckFailed as failed:
            error = failed.__context__
            if isinstance(error, AssertionError):
                where = last_line_of(tests, error)
                return f"{where.line} (línea {where.lineno} de tu celda)"
            raise
    return ""
