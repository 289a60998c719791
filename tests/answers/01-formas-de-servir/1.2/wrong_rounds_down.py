# pierde: 1
# mensaje: El lugar se redondea hacia arriba
def latency_summary(waits_ms, slo_ms):
    if not waits_ms:
        raise ValueError
    ordered = sorted(waits_ms)
    n = len(ordered)
    return {
        "p50": ordered[max(50 * n // 100 - 1, 0)],
        "p99": ordered[max(99 * n // 100 - 1, 0)],
        "late": sum(w > slo_ms for w in ordered) / n,
    }
