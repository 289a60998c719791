# pierde: 1
# mensaje: Si el servidor falla, leer o borrar termina con una excepción
import requests


def create_loan(base_url, loan):
    response = requests.post(f"{base_url}/loans", json=loan, timeout=5)
    response.raise_for_status()
    return response.json()


def read_loan(base_url, loan_id):
    response = requests.get(f"{base_url}/loans/{loan_id}", timeout=5)
    if not response.ok:
        return None
    return response.json()


def change_loan(base_url, loan_id, changes):
    response = requests.patch(f"{base_url}/loans/{loan_id}", json=changes, timeout=5)
    response.raise_for_status()
    return response.json()


def delete_loan(base_url, loan_id):
    response = requests.delete(f"{base_url}/loans/{loan_id}", timeout=5)
    if not response.ok:
        return False
    return True
