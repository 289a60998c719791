# pierde: 2
# mensaje: la regla 3: coma y no punto
def rain_report(name, is_raining, millimeters):
    who = name.strip()
    hello = f"Hola, {who}." if who else "Hola."
    if not is_raining:
        return f"{hello} Hoy no llueve.", 0.0
    return f"{hello} Hoy llueve: {millimeters:g} mm.", round(millimeters / 25.4, 2)
