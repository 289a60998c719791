# pierde: 3
# mensaje: parse_response tiene que devolver un diccionario.
# Lo que ya hace src/amq2 no resuelve el ejercicio.
from amq2.http_view import _parts


def parse_response(raw):
    return list(_parts(raw, "línea de estado", 2000))
