# pierde: 1
# mensaje: La regla 3 pide las dos cosas
def decide(requirements):
    r = requirements
    if not r["network"]:
        return "edge", "infraestructura"
    if r["source"] == "eventos" and r["max_wait_s"] < 60:
        return "streaming", "integración"
    if r["max_age_s"] >= 86_400 or r["max_wait_s"] >= 3600:
        return "batch", "tiempo"
    if r["online_cost"] > r["budget"]:
        return "revisar", "costo"
    return "on-line", "tiempo"
