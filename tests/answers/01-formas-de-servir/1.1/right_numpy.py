import numpy as np


def score_many(model, rows):
    if len(rows) == 0:
        return []
    names = list(model.feature_names_in_)
    matrix = np.array([[row[name] for name in names] for row in rows], dtype=float)
    return list(model.predict_proba(matrix)[:, 1])
