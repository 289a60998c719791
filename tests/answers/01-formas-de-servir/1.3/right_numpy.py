import numpy as np


def monthly_costs(volume, hourly_price, capacity, startup_seconds, row_seconds):
    if volume < 0:
        raise ValueError
    machines = np.maximum(np.ceil(np.float64(volume) / capacity), 2)
    minutes = np.ceil((startup_seconds + volume * row_seconds) / 60) * (volume > 0)
    return {
        "always_on": machines * 24 * 30 * hourly_price,
        "nightly": minutes * 30 * hourly_price / 60,
    }


def crossover(volumes, **offer):
    def is_crossed(volume):
        always_on, nightly = monthly_costs(volume, **offer).values()
        return nightly > always_on

    return next(filter(is_crossed, np.sort(volumes)), None)
