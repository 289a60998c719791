from http import HTTPStatus


def predict_statuses():
    return {
        "a": HTTPStatus.CREATED,
        "b": HTTPStatus.NO_CONTENT,
        "c": HTTPStatus.NOT_FOUND,
        "d": HTTPStatus.CONFLICT,
        "e": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "f": 422,
    }
