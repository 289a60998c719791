# pierde: 2
# mensaje: tiene que ser un int
def parse_response(raw):
    head, _, rest = raw.partition(b"\r\n\r\n")
    start, *lines = head.decode("iso-8859-1").split("\r\n")
    version, status, reason = [*start.split(" ", 2), ""][:3]
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers.get("content-length", len(rest)))
    return {
        "version": version,
        "status": status,
        "reason": reason,
        "headers": headers,
        "body": rest[:length],
    }
