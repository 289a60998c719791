# pierde: 4
# mensaje: hay que repetir el pedido
import requests


def robust_request(method, url, *, json=None, key=None, timeout=0.5, attempts=4):
    headers = {"Idempotency-Key": key} if key else None
    return requests.request(method, url, json=json, headers=headers, timeout=timeout)
