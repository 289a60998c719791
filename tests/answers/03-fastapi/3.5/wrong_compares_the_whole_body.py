# pierde: 4
# mensaje: Tus pruebas se quejan de una API que cumple el contrato
import requests


def check_quotes(url):
    def create(amount, months):
        body = {"amount": amount, "months": months}
        return requests.post(f"{url}/quotes", json=body, timeout=5)

    one, two = create(1000, 10), create(2000, 60)
    assert one.status_code == two.status_code == 201
    expected = {"id": 1, "amount": 1000.0, "months": 10, "total": 1500.0}
    assert one.json() == expected
    assert create(1000, 61).status_code == 422
    assert create(1000, 0).status_code == 422
    read = requests.get(f"{url}/quotes/{one.json()['id']}", timeout=5)
    assert read.json()["total"] == 1500
    assert requests.delete(f"{url}/quotes/{one.json()['id']}", timeout=5).status_code == 204
    assert requests.get(f"{url}/quotes/{one.json()['id']}", timeout=5).status_code == 404
