"""Preguntarle a la API de una respuesta, desde una celda de prueba: `ask("GET", url).status`.

Un servidor que no contesta, o que contesta algo que no es JSON, no corta la prueba con una
excepción ajena: el mensaje dice qué pedido fue y qué pasó.
"""

from collections.abc import Mapping
from typing import Any

import requests

from amq2.checks import CheckFailed, check

TIMEOUT = 5
"""Segundos que se espera una respuesta."""

PROBLEM = "application/problem+json"


class Answer:
    """Lo que contestó un servidor.

    Attributes:
        status: el código de estado.
        headers: los encabezados; el nombre no distingue mayúsculas.
        text: el cuerpo, como texto.
        json: el objeto JSON del cuerpo; vacío si el cuerpo es otra cosa.
        said: el cuerpo recortado, para decir en un mensaje «fijate en lo que contestó».
    """

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.said = f"lo que contestó: {self.text[:200] or 'un cuerpo vacío'}"
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


def ask(method: str, url: str, **options: Any) -> Answer:  # noqa: ANN401 - son las de requests
    """Hace un pedido y devuelve la respuesta; las opciones son las de `requests.request`.

    Raises:
        CheckFailed: si no hay respuesta.
    """
    try:
        return Answer(requests.request(method, url, timeout=TIMEOUT, **options))
    except requests.Timeout:
        reason = f"no contestó en {TIMEOUT} segundos"
    except requests.exceptions.ConnectionError:
        reason = "cortó la conexión sin contestar"
    path = url.split("/", 3)[-1]
    raise CheckFailed(f"✗ Ante {method} /{path}, tu API {reason}.")


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
