# pierde: 2
# mensaje: Con eventos y una espera de 60 segundos justos ya no hace falta streaming.
def decide(requirements):
    r = requirements
    if not r["network"]:
        return "edge", "infraestructura"
    if r["source"] == "eventos" and r["max_wait_s"] <= 60:
        return "streaming", "integración"
    if r["known_in_advance"] and r["max_age_s"] > 86_400:
        return "batch", "tiempo"
    if r["max_wait_s"] > 3600:
        return "batch", "tiempo"
    if r["online_cost"] >= r["budget"]:
        return "revisar", "costo"
    return "on-line", "tiempo"
