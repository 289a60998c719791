# pierde: 1
# mensaje: armar una sola tabla con todas las filas
import pandas as pd


def score_many(model, rows):
    names = list(model.feature_names_in_)
    return [float(model.predict_proba(pd.DataFrame([row])[names])[0, 1]) for row in rows]
