# pierde: 4
# mensaje: decide, fraude con tarjeta
def decide(requirements):
    r = requirements
    if not r["network"]:
        return "edge"
    if r["source"] == "eventos" and r["max_wait_s"] < 60:
        return "streaming"
    if (r["known_in_advance"] and r["max_age_s"] >= 86_400) or r["max_wait_s"] >= 3600:
        return "batch"
    return "revisar" if r["online_cost"] > r["budget"] else "on-line"
