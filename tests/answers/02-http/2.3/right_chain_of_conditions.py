def classify(status):
    repeat = status in {408, 429, 502, 503, 504}
    if status < 100 or status > 599:
        raise ValueError("fuera de rango")
    if status < 200:
        return "informativo", repeat
    if status < 300:
        return "éxito", repeat
    if status < 400:
        return "redirección", repeat
    if status < 500:
        return "error del cliente", repeat
    return "error del servidor", repeat
