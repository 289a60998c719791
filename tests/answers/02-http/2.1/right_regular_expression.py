import re


def parse_response(raw):
    cut = raw.index(b"\r\n\r\n")
    lines = raw[:cut].decode("latin-1").splitlines()
    match = re.fullmatch(r"(HTTP/\S+) (\d{3}) ?(.*)", lines[0])
    headers = {}
    for line in lines[1:]:
        name, value = re.fullmatch(r"([^:]+):\s*(.*?)\s*", line).groups()
        headers[name.lower()] = value
    body = raw[cut + 4 :]
    if "content-length" in headers:
        body = body[: int(headers["content-length"])]
    return dict(version=match[1], status=int(match[2]), reason=match[3], headers=headers, body=body)
