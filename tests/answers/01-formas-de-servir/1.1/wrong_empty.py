# pierde: 1
# mensaje: Sin filas devuelve una lista vacía, sin llamar al modelo.
import pandas as pd


def score_many(model, rows):
    return model.predict_proba(pd.DataFrame(rows)[list(model.feature_names_in_)])[:, 1].tolist()
