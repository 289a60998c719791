"""Django, con gunicorn adelante."""

import json

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from model import score

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, SECRET_KEY="no se usa")


def predict(request: HttpRequest) -> JsonResponse:
    """El puntaje de un solicitante."""
    return JsonResponse({"probability": score(json.loads(request.body))})


urlpatterns = [path("predict", predict)]
app = get_wsgi_application()
