# pierde: 0.5
# mensaje: Sin ningún préstamo
def default_rate(paid):
    return paid.count(False) / len(paid)
