"""Los mensajes de las pruebas: qué se esperaba, qué llegó y dónde mirar.

Las celdas de prueba de los notebooks usan estas funciones en lugar de un `assert` pelado. Cuando
una prueba falla, JupyterLab muestra sólo el mensaje, sin la traza de Python.
"""

import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import NoneType
from typing import Any, NoReturn

PLAIN_TYPES = (bool, int, float, str, bytes, NoneType)


SECONDS_TO_RUN = 12
"""Lo que `run` espera a una respuesta; al corregir, una celda entera tiene 15 segundos."""


WHAT_IT_GOT = "qué recibió tu función y qué esperaba esa línea."
MISSING_NAME = (
    "ese nombre: definilo o importalo en tu celda; al corregir, las de la lección no se ejecutan."
)


class TooSlowError(BaseException):
    """La respuesta tardó demasiado; no la atrapa un `except Exception` de la respuesta."""


class CheckFailed(AssertionError):  # noqa: N818 - es el nombre que lee un estudiante
    """Una prueba que no pasó. Su texto es el mensaje para quien resuelve el ejercicio."""

    def _render_traceback_(self) -> list[str]:
        """Lo que muestra IPython en lugar de la traza."""
        return str(self).splitlines()


def check(condition: bool, message: str) -> None:
    """Pide que `condition` sea exactamente `True`.

    Raises:
        CheckFailed: con `message`, si no lo es.
    """
    if condition is not True:
        raise CheckFailed(f"✗ {message}")


def check_equal(got: object, expected: object, what: str, look_at: str) -> None:
    """Compara lo que llegó con lo esperado: primero los tipos, después los valores.

    Args:
        got: lo que devolvió la respuesta; vale cualquier diccionario, lista o tupla.
        expected: lo que tenía que devolver.
        what: qué se está mirando, por ejemplo «El código de estado».
        look_at: a qué conviene prestarle atención para repararlo.

    Raises:
        CheckFailed: con lo esperado, lo que llegó y `look_at`.
    """
    if got is None and expected is not None:
        look_at += "; y si no te falta un `return`"
    if not _same(got, expected):
        raise CheckFailed(
            f"✗ {what}\n"
            f"  Se esperaba: {_show(expected)}\n"
            f"  Llegó:       {_show(got)}\n"
            f"  Fijate en:   {look_at}"
        )


def check_same(got: object, expected: object, message: str) -> None:
    """Compara como `check_equal`, sin contar qué se esperaba.

    Raises:
        CheckFailed: con `message`, si no son iguales.
    """
    check(_same(got, expected), message)


def run(function: Callable[..., Any], *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - devuelve lo de la respuesta
    """Llama a la respuesta de un ejercicio y convierte sus errores en un mensaje.

    Returns:
        Lo que devuelve `function(*args, **kwargs)`.

    Raises:
        CheckFailed: si `function` no está completa, o si termina con una excepción.
    """
    name = getattr(function, "__name__", "la función")
    try:
        with _time_limit(SECONDS_TO_RUN):
            return function(*args, **kwargs)
    except TooSlowError:
        _fail(
            f"✗ {name} no terminó en {SECONDS_TO_RUN} segundos y se cortó.\n"
            "  Fijate en:   si hay un bucle que no termina, o un pedido sin `timeout`."
        )
    except NotImplementedError:
        _fail(f"✗ Todavía no completaste {name}: escribí tu solución y ejecutá su celda y ésta.")
    except Exception as error:  # noqa: BLE001 - es código ajeno: puede levantar cualquier cosa
        where = last_line_of(function, error)
        _fail(
            f"✗ {name} terminó con {type(error).__name__}: {error}\n"
            f"{_what_the_server_says(error)}"
            f"  Pasó en:     {where.line} (línea {where.lineno} de tu celda)\n"
            f"  Fijate en:   {MISSING_NAME if isinstance(error, NameError) else WHAT_IT_GOT}"
        )


@contextmanager
def hidden_test(rule: str) -> Iterator[None]:
    """Una prueba oculta: si algo de adentro falla, sólo se cuenta qué regla no se cumplió.

    Args:
        rule: la propiedad que la respuesta tiene que cumplir, como texto literal. No lleva datos
            de la prueba: es lo único que va a leer el estudiante.

    Raises:
        CheckFailed: con `rule`.
    """
    try:
        yield
    except Exception:  # noqa: BLE001 - también las excepciones del código ajeno
        _fail(rule)


@contextmanager
def _time_limit(seconds: int) -> Iterator[None]:
    """Corta lo de adentro a los `seconds` segundos, si corre en el hilo principal."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGALRM, _interrupt)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def _interrupt(*_: object) -> NoReturn:
    raise TooSlowError


def _fail(message: str) -> NoReturn:
    raise CheckFailed(message) from None


def last_line_of(function: Callable[..., Any], error: BaseException) -> traceback.FrameSummary:
    """El último renglón de la respuesta que se ejecutó, no el de la biblioteca que llamó."""
    frames = traceback.extract_tb(error.__traceback__)
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    return next((frame for frame in reversed(frames) if frame.filename == file), frames[-1])


def _what_the_server_says(error: Exception) -> str:
    """El detalle que mandó el servidor (RFC 9457), si el error trae su respuesta."""
    response = getattr(error, "response", None)
    if response is None or "problem+json" not in response.headers.get("content-type", ""):
        return ""
    return f"  El servidor: {response.json()['detail']}\n"


def _same(got: object, expected: object) -> bool:
    """Si son del mismo tipo y valen lo mismo, mirando también adentro.

    Un `dict`, `list` o `tuple` se compara por lo que contiene; el resto sólo puede ser de los tipos
    simples de Python, para que nadie pase con un objeto que dice ser igual a todo.
    """
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            return False
        pairs = {key: got[key] for key in got}  # `got` puede mentir sobre su largo
        return pairs.keys() == {*expected} and all(
            _same(pairs[key], value) for key, value in expected.items()
        )
    if isinstance(expected, list | tuple):
        if not isinstance(got, list | tuple):
            return False
        items = [*got]
        return len(items) == len(expected) and all(map(_same, items, expected))
    kind = type(expected)
    if kind not in PLAIN_TYPES:
        raise TypeError(f"check_equal no compara objetos {kind.__name__}")
    return type(got) is kind and got == expected


def _show(value: object) -> str:
    text = repr(value)
    short = text if len(text) <= 300 else f"{text[:300]}… ({len(text)} caracteres)"
    return f"{short} ({type(value).__name__})"
