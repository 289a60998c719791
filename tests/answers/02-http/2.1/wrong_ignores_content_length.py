# pierde: 1
# mensaje: Lo que sigue después de Content-Length bytes no es parte del cuerpo.
def parse_response(raw):
    head, rest = raw.split(b"\r\n\r\n", 1)
    start, *lines = head.decode("iso-8859-1").split("\r\n")
    version, status, reason = [*start.split(" ", 2), ""][:3]
    headers = dict(line.split(":", 1) for line in lines)
    headers = {name.lower(): value.strip() for name, value in headers.items()}
    return {
        "version": version,
        "status": int(status),
        "reason": reason,
        "headers": headers,
        "body": rest,
    }
