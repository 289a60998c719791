from http import HTTPStatus

TEMPORARY = [
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
]


def classify(status):
    match status // 100:
        case 1:
            family = "informativo"
        case 2:
            family = "éxito"
        case 3:
            family = "redirección"
        case 4:
            family = "error del cliente"
        case 5:
            family = "error del servidor"
        case _:
            raise ValueError(f"{status} no existe")
    return [family, status in TEMPORARY]
