# pierde: 3
# mensaje: El texto con 71 mm
def rain_report(name, is_raining, millimeters):
    salutation = "Good morning" if is_raining else "Good evening"
    return f"{salutation} {name}. It is {millimeters} degrees today", round(
        (millimeters - 32) * 5 / 9, 2
    )
