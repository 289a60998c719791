# pierde: 3
# mensaje: la columna de la clase 1
import pandas as pd


def score_many(model, rows):
    if not rows:
        return []
    return model.predict_proba(pd.DataFrame(rows)[list(model.feature_names_in_)])[:, 0].tolist()
