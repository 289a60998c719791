# pierde: 3
# mensaje: El p50 de los números del 1 al 200
def latency_summary(waits_ms, slo_ms):
    mean = sum(waits_ms) / max(len(waits_ms), 1)
    late = sum(w > slo_ms for w in waits_ms) / max(len(waits_ms), 1)
    return {"p50": mean, "p99": max(waits_ms, default=0), "late": late}
