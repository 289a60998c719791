# pierde: 2
# mensaje: El pedido «a»: predijiste 200
def predict_statuses():
    return dict.fromkeys("abcdef", 200)
