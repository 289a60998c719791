# pierde: 3
# mensaje: seguí `next` hasta que no haya más
import requests


def fetch_all(url):
    return requests.get(url).json()
