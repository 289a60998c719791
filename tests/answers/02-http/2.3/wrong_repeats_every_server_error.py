# pierde: 2
# mensaje: repetir sólo sirve si el problema es pasajero
def classify(status):
    if not 100 <= status <= 599:
        raise ValueError(status)
    families = "informativo,éxito,redirección,error del cliente,error del servidor".split(",")
    return families[status // 100 - 1], status >= 500 or status in (408, 429)
