import sys
import time

import httpx


def robust_request(method, url, *, json=None, key=None, timeout=0.5, attempts=4):
    headers = {"Idempotency-Key": key} if key else {}
    can_repeat = key or method.upper() not in ("POST", "PATCH")
    left = attempts if can_repeat else 1
    wait = 0.1
    while True:
        left -= 1
        try:
            response = httpx.request(method, url, json=json, headers=headers, timeout=timeout)
        except httpx.TransportError as error:
            if left == 0:
                raise
            print(f"falló {method} {url}: {error!r}", file=sys.stderr)
            time.sleep(wait)
        else:
            if left == 0 or response.status_code not in (408, 429, 502, 503, 504):
                return response
            print(f"{response.status_code} en {method} {url}", file=sys.stderr)
            time.sleep(max(wait, float(response.headers.get("retry-after", 0))))
        wait *= 2
