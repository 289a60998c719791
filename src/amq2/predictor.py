"""Predecir para muchos clientes a la vez: las filas que llegan juntas viajan en una sola llamada.

Llamar a scikit-learn cuesta casi lo mismo con una fila que con treinta. `Predictor` aprovecha eso:
mientras corre una llamada se juntan los pedidos que llegan, y la siguiente los lleva a todos
(*micro-batching*). Nadie espera un reloj: quien llega solo se va solo.

Un modelo rápido corre en el hilo del event loop, porque pasar el trabajo a otro hilo cuesta más que
hacerlo; uno lento corre en un hilo aparte, para no trabar al resto del servicio mientras calcula.
"""

import asyncio
import timeit
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

TRIES = 5
"""Veces que se cronometra una fila, para saber si el modelo es lento."""

QUIET_TURNS = 2
"""Vueltas del event loop sin pedidos nuevos que se esperan antes de llamar a un modelo rápido."""

Rows = NDArray[np.float64]
_Request = tuple[Sequence[float], asyncio.Future[float]]


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
    """Un modelo listo para servir desde un event loop.

    Args:
        model: un modelo de scikit-learn que da probabilidades.
        max_waiting: cuántos pedidos pueden esperar a la vez.
        is_slow: si conviene correrlo en otro hilo; si no se dice, se lo cronometra.
    """

    def __init__(
        self, model: Pipeline, *, max_waiting: int = MAX_WAITING, is_slow: bool | None = None
    ) -> None:
        self._model = without_names(model)
        self._max_waiting = max_waiting
        self._waiting: list[_Request] = []
        self._task: asyncio.Task[None] | None = None
        self.is_slow = self._seconds_per_row() > SLOW if is_slow is None else is_slow
        self._thread = ThreadPoolExecutor(1) if self.is_slow else None

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
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._answer_all())
        return await future

    def close(self) -> None:
        """Suelta el hilo, si lo hay; lo que todavía espera recibe un error."""
        if self._thread:
            self._thread.shutdown(wait=False)

    def _seconds_per_row(self) -> float:
        """Lo que tarda una fila: lo menos de varias veces, porque la máquina tiene otras tareas."""
        rows = np.zeros((1, self._model.n_features_in_))
        return min(timeit.repeat(lambda: self._model.predict_proba(rows), number=1, repeat=TRIES))

    async def _answer_all(self) -> None:
        """Llama al modelo hasta que no quede nadie esperando."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            await self._until_quiet()
            taken = self._take()
            try:
                if self._thread:
                    scores = await loop.run_in_executor(self._thread, self._scores, taken)
                else:
                    scores = self._scores(taken)
                answers = list(zip(taken, scores, strict=True))
            except Exception as error:  # noqa: BLE001 - es de quienes esperan, no de este bucle
                for _, future in taken:
                    if not future.done():
                        future.set_exception(error)
            else:
                for (_, future), score in answers:
                    if not future.done():  # se fue mientras se calculaba
                        future.set_result(score)

    async def _until_quiet(self) -> None:
        """Espera a que pasen unas vueltas del event loop sin que llegue nadie nuevo."""
        seen = quiet = 0
        while quiet < QUIET_TURNS and len(self._waiting) < MAX_ROWS:
            quiet = quiet + 1 if len(self._waiting) == seen else 0
            seen = len(self._waiting)
            await asyncio.sleep(0)

    def _take(self) -> list[_Request]:
        """Los próximos en viajar, sin los que ya se fueron."""
        taken, self._waiting = self._waiting[:MAX_ROWS], self._waiting[MAX_ROWS:]
        return [(row, future) for row, future in taken if not future.done()]

    def _scores(self, taken: list[_Request]) -> list[float]:
        if not taken:
            return []
        scores: list[float] = self.predict_many(np.array([row for row, _ in taken])).tolist()
        return scores
