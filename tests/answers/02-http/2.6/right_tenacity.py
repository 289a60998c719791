import requests
from tenacity import (
    Retrying,
    retry_any,
    retry_if_exception_type,
    retry_if_result,
    stop_after_attempt,
)


def wait(state):
    if not state.outcome.failed and "Retry-After" in state.outcome.result().headers:
        return float(state.outcome.result().headers["Retry-After"])
    return 0.05 * 2**state.attempt_number


def last(state):
    return state.outcome.result()


def robust_request(method, url, *, json=None, key=None, timeout=0.5, attempts=4):
    headers = {"Idempotency-Key": key} if key else {}
    if method.upper() in ("POST", "PATCH") and not key:
        attempts = 1
    retrying = Retrying(
        stop=stop_after_attempt(attempts),
        wait=wait,
        retry=retry_any(
            retry_if_exception_type(requests.RequestException),
            retry_if_result(lambda response: response.status_code in (408, 429, 502, 503, 504)),
        ),
        retry_error_callback=last,
    )
    return retrying(requests.request, method, url, json=json, headers=headers, timeout=timeout)
