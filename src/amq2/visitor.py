"""Una visita que usa una pantalla de Gradio como la usaría una persona, sin navegador.

Busca los campos por su nombre y los botones por su texto, completa, aprieta y lee lo que aparece:

>>> visitor = Visitor(url)                       # doctest: +SKIP
>>> visitor.fill("name", "Alex")                 # doctest: +SKIP
>>> visitor.press("Enviar")                      # doctest: +SKIP
>>> visitor.read("output 0")                     # doctest: +SKIP

Habla con la pantalla por donde habla la página, con gradio_client: vale para cualquiera, esté
escrita con Interface o con Blocks, y la función se llame como se llame.
"""

import atexit
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from gradio_client.utils import Status

from amq2.checks import CheckFailed

SECONDS_TO_ANSWER = 10
POLL = 0.02
NO_DETAIL = "The upstream Gradio app has raised an exception"
UNEXPECTED = "Error"
"""Lo que se lee en la página si la función falla con algo que no es un `gr.Error`."""

HIDDEN = "state"
"""Lo que la pantalla recuerda de cada visita: no se ve, y gradio_client lo lleva solo."""


class VisitError(CheckFailed):
    """No se pudo usar la pantalla. Su texto es un mensaje para quien la escribió."""

    def __init__(self, message: str) -> None:
        super().__init__(f"✗ {message}")


class Visitor:
    """Alguien delante de una pantalla.

    Args:
        url: su dirección.
        auth: usuario y clave, si los pide.
        cause: dice con qué excepción falló la función de un botón, si se puede saber.

    Attributes:
        messages: los errores que la pantalla mostró, en orden.
        progress: lo que fue mostrando la barra de avance en el último botón: de 0 a 1.

    Raises:
        VisitError: si no hay ninguna pantalla de Gradio en `url`, o no deja entrar.
    """

    def __init__(
        self,
        url: str,
        auth: tuple[str, str] | None = None,
        cause: Callable[[], str] = lambda: "",
    ) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)
        folder = Path(tempfile.mkdtemp(prefix="amq2-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        try:
            self._client = Client(
                url, auth=auth, verbose=False, download_files=folder, analytics_enabled=False
            )
        except Exception as error:  # noqa: BLE001 - gradio_client levanta cualquier cosa
            raise VisitError(f"No se pudo entrar a la pantalla de {url}: {error}") from None
        config: dict[str, Any] = self._client.config
        self._parts: dict[int, dict[str, Any]] = {part["id"]: part for part in config["components"]}
        self._events: list[dict[str, Any]] = config["dependencies"]
        self._values = {key: part["props"].get("value") for key, part in self._parts.items()}
        self._cause, self._last_cause = cause, ""
        self.messages: list[str] = []
        self.progress: list[float] = []

    @property
    def labels(self) -> list[str]:
        """Los nombres de lo que se ve, en orden."""
        found = (part["props"].get("label") for part in self._parts.values())
        return [str(label) for label in found if label]

    @property
    def buttons(self) -> dict[str, int]:
        """Los textos de los botones, en orden, y el número de cada uno."""
        keys = (key for key, part in self._parts.items() if part["type"] == "button")
        return {str(self._values[key]): key for key in keys}

    @property
    def shown(self) -> str:
        """Lo que la pantalla mostró y lo que falló adentro, para sumar a un mensaje; o nada."""
        notices = [message for message in self.messages if message != UNEXPECTED]
        shown = f"\n  La pantalla mostró: {' / '.join(notices)}" if notices else ""
        return shown + (f"\n  Tu función falló:  {self._last_cause}" if self._last_cause else "")

    @property
    def examples(self) -> list[list[Any]]:
        """Los ejemplos que ofrece para completar los campos."""
        found = [part["props"]["samples"] for part in self._parts.values() if _has_samples(part)]
        return [sample for samples in found for sample in samples]

    def describe(self, label: str) -> Mapping[str, Any]:
        """Cómo es una parte: su tipo y sus propiedades, como las recibe la página."""
        part = self._parts[self._find(label)]
        return {"type": part["type"], **part["props"]}

    def fill(self, label: str, value: object) -> None:
        """Completa un campo. En uno de archivos, `value` es la ruta (un Path)."""
        self._values[self._find(label)] = handle_file(value) if isinstance(value, Path) else value

    def read(self, label: str) -> Any:  # noqa: ANN401 - depende de la parte
        """Lo que se ve en una parte: lo que se completó, o lo que puso el último botón."""
        return self._values[self._find(label)]

    def press(self, button: str, seconds: float = SECONDS_TO_ANSWER) -> None:
        """Aprieta un botón y espera a que termine todo lo que dispara.

        Si la pantalla muestra un error, queda en `messages`.

        Raises:
            VisitError: si el botón no está, no hace nada, o no termina a tiempo.
        """
        if button not in self.buttons:
            raise VisitError(f"No hay un botón «{button}»; los que hay: {', '.join(self.buttons)}.")
        self.progress = []
        target = [self.buttons[button], "click"]
        events = [e for e in self._events if target in map(list, e["targets"]) and e["backend_fn"]]
        if not events:
            raise VisitError(f"El botón «{button}» no llama a ninguna función.")
        deadline = time.monotonic() + seconds
        while events:
            event = events.pop(0)
            went_well = self._run(event, deadline)
            events += [e for e in self._events if _follows(e, event["id"], went_well=went_well)]

    def close(self) -> None:
        """Se va."""
        self._client.close()

    def _run(self, event: Mapping[str, Any], deadline: float) -> bool:
        inputs = [self._values[key] for key in event["inputs"] if not self._is_hidden(key)]
        job = self._client.submit(*inputs, fn_index=event["id"])
        while not job.done():
            if time.monotonic() > deadline:
                job.cancel()
                raise VisitError("La pantalla no terminó a tiempo.")
            self._note(job.status().progress_data)
            time.sleep(POLL)
        outputs = [key for key in event["outputs"] if not self._is_hidden(key)]
        try:
            result = job.result()
        except AppError as error:
            unexpected = error.message.startswith(NO_DETAIL)
            self.messages.append(UNEXPECTED if unexpected else error.message)
            self._last_cause = self._cause() if unexpected else ""
            return False
        if job.status().code != Status.FINISHED:
            return False
        values = result if len(outputs) != 1 else [result]
        for key, value in zip(outputs, values or [], strict=False):
            is_update = isinstance(value, dict) and value.get("__type__") == "update"
            self._values[key] = value.get("value") if is_update else value
        return True

    def _note(self, steps: Any) -> None:  # noqa: ANN401 - gradio_client no lo tipa
        for step in steps or []:
            share = step.progress if step.progress is not None else step.index / (step.length or 1)
            if not self.progress or self.progress[-1] != share:
                self.progress.append(float(share))

    def _is_hidden(self, key: int) -> bool:
        return bool(self._parts[key]["type"] == HIDDEN)

    def _find(self, label: str) -> int:
        for key, part in self._parts.items():
            if part["props"].get("label") == label:
                return key
        raise VisitError(
            f"No hay nada que se llame «{label}»; lo que hay: {', '.join(self.labels)}."
        )


def _has_samples(part: Mapping[str, Any]) -> bool:
    return part["type"] == "dataset" and bool(part["props"].get("samples"))


def _follows(event: Mapping[str, Any], previous: int, *, went_well: bool) -> bool:
    """Si un evento se dispara después de otro: `then`, `success` o `failure`."""
    if event.get("trigger_after") != previous or not event["backend_fn"]:
        return False
    unwanted = "trigger_only_on_failure" if went_well else "trigger_only_on_success"
    return not event.get(unwanted)
