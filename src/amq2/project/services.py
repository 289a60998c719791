"""Tu API y tu pantalla andando, cada una en su proceso, y cómo se les pregunta.

Se encienden la primera vez que alguien las usa y quedan encendidas; si cambiaste un archivo, la
próxima vez se encienden de nuevo. Contestan con el modelo de práctica: véase `practice`.
"""

import atexit
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from amq2.checks import CheckFailed
from amq2.project.children import Child
from amq2.project.inside import LOOK_AT_START, serve_api, serve_screen
from amq2.project.messages import failed
from amq2.project.patients import COLUMNS
from amq2.project.workspace import MODEL, copied, fingerprint
from amq2.visitor import Visitor

SECONDS_TO_ANSWER = 5


@dataclass(frozen=True)
class Service:
    """Un archivo tuyo atendiendo.

    Attributes:
        url: su dirección, sin barra final.
        folder: la copia en la que corre.
    """

    name: str
    url: str
    folder: Path
    child: Child
    mark: str

    @property
    def cause(self) -> str:
        """Con qué excepción falló tu código la última vez, y dónde; o lo último que escribió."""
        return str(self.child.ask("cause")) or self.child.last_line

    @contextmanager
    def without_the_model(self) -> Iterator[None]:
        """Mientras dura, el archivo del modelo no está: quien ya lo cargó no lo necesita."""
        model, aside = self.folder / MODEL, self.folder / "guardado"
        model.rename(aside)
        try:
            yield
        finally:
            aside.rename(model)


_services: dict[str, Service] = {}
_failures: dict[str, tuple[str, CheckFailed]] = {}
"""Lo que no se pudo encender, con la huella de los archivos: mientras no cambien, no se insiste."""


def api() -> Service:
    """Tu `api.py`, andando.

    Raises:
        CheckFailed: si no está, no se importa, no define `app` o no empieza a atender.
    """
    return _service("api.py", serve_api)


def screen() -> Service:
    """Tu `app.py`, andando.

    Raises:
        CheckFailed: si no está, no se importa, no define `screen` o no empieza a atender.
    """
    return _service("app.py", serve_screen)


def stop_all() -> None:
    """Apaga lo que esté encendido."""
    for service in _services.values():
        service.child.stop()
    _services.clear()


atexit.register(stop_all)


def ask(method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401 - los de requests
    """Un pedido a tu API.

    Args:
        method: `GET`, `POST`…
        path: por ejemplo `/predict`.
        options: lo que se le agrega a `requests.request`, por ejemplo `json`.

    Raises:
        CheckFailed: como `api`, y si no contesta a tiempo o contesta que falló (500).
    """
    service = api()
    try:
        url = service.url + path
        response = requests.request(method, url, timeout=SECONDS_TO_ANSWER, **options)
    except requests.RequestException as error:
        raise failed(
            f"{method} {path} no tuvo respuesta ({type(error).__name__}).",
            f"si tu función termina en menos de {SECONDS_TO_ANSWER} segundos",
        ) from None
    if response.status_code >= 500:
        raise failed(
            f"{method} {path} contestó {response.status_code}: tu código falló.\n"
            f"  Falló con:   {service.cause or 'no se sabe'}",
            "qué esperaba ese renglón",
        )
    return response


def said(response: requests.Response) -> dict[str, Any]:
    """El objeto JSON de una respuesta.

    Raises:
        CheckFailed: si no lo es.
    """
    with suppress(ValueError):
        if isinstance(found := response.json(), dict):
            return found
    raise failed(
        f"{response.request.method} {response.request.path_url} contestó {response.text[:200]!r}.",
        "que la respuesta sea un objeto JSON",
    )


def fill(visitor: Visitor, patient: dict[str, float]) -> None:
    """Completa el formulario de tu pantalla con un paciente.

    Raises:
        CheckFailed: si falta un campo.
    """
    for column in COLUMNS:
        visitor.fill(column.label, patient[column.name])


def visit() -> Visitor:
    """Alguien que abre tu pantalla; se usa con `contextlib.closing`.

    Raises:
        CheckFailed: como `screen`.
    """
    service = screen()
    return Visitor(service.url, cause=lambda: service.cause)


def _service(name: str, work: Callable[..., None]) -> Service:
    mark = fingerprint()
    found = _services.get(name)
    if found and found.mark == mark and found.child.is_alive:
        return found
    if found:
        found.child.stop()
        del _services[name]
    before, failure = _failures.get(name, ("", None))
    if failure and before == mark:
        raise failure
    folder = copied(name)
    child = Child(work, folder)
    try:
        url = child.hear(f"{name} no empezó a atender", LOOK_AT_START)
    except CheckFailed as failure:
        _failures[name] = mark, failure
        raise
    _services[name] = Service(name, url, folder, child, mark)
    return _services[name]
