"""Pasar lo que devuelve una respuesta a tipos simples, para comparar valores y no formas.

Vale lo mismo una lista, una tupla, un arreglo de numpy o una columna de pandas; un 3, un 3.0 o un
`numpy.float64`. Así una prueba mira qué se calculó, y no con qué biblioteca.
"""

from collections.abc import Mapping
from decimal import Decimal
from numbers import Real


def plain(value: object, digits: int = 6) -> object:
    """Convierte a `dict`, `list`, `tuple`, `float`, `str`, `bool` y `None`, también adentro.

    Args:
        value: lo que devolvió una respuesta. Lo que no se reconoce queda como está.
        digits: con cuántos decimales se redondean los números.

    Ejemplo:
        >>> plain({"p99": 3, "filas": (1.00000001, True)})
        {'p99': 3.0, 'filas': (1.0, True)}
    """
    if hasattr(value, "tolist"):  # numpy y pandas
        value = value.tolist()
    if isinstance(value, Mapping):
        return {plain(key, digits): plain(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [plain(item, digits) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Real | Decimal) and not isinstance(value, bool):
        return round(float(value), digits)
    return value
