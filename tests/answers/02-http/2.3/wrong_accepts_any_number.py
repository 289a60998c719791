# pierde: 1
# mensaje: Fuera de 100 a 599 no hay códigos de estado: corresponde ValueError.
def classify(status):
    families = {1: "informativo", 2: "éxito", 3: "redirección", 4: "error del cliente"}
    return families.get(status // 100, "error del servidor"), status in (408, 429, 502, 503, 504)
