# pierde: 2
# mensaje: create_loan terminó con HTTPError
import requests


def create_loan(base_url, loan):
    response = requests.post(f"{base_url}/loans", data=loan, timeout=5)
    response.raise_for_status()
    return response.json()


def read_loan(base_url, loan_id):
    response = requests.get(f"{base_url}/loans/{loan_id}", timeout=5)
    if response.status_code == 404:
        return None
    response.raise_for_status()
    return response.json()


def change_loan(base_url, loan_id, changes):
    response = requests.patch(f"{base_url}/loans/{loan_id}", json=changes, timeout=5)
    response.raise_for_status()
    return response.json()


def delete_loan(base_url, loan_id):
    response = requests.delete(f"{base_url}/loans/{loan_id}", timeout=5)
    if response.status_code == 404:
        return False
    response.raise_for_status()
    return True
