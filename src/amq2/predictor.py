"""Predecir para muchos clientes a la vez: las filas que llegan juntas viajan en una sola llamada.

Llamar a scikit-learn cuesta casi lo mismo con una fila que con treinta. `Predictor` aprovecha eso:
mientras corre una llamada se juntan los pedidos que llegan, y la siguiente los lleva a todos
(*micro-batching*). Nadie espera un reloj: quien llega solo se va solo.

Un modelo rápido corre en el hilo del event loop, porque pasar el trabajo a otro hilo cuesta más que
hacerlo; uno lento corre en un hilo aparte, para no trabar al resto del servicio mientras calcula.
"""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from amq2.model import round_scores

MAX_ROWS = 256
"""Filas que viajan como mucho en una llamada."""

MAX_WAITING = 2_000
"""Pedidos que pueden esperar a la vez; si hay más, es mejor decir que no."""

SLOW = 0.001
"""Segundos que tarda una fila en un modelo que ya conviene correr en otro hilo."""

QUIET_TURNS = 2
"""Vueltas del event loop sin pedidos nuevos que se esperan antes de llamar a un modelo rápido."""

Rows = NDArray[np.float64]


class BusyError(Exception):
    """Hay demasiados pedidos esperando: conviene volver más tarde."""


def without_names(model: Pipeline) -> Pipeline:
    """Una copia del modelo que no pide los nombres de las columnas.

    Entrenado con una tabla, scikit-learn avisa en cada llamada si después recibe un arreglo. Acá el
    orden de las columnas lo cuida quien llama.
    """
    copy = deepcopy(model)
    for part in [copy, *(step for _, step in getattr(copy, "steps", []))]:
        vars(part).pop("feature_names_in_", None)
    return copy


class Predictor:
    """Un modelo listo para servir desde un event loop."""

    def __init__(self, model: Pipeline, max_waiting: int = MAX_WAITING) -> None:
        self._model = without_names(model)
        self._max_waiting = max_waiting
        self._waiting: list[tuple[Sequence[float], asyncio.Future[float]]] = []
        self._running = False
        self._quiet, self._seen = 0, 0
        self._thread = ThreadPoolExecutor(1) if self._seconds_per_row() > SLOW else None

    def predict_many(self, rows: Rows) -> Rows:
        """La probabilidad de la clase 1 de cada fila, como `amq2.model.predict_default`.

        Args:
            rows: un arreglo de forma (filas, columnas), con las columnas en el orden del modelo.

        Returns:
            Un arreglo de forma (filas,).
        """
        return round_scores(self._model.predict_proba(rows)[:, 1])

    async def predict(self, row: Sequence[float]) -> float:
        """La probabilidad de una fila; viaja con las que lleguen al mismo tiempo.

        Raises:
            BusyError: si ya hay demasiadas esperando.
        """
        if len(self._waiting) >= self._max_waiting:
            raise BusyError
        loop = asyncio.get_running_loop()
        future: asyncio.Future[float] = loop.create_future()
        self._waiting.append((row, future))
        if not self._running:
            self._running = True
            if self._thread:
                task = loop.create_task(self._run_in_the_thread())
                task.add_done_callback(lambda _: None)
            else:
                self._quiet = self._seen = 0
                loop.call_soon(self._run_when_quiet, loop)
        return await future

    def close(self) -> None:
        """Suelta el hilo, si lo hay."""
        if self._thread:
            self._thread.shutdown(wait=False)

    def _seconds_per_row(self) -> float:
        rows = np.zeros((1, self._model.n_features_in_))
        self._model.predict_proba(rows)  # la primera llamada prepara cosas: no se mide
        started = time.perf_counter()
        self._model.predict_proba(rows)
        return time.perf_counter() - started

    def _take(self) -> list[tuple[Sequence[float], asyncio.Future[float]]]:
        taken, self._waiting = self._waiting[:MAX_ROWS], self._waiting[MAX_ROWS:]
        return taken

    def _run_when_quiet(self, loop: asyncio.AbstractEventLoop) -> None:
        """Llama al modelo cuando pasaron unas vueltas sin que llegue nadie nuevo."""
        arrived = len(self._waiting) > self._seen
        self._seen = len(self._waiting)
        self._quiet = 0 if arrived else self._quiet + 1
        if self._quiet < QUIET_TURNS and self._seen < MAX_ROWS:
            loop.call_soon(self._run_when_quiet, loop)
            return
        taken = self._take()
        try:
            scores = self._scores(taken)
        except Exception as error:  # noqa: BLE001 - es de quienes esperan, no de este bucle
            _fail(taken, error)
        else:
            _answer(taken, scores)
        self._running = bool(self._waiting)
        if self._running:
            self._quiet = self._seen = 0
            loop.call_soon(self._run_when_quiet, loop)

    async def _run_in_the_thread(self) -> None:
        """Llama al modelo en el otro hilo hasta que no quede nadie."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            taken = self._take()
            try:
                scores = await loop.run_in_executor(self._thread, self._scores, taken)
            except Exception as error:  # noqa: BLE001 - es de quienes esperan, no de este bucle
                _fail(taken, error)
            else:
                _answer(taken, scores)
        self._running = False

    def _scores(self, taken: list[tuple[Sequence[float], asyncio.Future[float]]]) -> list[float]:
        scores: list[float] = self.predict_many(np.array([row for row, _ in taken])).tolist()
        return scores


def _answer(
    taken: list[tuple[Sequence[float], asyncio.Future[float]]], scores: list[float]
) -> None:
    for (_, future), score in zip(taken, scores, strict=True):
        if not future.done():  # quien se fue no estorba a los demás
            future.set_result(score)


def _fail(taken: list[tuple[Sequence[float], asyncio.Future[float]]], error: Exception) -> None:
    for _, future in taken:
        if not future.done():
            future.set_exception(error)
