# pierde: 2
# mensaje: el lugar p · n / 100 de la lista ordenada
import numpy as np


def latency_summary(waits_ms, slo_ms):
    if not waits_ms:
        raise ValueError
    p50, p99 = np.percentile(waits_ms, [50, 99])
    late = sum(w > slo_ms for w in waits_ms) / len(waits_ms)
    return {"p50": float(p50), "p99": float(p99), "late": late}
