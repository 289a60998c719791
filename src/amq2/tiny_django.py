"""Django con lo mínimo: sin base de datos, sin usuarios, sin archivos de un proyecto."""

import logging
from collections.abc import Sequence

import django
from django.conf import settings
from django.urls import URLPattern, clear_url_caches


def configure_django(routes: Sequence[URLPattern]) -> None:
    """Prepara Django para atender esas rutas; si se la llama otra vez, las reemplaza.

    Los errores de la aplicación no se escriben: los cuenta el código de estado de la respuesta.
    """
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["127.0.0.1"], LOGGING_CONFIG=None)
        django.setup()
        logging.getLogger("django").setLevel(logging.CRITICAL)
    settings.ROOT_URLCONF = tuple(routes)
    clear_url_caches()
