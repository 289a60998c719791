"""Servir la API de una respuesta y preguntarle, desde una celda de prueba.

>>> with served(churn_api, card_model) as api:           # doctest: +SKIP
...     api.ask("GET", "/health").status

Una aplicación que no arranca, un servidor que no contesta o que contesta algo que no es JSON, no
corta la prueba con una excepción ajena: el mensaje dice qué pedido fue y qué pasó.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import requests

from amq2.checks import CheckFailed, check, last_line_of, run
from amq2.serving import Server, ServerStartError, serve

TIMEOUT = 5
"""Segundos que se espera una respuesta."""

SECONDS_TO_KNOW = 0.3
"""Lo que se espera el motivo de un 500: el servidor contesta primero y falla después."""

PROBLEM = "application/problem+json"


class Answer:
    """Lo que contestó un servidor.

    Attributes:
        status: el código de estado.
        headers: los encabezados; el nombre no distingue mayúsculas.
        text: el cuerpo, como texto.
        json: el objeto JSON del cuerpo; vacío si el cuerpo es otra cosa.
        said: el cuerpo recortado, para decir en un mensaje «fijate en lo que contestó»; en un 500,
            también qué falló adentro y en qué línea.
    """

    def __init__(self, response: requests.Response, cause: str = "") -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.said = f"lo que contestó: {self.text[:200] or 'un cuerpo vacío'}{cause}"
        self.json: Mapping[str, Any] = _object(response)

    def why_not_a_problem(self) -> str:
        """Por qué no es un *problem details* (RFC 9457); vacío si lo es."""
        kind = self.headers.get("content-type", "").partition(";")[0]
        if kind != PROBLEM:
            return f"su content-type es {kind or 'ninguno'} y no {PROBLEM}"
        for member in ("title", "detail"):
            if not isinstance(self.json.get(member), str) or not self.json[member].strip():
                return f"le falta {member}, un texto"
        if self.json.get("status") != self.status:
            return f"su status es {self.json.get('status')!r} y el estado, {self.status}"
        return ""


class ServedAnswer:
    """La API de una respuesta, encendida.

    Attributes:
        url: su dirección, sin barra final.
    """

    def __init__(self, server: Server, function: Callable[..., Any]) -> None:
        self.url = server.url
        self._server, self._function = server, function

    def ask(self, method: str, path: str, **options: Any) -> Answer:  # noqa: ANN401 - de requests
        """Hace un pedido y devuelve la respuesta; las opciones son las de `requests.request`.

        Raises:
            CheckFailed: si no hay respuesta.
        """
        self._server.last_error = None
        try:
            response = requests.request(method, self.url + path, timeout=TIMEOUT, **options)
            return Answer(response, self._cause() if response.status_code >= 500 else "")
        except requests.Timeout:
            reason = f"no contestó en {TIMEOUT} segundos"
        except requests.exceptions.RequestException:
            reason = "cortó la conexión sin terminar de contestar"
        raise CheckFailed(f"✗ Ante {method} {path}, tu API {reason}.")

    def _cause(self) -> str:
        deadline = time.monotonic() + SECONDS_TO_KNOW
        while self._server.last_error is None and time.monotonic() < deadline:
            time.sleep(0.005)
        error = self._server.last_error
        if error is None:
            return ""
        line = last_line_of(self._function, error).lineno
        return f"; adentro falló con {type(error).__name__}: {error} (línea {line} de tu celda)"


@contextmanager
def served(function: Callable[..., Any], *args: object) -> Iterator[ServedAnswer]:
    """Sirve la aplicación que devuelve `function(*args)` mientras dura el bloque `with`.

    Raises:
        CheckFailed: si `function` falla, si lo que devuelve no es una aplicación, o si no arranca.
    """
    app = run(function, *args)
    name = getattr(function, "__name__", "la función")
    with ExitStack() as stack:
        try:
            server = stack.enter_context(serve(app))
        except TypeError:
            found = "no devolvió nada" if app is None else f"devolvió un {type(app).__name__}"
            hint = "si te falta un `return app`, sin paréntesis"
            raise CheckFailed(
                f"✗ {name} {found}, y tiene que devolver una aplicación.\n  Fijate en:   {hint}."
            ) from None
        except ServerStartError as error:
            hint = "el lifespan: prepara, después un `yield`, y después cierra"
            raise CheckFailed(
                f"✗ Lo que devolvió {name} no arranca. {error}\n  Fijate en:   {hint}."
            ) from None
        yield ServedAnswer(server, function)


def check_problem(answer: Answer, what: str) -> None:
    """Pide que una respuesta sea un *problem details*.

    Args:
        answer: la respuesta.
        what: qué se está mirando, por ejemplo «El 404 de /rates/ARS».

    Raises:
        CheckFailed: si no lo es; dice por qué.
    """
    why = answer.why_not_a_problem()
    hint = "  Fijate en:   lo que la consigna pide de cada error."
    check(not why, f"{what} no es un problem details: {why}.\n{hint}")


def _object(response: requests.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
