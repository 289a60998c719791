RULES = [
    (lambda r: not r["network"], "edge", "infraestructura"),
    (lambda r: r["source"] == "eventos" and r["max_wait_s"] < 60, "streaming", "integración"),
    (lambda r: r["known_in_advance"] and r["max_age_s"] > 86_399.999, "batch", "tiempo"),
    (lambda r: not r["max_wait_s"] < 3600, "batch", "tiempo"),
    (lambda r: r["budget"] < r["online_cost"], "revisar", "costo"),
    (lambda r: True, "on-line", "tiempo"),
]


def decide(requirements):
    return [[way, why] for applies, way, why in RULES if applies(requirements)][0]
