# pierde: 1
# mensaje: si no te falta un `return`
def default_rate(paid):
    print(paid.count(False) / len(paid))
