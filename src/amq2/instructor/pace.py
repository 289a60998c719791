"""A qué ritmo empezar entregas: la que espera una respuesta no gasta procesador, y entra otra.

Una entrega que sólo calcula ocupa un núcleo. Una que pide por HTTP y espera para repetir no ocupa
casi nada: por eso, mientras haya procesador y memoria de sobra, se empieza una más.
"""

import multiprocessing as mp
import os
import time

import psutil

BUSY = 90
"""Con este porcentaje de los procesadores en uso no empieza ninguna de más: a las que están
andando les alcanzaría menos que a una entrega sola, y sus límites de tiempo son los mismos."""

SPARE_MEMORY = 2 * 1024**3
"""Bytes libres que pide una entrega de más."""

SECONDS_BETWEEN_LOOKS = 0.25


def cores() -> int:
    """Los núcleos que puede usar este proceso."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else mp.cpu_count()


MOST = 8 * cores()
"""Cuántas entregas a la vez, como mucho."""


class Pace:
    """Dice si, con las que están andando, puede empezar otra."""

    def __init__(self, most: int) -> None:
        """Empieza a medir.

        Args:
            most: cuántas a la vez, como mucho.
        """
        self.most = most
        self._look()

    def admits(self, running: int) -> bool:
        """Si puede empezar otra: una por núcleo, siempre; más, según la máquina."""
        if running >= self.most:
            return False
        if running < cores():
            return True
        return time.monotonic() - self.looked > SECONDS_BETWEEN_LOOKS and self._look()

    def _look(self) -> bool:
        """Si desde la vez anterior sobró procesador, y hay memoria."""
        self.looked = time.monotonic()
        return psutil.cpu_percent() < BUSY and psutil.virtual_memory().available > SPARE_MEMORY
