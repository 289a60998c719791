"""Django con lo mínimo: atiende lo que se le dice, y se puede cambiar."""

import json
import subprocess
import sys

CODE = """
import json, requests
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path
from amq2.serving import serve
from amq2.tiny_django import configure_django

def hello(request):
    return JsonResponse({"hola": request.GET["x"]})

found = []
for name in ("a", "b"):
    configure_django([path(name, hello)])
    with serve(get_wsgi_application()) as server:
        for route in ("a?x=1", "b?x=2", name):
            found.append(requests.get(f"{server.url}/{route}", timeout=5).status_code)
print(json.dumps(found))
"""


def test_it_serves_the_routes_it_was_given_and_a_failure_writes_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [200, 404, 500, 404, 200, 500]
    assert done.stderr == ""
