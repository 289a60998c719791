# pierde: 1
# mensaje: contar los False
def default_rate(paid):
    return sum(paid) / len(paid) if paid else 0.0
