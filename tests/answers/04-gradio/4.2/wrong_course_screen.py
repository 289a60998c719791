# pierde: 4
# mensaje: No hay nada que se llame «Compras por mes»
def churn_screen(model):
    return create_screen(LocalScorer())
