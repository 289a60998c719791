# pierde: 2
# mensaje: Se esperaba: ('éxito', False)
def classify(status):
    if not 100 <= status <= 599:
        raise ValueError(status)
    families = "informativo,éxito,redirección,error del cliente,error del servidor".split(",")
    return families[status // 100 - 1]
