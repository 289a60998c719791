# pierde: 2
# mensaje: delete_loan por segunda vez
import requests


def create_loan(base_url, loan):
    return requests.post(f"{base_url}/loans", json=loan).json()


def read_loan(base_url, loan_id):
    return requests.get(f"{base_url}/loans/{loan_id}").json()


def change_loan(base_url, loan_id, changes):
    return requests.patch(f"{base_url}/loans/{loan_id}", json=changes).json()


def delete_loan(base_url, loan_id):
    requests.delete(f"{base_url}/loans/{loan_id}")
    return True
