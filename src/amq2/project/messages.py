"""Los mensajes del integrador: qué pasó y qué mirar."""

from amq2.checks import CheckFailed


def failed(problem: str, look_at: str) -> CheckFailed:
    """Un mensaje para quien hizo los archivos."""
    return CheckFailed(f"✗ {problem}\n  Fijate en:   {look_at}.")
