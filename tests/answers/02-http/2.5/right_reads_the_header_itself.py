import re
from urllib.parse import urljoin

import requests


def fetch_all(url):
    response = requests.get(url, timeout=5)
    response.raise_for_status()
    match = re.search(r'<([^>]+)>\s*;\s*rel="?next"?', response.headers.get("Link", ""))
    rest = fetch_all(urljoin(url, match[1])) if match else []
    return response.json() + rest
