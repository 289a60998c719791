# pierde: 1
# mensaje: Un POST con clave se repite con la misma clave
import time
import uuid

import requests

SAFE_TO_REPEAT = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}


def robust_request(method, url, *, json=None, key=None, timeout=0.5, attempts=4):
    wait = 0.1
    for attempt in range(1, attempts + 1):
        pause = wait
        headers = {"Idempotency-Key": f"{key}-{uuid.uuid4()}"} if key else None
        try:
            response = requests.request(method, url, json=json, headers=headers, timeout=timeout)
        except requests.RequestException:
            if attempt == attempts or (method not in SAFE_TO_REPEAT and not key):
                raise
        else:
            if response.status_code not in (408, 429, 502, 503, 504):
                return response
            if attempt == attempts or (method not in SAFE_TO_REPEAT and not key):
                return response
            pause = float(response.headers.get("Retry-After", wait))
        time.sleep(pause)
        wait *= 2
