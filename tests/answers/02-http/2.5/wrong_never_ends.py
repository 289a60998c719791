# pierde: 3
# mensaje: La prueba tardó demasiado y se cortó
import requests


def fetch_all(url):
    items = []
    page = 1
    while chunk := requests.get(url, params={"page": page}).json():
        items.extend(chunk)
        page += 1
    return items
