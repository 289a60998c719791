# pierde: 3
# mensaje: la regla 2; devolvé la tupla (forma, criterio), escrita igual que en la tabla, con tildes
def decide(requirements):
    r = requirements
    if not r["network"]:
        return "edge", "infraestructura"
    if r["source"] == "eventos" and r["max_wait_s"] < 60:
        return "streaming", "integracion"
    if (r["known_in_advance"] and r["max_age_s"] >= 86_400) or r["max_wait_s"] >= 3600:
        return "batch", "tiempo"
    if r["online_cost"] > r["budget"]:
        return "revisar", "costo"
    return "on-line", "tiempo"
