# pierde: 3
# mensaje: la regla 3; devolvé la tupla
def decide(requirements):
    r = requirements
    if not r["network"]:
        return "edge", "infraestructura"
    if r["source"] == "eventos" and r["max_wait_s"] < 60:
        return "streaming", "integración"
    if r["online_cost"] > r["budget"]:
        return "revisar", "costo"
    if r["max_wait_s"] < 3600:
        return "on-line", "tiempo"
    return "batch", "tiempo"
