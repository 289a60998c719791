import numpy as np


def latency_summary(waits_ms, slo_ms):
    waits = np.asarray(waits_ms)
    if waits.size == 0:
        raise ValueError("vacía")
    p50, p99 = np.percentile(waits, [50, 99], method="inverted_cdf")
    return {"p50": p50, "p99": p99, "late": np.mean(waits > slo_ms)}
