import httpx


def pages(url):
    with httpx.Client() as client:
        while url:
            response = client.get(url)
            response.raise_for_status()
            yield response.json()
            link = response.links.get("next")
            url = response.url.join(link["url"]) if link else None


def fetch_all(url):
    return [item for page in pages(url) for item in page]
