def rain_report(name, is_raining, millimeters):
    greeting = ", ".join(part for part in ("Hola", name.strip()) if part)
    inches = round(float(millimeters) / 25.4, 2) if is_raining else 0.0
    rain = (
        "llueve: " + format(millimeters, "g").replace(".", ",") + " mm"
        if is_raining
        else "no llueve"
    )
    return [f"{greeting}. Hoy {rain}.", inches]
