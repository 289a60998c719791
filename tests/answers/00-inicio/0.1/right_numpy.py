import numpy as np


def default_rate(paid):
    return float(1 - np.mean(paid)) if len(paid) else 0.0
