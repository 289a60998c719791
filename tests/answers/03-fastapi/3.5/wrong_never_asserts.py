# pierde: 4
# mensaje: Tus pruebas dieron por buena una API que al crear contesta 200.
import requests


def check_quotes(url):
    answer = requests.post(f"{url}/quotes", json={"amount": 1000, "months": 10}, timeout=5)
    return answer.status_code == 201
