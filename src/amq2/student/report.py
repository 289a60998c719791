"""El informe de `make check`: qué está roto, cómo va cada ejercicio y los puntos hasta ahora."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from amq2.student.preflight import Finding


@dataclass
class Exercise:
    """Cómo va un ejercicio."""

    number: str
    score: float = 0
    visible: float = 0
    hidden: float = 0
    by_hand: float = 0
    answered: bool = True
    messages: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"  {self.number:5}"]
        if self.visible:
            mark = "✓" if self.score == self.visible else "✗"
            parts.append(f"{mark} {self.score:g} de {self.visible:g} a la vista")
        if self.hidden:
            parts.append(f"{self.hidden:g} en pruebas ocultas")
        if self.by_hand:
            parts.append(f"{self.by_hand:g} a mano")
        if not self.answered:
            parts.append("sin respuesta")
        lines = [parts[0] + ", ".join(parts[1:])]
        for message in self.messages if self.answered else []:
            lines += [f"        {line}" for line in message.splitlines()]
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    """El resultado de revisar una unidad."""

    unit: str
    findings: Sequence[Finding]
    exercises: Sequence[Exercise]

    def __str__(self) -> str:
        lines = [f"Unidad {self.unit}", "", "Revisión previa"]
        lines += [str(finding) for finding in self.findings] or ["  [ OK ] No hay nada roto."]
        if self.exercises:
            lines += ["", "Pruebas", *map(str, self.exercises), "", self._total()]
        return "\n".join(lines)

    def _total(self) -> str:
        score = sum(one.score for one in self.exercises)
        visible = sum(one.visible for one in self.exercises)
        hidden = sum(one.hidden for one in self.exercises)
        by_hand = sum(one.by_hand for one in self.exercises)
        manual = f" y {by_hand:g} a mano" if by_hand else ""
        return (
            f"Puntos hasta ahora: {score:g} de {visible:g} a la vista. "
            f"Al corregir se suman hasta {hidden:g} de pruebas ocultas{manual}."
        )
