# pierde: 1
# mensaje: Un valor de encabezado puede tener dos puntos adentro, como una hora.
def parse_response(raw):
    head, _, rest = raw.partition(b"\r\n\r\n")
    lines = head.decode("iso-8859-1").split("\r\n")
    version, status, *reason = lines[0].split(" ")
    headers = {}
    for line in lines[1:]:
        parts = line.split(":")
        headers[parts[0].lower()] = parts[1].strip()
    length = int(headers.get("content-length", len(rest)))
    return {
        "version": version,
        "status": int(status),
        "reason": " ".join(reason),
        "headers": headers,
        "body": rest[:length],
    }
