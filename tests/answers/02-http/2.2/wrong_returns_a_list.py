# pierde: 2
# mensaje: predict_statuses tiene que devolver un diccionario.
def predict_statuses():
    return [201, 204, 404, 409, 415, 422]
