import math


def monthly_costs(volume, *, hourly_price, capacity, startup_seconds, row_seconds):
    if volume < 0:
        raise ValueError("volumen negativo")
    machines = max(2, math.ceil(volume / capacity))
    if volume == 0:
        nightly = 0
    else:
        nightly = math.ceil((startup_seconds + volume * row_seconds) / 60) / 60 * hourly_price * 30
    return {"nightly": nightly, "always_on": machines * 720 * hourly_price}


def crossover(volumes, **offer):
    more = []
    for volume in volumes:
        costs = monthly_costs(volume, **offer)
        if round(costs["nightly"] - costs["always_on"], 6) > 0:
            more.append(volume)
    return min(more, default=None)
