# pierde: 1
# mensaje: Un código que no conocés es de la familia de su primera cifra.
def classify(status):
    if not 100 <= status <= 599:
        raise ValueError(status)
    families = {
        200: "éxito",
        201: "éxito",
        301: "redirección",
        404: "error del cliente",
        408: "error del cliente",
        429: "error del cliente",
        500: "error del servidor",
        502: "error del servidor",
        503: "error del servidor",
        504: "error del servidor",
    }
    return families[status], status in (408, 429, 502, 503, 504)
