# pierde: 2
# mensaje: El cuerpo
def parse_response(raw):
    head, _, rest = raw.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    version, status, reason = [*start.split(" ", 2), ""][:3]
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers.get("content-length", len(rest)))
    return {
        "version": version,
        "status": int(status),
        "reason": reason,
        "headers": headers,
        "body": rest[:length],
    }
