# pierde: 1
# mensaje: Si una página falla, termina con una excepción
from urllib.parse import urljoin

import requests


def fetch_all(url):
    items = []
    while True:
        response = requests.get(url)
        if not response.ok:
            break
        items.extend(response.json())
        if "next" not in response.links:
            break
        url = urljoin(url, response.links["next"]["url"])
    return items
