"""BentoML, como en su guía, y con los pedidos juntados en lotes (`batchable`)."""

from typing import Any

import bentoml
from model import score, score_many


@bentoml.service(workers=1)
class Plain:
    """Un pedido, una llamada."""

    @bentoml.api
    def predict(self, applicant: dict[str, Any]) -> float:
        """El puntaje de un solicitante."""
        return score(applicant)


@bentoml.service(workers=1)
class Batched:
    """Los pedidos que llegan juntos viajan en una llamada."""

    @bentoml.api(batchable=True)
    def predict(self, applicants: list[dict[str, Any]]) -> list[float]:
        """Los puntajes de varios solicitantes."""
        return score_many(applicants)
