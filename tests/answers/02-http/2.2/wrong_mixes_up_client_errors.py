# pierde: 1
# mensaje: El pedido «d»: predijiste 400
def predict_statuses():
    return {"a": 201, "b": 204, "c": 404, "d": 400, "e": 400, "f": 400}
