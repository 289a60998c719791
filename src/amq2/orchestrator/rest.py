"""La API REST de Airflow, con lo justo: la credencial, el pedido y el error en un renglón."""

import time
from typing import Any, Literal

import requests

from amq2.orchestrator.home import AirflowError

PATIENCE = 30.0
"""Segundos que se espera una respuesta."""

POLL = 0.1
"""Segundos entre un pedido y el mismo otra vez."""

Method = Literal["GET", "POST", "PATCH"]


class AnswerError(AirflowError):
    """La API contestó un error; `status` es su código de HTTP."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"Airflow contestó {status}: {detail}")
        self.status = status


class Rest:
    """Pedidos a la API REST de un Airflow sin usuarios: la credencial la da a quien la pida."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._token = ""

    def call(self, method: Method, path: str, **options: Any) -> Any:  # noqa: ANN401
        """Hace un pedido a `/api/v2` y devuelve el JSON de la respuesta.

        Args:
            method: el método de HTTP.
            path: lo que sigue a `/api/v2/`, ya codificado.
            options: `json` y `params`, como en requests.

        Raises:
            AnswerError: si contesta un error; trae lo que dijo.
            AirflowError: si no contesta.
        """
        answer = self._ask(method, f"/api/v2/{path}", options)
        if answer.status_code == requests.codes.unauthorized:
            given = self._ask("GET", "/auth/token", {})
            if not given.ok:
                raise AnswerError(given.status_code, _detail(given))
            self._token = given.json()["access_token"]
            answer = self._ask(method, f"/api/v2/{path}", options)
        if not answer.ok:
            raise AnswerError(answer.status_code, _detail(answer))
        return answer.json()

    def insist(self, method: Method, path: str, **options: Any) -> Any:  # noqa: ANN401
        """Como `call`, y lo pide otra vez mientras conteste 503: deshizo lo que había empezado.

        Le pasa con SQLite, cuando el scheduler escribe a la vez.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.call(method, path, **options)
            except AnswerError as error:
                is_busy = error.status == requests.codes.service_unavailable
                if not is_busy or time.monotonic() > deadline:
                    raise
            time.sleep(POLL)

    def _ask(self, method: Method, path: str, options: dict[str, Any]) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            return requests.request(
                method, self.url + path, headers=headers, timeout=PATIENCE, **options
            )
        except requests.RequestException as error:
            raise AirflowError(
                f"Airflow no contesta en {self.url}: fijate si está encendido."
            ) from error


def _detail(answer: requests.Response) -> str:
    """Qué dijo la API de lo que salió mal, en un renglón."""
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        detail = answer.text
    if isinstance(detail, list):
        detail = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in detail)
    return " ".join(str(detail).split())
