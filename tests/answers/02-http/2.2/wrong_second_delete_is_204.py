# pierde: 1
# mensaje: El pedido «c»: predijiste 204
def predict_statuses():
    return {"a": 201, "b": 204, "c": 204, "d": 409, "e": 415, "f": 422}
