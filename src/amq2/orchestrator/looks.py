"""Cómo se ve el estado de una tarea: su color, su trama y su nombre.

Los colores son tonos claros de los de Okabe e Ito; con la trama o el nombre también se distinguen.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from amq2.orchestrator.runs import NO_STATE, Run

LOOKS = {
    "failed": ("#E58A4E", "xx"),
    "upstream_failed": ("#F3C9AB", "//"),
    "up_for_retry": ("#F0E442", ".."),
    "running": ("#9BD1F2", "--"),
    "up_for_reschedule": ("#D9ECF8", ".."),
    "deferred": ("#E4BFD4", ".."),
    "queued": ("#D9D9D9", "--"),
    "scheduled": ("#EEEEEE", "//"),
    "success": ("#7FCBB3", ""),
    "skipped": ("#F7F7F7", "\\\\"),
}
"""El color y la trama de cada estado, del que más importa al que menos."""


@dataclass(frozen=True)
class Look:
    """Cómo se ve un estado."""

    color: str
    hatch: str

    @property
    def box(self) -> dict[str, Any]:
        """Las opciones de una caja de matplotlib."""
        return {"facecolor": self.color, "hatch": self.hatch, "edgecolor": "#666666"}


def look(state: str | None) -> Look:
    """El color y la trama de un estado; blanco y sin trama si todavía no tiene."""
    return Look(*LOOKS.get(state or "", ("white", "")))


def worst(states: Iterable[str | None]) -> str | None:
    """De los estados de las copias de una tarea, el que más importa."""
    found = set(states)
    return next((state for state in LOOKS if state in found), None)


def summary(states: Sequence[str | None]) -> str:
    """Los estados de una tarea en palabras: `success`, o `3 success, 1 failed` si se mapeó."""
    names = [state or NO_STATE for state in states]
    if len(names) <= 1:
        return "".join(names) or "sin copias"
    return ", ".join(f"{number} {name}" for name, number in Counter(names).most_common())


def title(dag_id: str, run: Run | None) -> str:
    """El título de un dibujo: el DAG y, si hay una corrida, en qué estado está."""
    return f"El DAG {dag_id}" + (f": una corrida en estado {run.state}" if run else "")
