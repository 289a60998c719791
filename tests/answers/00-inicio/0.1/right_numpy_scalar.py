def default_rate(paid):
    import numpy as np

    return 1 - np.mean(paid) if len(paid) else 0
