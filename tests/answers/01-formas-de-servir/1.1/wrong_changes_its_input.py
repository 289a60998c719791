# pierde: 1
# mensaje: No modifica los diccionarios que recibe.
import pandas as pd


def score_many(model, rows):
    if not rows:
        return []
    names = list(model.feature_names_in_)
    for row in rows:
        for key in list(row):
            if key not in names:
                del row[key]
    return model.predict_proba(pd.DataFrame(rows)[names])[:, 1].tolist()
