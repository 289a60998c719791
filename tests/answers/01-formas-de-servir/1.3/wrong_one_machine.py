# pierde: 3
# mensaje: máquinas enteras, dos como mínimo
import math


def monthly_costs(volume, *, hourly_price, capacity, startup_seconds, row_seconds):
    if volume < 0:
        raise ValueError
    minutes = math.ceil((startup_seconds + volume * row_seconds) / 60) if volume else 0
    machines = math.ceil(volume / capacity) + 1
    return {
        "always_on": machines * 720 * hourly_price,
        "nightly": 30 * minutes * hourly_price / 60,
    }


def crossover(volumes, **offer):
    for volume in sorted(volumes):
        costs = monthly_costs(volume, **offer)
        if costs["nightly"] > costs["always_on"]:
            return volume
    return None
