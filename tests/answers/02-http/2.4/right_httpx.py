import httpx


def create_loan(base_url, loan):
    return httpx.post(base_url + "/loans", json=loan).raise_for_status().json()


def read_loan(base_url, loan_id):
    response = httpx.get(f"{base_url}/loans/{loan_id}")
    return None if response.status_code == 404 else response.raise_for_status().json()


def change_loan(base_url, loan_id, changes):
    return httpx.patch(f"{base_url}/loans/{loan_id}", json=changes).raise_for_status().json()


def delete_loan(base_url, loan_id):
    response = httpx.delete(f"{base_url}/loans/{loan_id}")
    if response.status_code != 404:
        response.raise_for_status()
    return response.status_code != 404
