# pierde: 1
# mensaje: La lista que recibe queda como estaba.
import math


def latency_summary(waits_ms, slo_ms):
    if not waits_ms:
        raise ValueError
    waits_ms.sort()
    n = len(waits_ms)
    return {
        "p50": waits_ms[math.ceil(n * 50 / 100) - 1],
        "p99": waits_ms[math.ceil(n * 99 / 100) - 1],
        "late": sum(w > slo_ms for w in waits_ms) / n,
    }
