# pierde: 1
# mensaje: El enlace a la página siguiente puede ser relativo.
import requests


def fetch_all(url):
    items = []
    while url:
        response = requests.get(url)
        response.raise_for_status()
        items.extend(response.json())
        url = response.links.get("next", {}).get("url")
    return items
