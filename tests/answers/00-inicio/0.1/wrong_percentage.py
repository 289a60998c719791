# pierde: 0.5
# mensaje: contar los False
def default_rate(paid):
    return 100 * paid.count(False) / len(paid) if paid else 0.0
