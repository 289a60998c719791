import json
import urllib.error
import urllib.request


class Loans:
    def __init__(self, base_url):
        self.url = f"{base_url}/loans"

    def call(self, method, path="", data=None):
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.url + path, data=body, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json; charset=utf-8")
        with urllib.request.urlopen(request, timeout=5) as response:
            text = response.read()
        return json.loads(text) if text else None


def create_loan(base_url, loan):
    return Loans(base_url).call("POST", data=loan)


def read_loan(base_url, loan_id):
    try:
        return Loans(base_url).call("GET", f"/{loan_id}")
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 404:
            return None
        raise


def change_loan(base_url, loan_id, changes):
    loan = Loans(base_url).call("GET", f"/{loan_id}")
    del loan["id"]
    return Loans(base_url).call("PUT", f"/{loan_id}", {**loan, **changes})


def delete_loan(base_url, loan_id):
    try:
        Loans(base_url).call("DELETE", f"/{loan_id}")
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 404:
            return False
        raise
    return True
