# pierde: 3
# mensaje: Tus pruebas dieron por buena una API que acepta más meses de los permitidos.
import requests


def check_quotes(url):
    answer = requests.post(f"{url}/quotes", json={"amount": 1000, "months": 10}, timeout=5)
    assert answer.status_code == 201
    assert answer.json()["total"] == 1500
    read = requests.get(f"{url}/quotes/{answer.json()['id']}", timeout=5)
    assert read.json()["total"] == 1500
