"""Lo que comparten las pruebas que encienden una pantalla de Gradio en su propio proceso."""

import gc
import warnings

OF_GRADIO = (
    "ignore::pandas.errors.Pandas4Warning",
    "ignore::ResourceWarning",
    "ignore::DeprecationWarning",
)
"""Avisos de Gradio sobre sus propias dependencias; con `error`, su cola se detendría."""


def collect_leftovers() -> None:
    """Junta lo que Gradio no cierra ahora, y no en medio de las pruebas de otro archivo."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()
