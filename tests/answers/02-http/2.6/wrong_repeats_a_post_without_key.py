# pierde: 2
# mensaje: Un POST sin clave no se repite: la operación puede haberse hecho.
import time

import requests


def robust_request(method, url, *, json=None, key=None, timeout=0.5, attempts=4):
    headers = {"Idempotency-Key": key} if key else None
    wait = 0.1
    for attempt in range(1, attempts + 1):
        pause = wait
        try:
            response = requests.request(method, url, json=json, headers=headers, timeout=timeout)
        except requests.RequestException:
            if attempt == attempts:
                raise
        else:
            if response.status_code not in (408, 429, 502, 503, 504):
                return response
            if attempt == attempts:
                return response
            pause = float(response.headers.get("Retry-After", wait))
        time.sleep(pause)
        wait *= 2
