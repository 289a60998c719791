import math


def latency_summary(waits_ms, slo_ms):
    count = len(waits_ms)
    if count == 0:
        raise ValueError

    def at(p):
        place = math.ceil(p * count / 100)
        return next(w for w in sorted(waits_ms) if sum(v <= w for v in waits_ms) >= place)

    return dict(p50=at(50), p99=at(99), late=len([w for w in waits_ms if w > slo_ms]) / count)
