"""Lo que más de un módulo necesita saber, dicho una sola vez."""

from zoneinfo import ZoneInfo

HOST = "127.0.0.1"
"""Dirección en la que escuchan todos los servidores del curso: esta máquina y ninguna otra."""

TIME_ZONE = ZoneInfo("America/Argentina/Buenos_Aires")
"""Hora en la que se dicen y se leen los plazos."""

PREFIX_VARIABLES = ("COURSE_PREFIX", "JUPYTERHUB_SERVICE_PREFIX")
"""Dónde se dice el prefijo de JupyterLab: véase `amq2.proxied`. La segunda la pone JupyterHub."""

PORTS = {"JupyterLab": 8888, "Airflow": 8080, "API": 8000, "App": 7860}
"""Los puertos fijos del curso; los demás servidores toman uno libre."""
