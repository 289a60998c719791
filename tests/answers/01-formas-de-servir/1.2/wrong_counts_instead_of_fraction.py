# pierde: 3
# mensaje: una proporción, de 0 a 1
import math


def latency_summary(waits_ms, slo_ms):
    if not waits_ms:
        raise ValueError
    ordered = sorted(waits_ms)
    n = len(ordered)
    return {
        "p50": ordered[math.ceil(n * 50 / 100) - 1],
        "p99": ordered[math.ceil(n * 99 / 100) - 1],
        "late": sum(w > slo_ms for w in ordered) + 1,
    }
