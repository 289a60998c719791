# pierde: 5
# mensaje: y si no te falta un `return`
import pandas as pd


def score_many(model, rows):
    if rows:
        model.predict_proba(pd.DataFrame(rows)[list(model.feature_names_in_)])
        model.predict_proba(pd.DataFrame(rows)[list(model.feature_names_in_)])
