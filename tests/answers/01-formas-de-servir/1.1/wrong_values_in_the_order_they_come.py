# pierde: 1
# mensaje: El orden de las claves no cambia el puntaje.
def score_many(model, rows):
    if not rows:
        return []
    return model.predict_proba([list(row.values()) for row in rows])[:, 1].tolist()
