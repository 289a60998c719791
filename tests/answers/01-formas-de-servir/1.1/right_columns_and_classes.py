import pandas as pd


def score_many(model, rows):
    columns = {str(name): [row[name] for row in rows] for name in model.feature_names_in_}
    if not rows:
        return []
    where = list(model.classes_).index(1)
    return tuple(float(pair[where]) for pair in model.predict_proba(pd.DataFrame(columns)))
