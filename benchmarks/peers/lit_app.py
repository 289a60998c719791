"""LitServe, como en su guía: un pedido, una llamada; con un argumento más, en lotes."""

import sys
from typing import Any

import litserve
from model import score, score_many


class Plain(litserve.LitAPI):
    """Un pedido, una llamada."""

    def setup(self, device: str) -> None:
        """El modelo ya está cargado."""

    def predict(self, x: dict[str, Any]) -> float:
        """El puntaje de un solicitante."""
        return score(x)

    def encode_response(self, output: float) -> dict[str, float]:
        """La respuesta."""
        return {"probability": output}


class Batched(Plain):
    """Los pedidos que llegan juntos viajan en una llamada."""

    def batch(self, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Un lote es una lista."""
        return inputs

    def predict(self, x: list[dict[str, Any]]) -> list[float]:
        """Los puntajes de varios solicitantes."""
        return score_many(x)

    def unbatch(self, output: list[float]) -> list[float]:
        """Uno para cada uno."""
        return output


if __name__ == "__main__":
    port, kind = sys.argv[1:]
    api = Batched(max_batch_size=16, batch_timeout=0.001) if kind == "Batched" else Plain()
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(port), generate_client_file=False, log_level="warning")
