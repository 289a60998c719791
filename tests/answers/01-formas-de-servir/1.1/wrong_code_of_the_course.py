# pierde: 5
# mensaje: score_many terminó con
# Lo que ya hace src/amq2 es para el modelo de crédito: otras columnas.
import pandas as pd


def score_many(model, rows):
    from amq2.model import predict_default

    return predict_default(model, pd.DataFrame(rows or [{"income": 1}])).tolist()
