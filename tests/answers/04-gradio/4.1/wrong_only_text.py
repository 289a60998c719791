# pierde: 3
# mensaje: Van dos valores: texto y número.
def rain_report(name, is_raining, millimeters):
    return f"Hola, {name}. Hoy llueve: {millimeters:g} mm."
