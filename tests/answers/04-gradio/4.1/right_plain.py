def rain_report(name, is_raining, millimeters):
    name = " ".join((name or "").split())
    start = "Hola, " + name + "." if name else "Hola."
    if is_raining:
        shown = (
            str(round(millimeters, 6)).rstrip("0").rstrip(".")
            if "." in str(millimeters)
            else str(millimeters)
        )
        return start + " Hoy llueve: " + shown.replace(".", ",") + " mm.", round(
            millimeters / 25.4, 2
        )
    return start + " Hoy no llueve.", 0.0
