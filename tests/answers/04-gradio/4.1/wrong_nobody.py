# pierde: 1
# mensaje: Sin nombre, o con uno de puro espacio, el saludo es «Hola.»
def rain_report(name, is_raining, millimeters):
    if not is_raining:
        return f"Hola, {name}. Hoy no llueve.", 0.0
    amount = f"{millimeters:g}".replace(".", ",")
    return f"Hola, {name}. Hoy llueve: {amount} mm.", round(millimeters / 25.4, 2)
