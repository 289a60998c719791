# pierde: 5
# mensaje: No hay nada que se llame «Archivo»
def portfolio_screen(model):
    return create_screen(LocalScorer())
