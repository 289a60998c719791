"""Lo que pydantic no acepta, dicho en castellano: para los `errors` de una respuesta 422.

Los nombres de `MESSAGES` son los `type` de pydantic (su documentación: "Validation Errors").
"""

from collections.abc import Mapping
from typing import Any

MAX_ERRORS = 20
MAX_FIELD = 100

_OBJECT = "tiene que ser un objeto JSON"
_NUMBER = "tiene que ser un número"
_WHOLE = "tiene que ser un número entero"

MESSAGES = {
    "missing": "falta",
    "extra_forbidden": "sobra: no es un campo de este pedido",
    "model_attributes_type": _OBJECT,
    "model_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": "tiene que ser una lista",
    "too_short": "tiene que tener al menos {min_length}",
    "too_long": "tiene que tener, como mucho, {max_length}",
    "float_type": _NUMBER,
    "finite_number": "tiene que ser un número finito",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "greater_than_equal": "tiene que ser {ge:.12g} o más",
    "less_than_equal": "tiene que ser {le:.12g} o menos",
    "string_type": "tiene que ser un texto",
    "string_too_short": "tiene que tener al menos {min_length} carácter",
    "string_too_long": "tiene que tener, como mucho, {max_length} caracteres",
    "string_pattern_mismatch": "tiene caracteres que no van",
    "string_unicode": "tiene caracteres que no son Unicode",
}


def translate(errors: list[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Los primeros errores de una validación, como `{"field": …, "message": …}`.

    El nombre de un campo puede venir del cliente: se recorta, y nunca se repite lo que mandó.
    """
    return [
        {"field": _field(error["loc"]), "message": _message(error)} for error in errors[:MAX_ERRORS]
    ]


def _field(location: tuple[str | int, ...]) -> str:
    """`("body", "applicants", 3, "age")` es `applicants.3.age`; el cuerpo entero, `body`."""
    names = location[1:] or location
    return ".".join(map(str, names))[:MAX_FIELD]


def _message(error: Mapping[str, Any]) -> str:
    template = MESSAGES.get(error["type"], "no sirve")
    return template.format(**error.get("ctx", {}))
