def predict_statuses():
    return dict(zip("abcdef", (201, 204, 404, 409, 415, 422)))
