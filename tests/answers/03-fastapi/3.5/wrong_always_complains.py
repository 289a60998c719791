# pierde: 4
# mensaje: Tus pruebas se quejan de una API que cumple el contrato
def check_quotes(url):
    raise AssertionError("seguro que tiene alguna falla")
