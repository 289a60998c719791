"""Módulos de apoyo del curso Aprendizaje de máquina II: uno por tema, cortos y para leer."""

import os

__version__ = "1.0.0"

# Gradio avisa a su fabricante cada vez que arranca una aplicación, salvo que se le diga que no.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
