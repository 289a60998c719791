# pierde: 1
# mensaje: Las pulgadas si no llueve
def rain_report(name, is_raining, millimeters):
    who = name.strip()
    hello = f"Hola, {who}." if who else "Hola."
    amount = f"{millimeters:g}".replace(".", ",")
    text = f"Hoy llueve: {amount} mm." if is_raining else "Hoy no llueve."
    return f"{hello} {text}", round(millimeters / 25.4, 2)
