"""Las fallas que se le pueden pedir al playground, y un guion al azar que las mezcla.

Un guion es cualquier iterable de Fault: una por pedido, en el orden en que llegan. Quien lo aplica
es `amq2.playground.script`.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Fault:
    """Una falla. No se construye a mano: Fault.none(), .error(...), .late(...) o .broken()."""

    kind: Literal["none", "error", "late", "broken"]
    status: int = 503
    retry_after: int | str | None = None
    seconds: float = 0.0

    @classmethod
    def none(cls) -> "Fault":
        """Este pedido se atiende bien."""
        return cls("none")

    @classmethod
    def error(cls, status: int = 503, retry_after: int | str | None = None) -> "Fault":
        """No hace el trabajo y contesta `status` (de 400 a 599).

        retry_after  segundos enteros o una fecha HTTP (RFC 9110, sección 10.2.3); None: no va.
        """
        if not 400 <= status <= 599:
            raise ValueError(f"Una falla se contesta con un estado de 400 a 599, no {status}.")
        return cls("error", status=status, retry_after=retry_after)

    @classmethod
    def late(cls, seconds: float) -> "Fault":
        """Hace el trabajo y recién después espera `seconds`: quien se cansa antes no se entera."""
        return cls("late", seconds=seconds)

    @classmethod
    def broken(cls) -> "Fault":
        """Hace el trabajo y corta la conexión por la mitad de la respuesta.

        Promete más bytes (Content-Length) de los que manda. A un HEAD no se le puede hacer: su
        respuesta no lleva cuerpo.
        """
        return cls("broken")


def chaos(seed: int = 0, rate: float = 0.3) -> Iterator[Fault]:
    """Un guion que no se termina: cada pedido falla con probabilidad `rate`, de 0 a 1.

    Mezcla 503, 429 con Retry-After de un segundo, y respuestas rotas. La misma `seed`, el mismo
    guion.
    """
    choices = (Fault.error(503), Fault.error(429, retry_after=1), Fault.broken())
    rng = random.Random(seed)
    while True:
        fails, which = rng.random() < rate, int(rng.random() * len(choices))
        yield choices[which] if fails else Fault.none()
