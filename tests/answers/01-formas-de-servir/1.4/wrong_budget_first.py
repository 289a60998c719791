# pierde: 1
# mensaje: Streaming va antes que batch, y batch antes que mirar el presupuesto.
def decide(requirements):
    r = requirements
    if not r["network"]:
        return "edge", "infraestructura"
    if r["online_cost"] > r["budget"]:
        return "revisar", "costo"
    if r["source"] == "eventos" and r["max_wait_s"] < 60:
        return "streaming", "integración"
    if (r["known_in_advance"] and r["max_age_s"] >= 86_400) or r["max_wait_s"] >= 3600:
        return "batch", "tiempo"
    return "on-line", "tiempo"
