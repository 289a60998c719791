"""Módulos de apoyo del curso Aprendizaje de máquina II: uno por tema, cortos y para leer."""

__version__ = "1.0.0"
