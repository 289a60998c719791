"""Tu código en otro proceso: si se cae, se cuelga o cambia algo, el notebook sigue.

En Linux el proceso es una copia de éste (`fork`): arranca en milésimas, con las bibliotecas ya
cargadas. En los demás sistemas empieza de cero y tarda unos segundos.
"""

import multiprocessing as mp
import os
import sys
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from amq2.checks import CheckFailed
from amq2.project.messages import failed
from amq2.project.workspace import LOG

FORKS = sys.platform == "linux"

SECONDS = 10.0 if FORKS else 14.0
"""Lo que se le da a un archivo para importarse y empezar a atender."""

_context: Any = mp.get_context("fork" if FORKS else "spawn")

Answer = tuple[bool, Any]
"""Lo que manda el otro proceso: si salió bien, y qué."""


class Child:
    """Un proceso que ejecuta `work` en una carpeta, y la conversación con él.

    Args:
        work: recibe la conversación y `arguments`; corre del otro lado.
        folder: su carpeta de trabajo, donde están tus archivos.
        arguments: lo que se le pasa, que tiene que poder viajar (pickle).
    """

    def __init__(self, work: Callable[..., None], folder: Path, *arguments: object) -> None:
        self.folder = folder
        self._pipe, other = _context.Pipe()
        self._process = _context.Process(
            target=_in_the_child, args=(other, self._pipe, work, folder, arguments), daemon=True
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 avisa de cada fork
            self._process.start()
        other.close()

    def hear(self, what: str, look_at: str, seconds: float | None = None) -> Any:  # noqa: ANN401
        """Lo próximo que dice el otro proceso.

        Args:
            what: qué se espera, como se le dice a quien lo escribió: «api.py no empezó a atender».
            look_at: qué conviene mirar si no llega.
            seconds: cuánto se espera; si no se dice, `SECONDS`.

        Raises:
            CheckFailed: si dice que algo salió mal, si termina, o si tarda más de `seconds`.
        """
        seconds = SECONDS if seconds is None else seconds
        try:
            if not self._pipe.poll(seconds):
                self.stop()
                raise failed(f"{what} en {seconds:g} segundos.", look_at)
            went_well, answer = self._pipe.recv()
        except (EOFError, OSError):
            self.stop()
            line = f"\n  Escribió:    {self.last_line}" if self.last_line else ""
            raise failed(f"{what}: el proceso terminó solo.{line}", look_at) from None
        if not went_well:
            self.stop()
            raise CheckFailed(answer)
        return answer

    def ask(self, question: str) -> Any:  # noqa: ANN401
        """Le pregunta algo y devuelve lo que contesta; si ya no está, un texto vacío."""
        try:
            self._pipe.send(question)
            return self._pipe.recv()[1] if self._pipe.poll(1) else ""
        except (EOFError, OSError):
            return ""

    @property
    def is_alive(self) -> bool:
        """Si sigue andando."""
        return bool(self._process.is_alive())

    def stop(self) -> None:
        """Lo termina."""
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._pipe.close()

    @property
    def last_line(self) -> str:
        """Lo último que escribió, o nada."""
        log = self.folder / LOG
        lines = (
            log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
        )
        written = [line.strip() for line in lines if line.strip()]
        return written[-1][:200] if written else ""


def _in_the_child(
    pipe: Connection,
    other: Connection,
    work: Callable[..., None],
    folder: Path,
    arguments: tuple[object, ...],
) -> None:
    other.close()  # así, cuando el notebook termina, de este lado se nota
    log = (folder / LOG).open("w", buffering=1, encoding="utf-8")
    for number in (1, 2):
        os.dup2(log.fileno(), number)
    sys.stdout = sys.stderr = log
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        work(pipe, *arguments)
    except CheckFailed as problem:
        pipe.send((False, str(problem)))
    except (EOFError, KeyboardInterrupt):
        pass
