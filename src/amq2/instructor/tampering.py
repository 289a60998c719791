"""Ver si una entrega cambió, adentro del intérprete, aquello de lo que dependen sus pruebas.

Al final de cada prueba se planta una comprobación que tiene que fallar: si no falla, o si la prueba
no llegó hasta ahí, no pasó.

Además, antes de la primera celda se saca una foto: qué objeto es cada función de Python, de
`amq2.checks`, de IPython y de las bibliotecas que usan las pruebas, y qué hay enganchado a la
ejecución. Alrededor de cada prueba se saca otra, y se comparan afuera del kernel. No se ve lo que
se cambia y se repone entre foto y foto.
"""

import ast
import builtins
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from uuid import uuid4

LIBRARIES = "bibliotecas"
"""En una foto, lo de los módulos que usan las pruebas."""

_BUILTINS = [
    name
    for name in vars(builtins)
    if name == "__import__"
    or (not name.startswith("_") and name not in ("copyright", "display", "exit", "quit"))
]

PHOTO = f"""
(lambda who, builtins, checks, sys, json, shell, parts: json.dumps({{
    **{{'builtins.' + n: who(vars(builtins).get(n)) for n in {_BUILTINS}}},
    **{{'amq2.checks.' + n: [who(v), who(getattr(v, '__code__', v))]
        for n, v in vars(checks).items() if callable(v)}},
    **{{c.__name__ + '.' + n: [who(v), who(getattr(v, '__code__', v))]
        for o in parts for c in type(o).__mro__ for n, v in vars(c).items() if callable(v)}},
    **{{'los métodos de ' + type(o).__name__:
        [n for n in vars(o) if callable(getattr(type(o), n, 0))] for o in parts}},
    'los transformadores de IPython': [who(t) for ts in (
        shell.ast_transformers, shell.input_transformers_post,
        shell.input_transformer_manager.cleanup_transforms,
        shell.input_transformer_manager.line_transforms,
        shell.input_transformer_manager.token_transformers) for t in ts],
    'los eventos de IPython': [[n, f.__module__, f.__qualname__]
        for n, fs in shell.events.callbacks.items() for f in fs
        if not (n.startswith('post_') and f.__module__.startswith('matplotlib'))],
    'sys.settrace o sys.setprofile': [sys.gettrace() is None, sys.getprofile() is None],
    'set_custom_exc': len(shell.custom_exceptions),
    'bibliotecas': {{m + '.' + n: who(v) + (
        ''.join(who(f) for f in vars(v).values() if type(f).__name__ == 'function')
        if issubclass(type(v), type) else who(getattr(v, '__code__', v))).__hash__().__repr__()
        for m in LIBRARIES if m in sys.modules for n, v in list(vars(sys.modules[m]).items())
        if callable(v)}},
}}))(().__class__.__base__.__repr__, __import__('builtins'),
    __import__('amq2.checks').checks, __import__('sys'), __import__('json'),
    get_ipython(), (lambda s: (s, s.kernel, s.kernel.session, s.displayhook, s.display_pub))(
        get_ipython()))
"""
"""La expresión que saca la foto, para evaluar en el kernel con los nombres de `LIBRARIES`.

Quién es cada objeto lo dice `object.__repr__`, que se alcanza sin un nombre: un `id` cambiado no
miente sobre él.
"""

SHADOWED = """
(lambda own, modules: [n for n, (m, a) in {origins!r}.items() if n in own and m in modules
    and own[n] is not (getattr(modules[m], a, own[n]) if a else modules[m])]
)(globals(), __import__('sys').modules)
"""

Origins = Mapping[str, tuple[str, str]]
"""De cada nombre, de qué módulo sale y cómo se llama ahí; vacío, si es el módulo."""


def photo_in(reply: str) -> dict[str, Any]:
    """La foto que contestó el kernel: es el `repr` de un texto en JSON.

    Raises:
        ValueError: si no lo es.
    """
    try:
        photo = json.loads(ast.literal_eval(reply))
    except (SyntaxError, TypeError, RecursionError, MemoryError):
        photo = None
    if not isinstance(photo, dict):
        raise ValueError("no es una foto")
    return photo


def photo_of(libraries: Iterable[str]) -> str:
    """La expresión que saca la foto, también de esas bibliotecas."""
    return PHOTO.replace("LIBRARIES", repr(sorted(libraries)))


def changed(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Los nombres de lo que cambió entre dos fotos; de una biblioteca puede cargarse más."""
    known, seen = before.get(LIBRARIES, {}), now.get(LIBRARIES, {})
    names = [name for name in known if known[name] != seen.get(name)]
    both = (before.keys() | now.keys()) - {LIBRARIES}
    return sorted({*names, *(name for name in both if before.get(name) != now.get(name))})


def origins_of(imports: str) -> dict[str, tuple[str, str]]:
    """De dónde salen los nombres de Python y los de una celda de importaciones."""
    return {name: ("builtins", name) for name in _BUILTINS} | _imported_by(imports)


@cache
def _imported_by(source: str) -> dict[str, tuple[str, str]]:
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                top = name.name.split(".")[0]
                found[name.asname or top] = (name.name if name.asname else top, "")
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {name.asname or name.name: (node.module, name.name) for name in node.names}
    return found


def names_in(test: str, origins: Origins) -> set[str]:
    """De esos nombres, los que usa una prueba sin importarlos ella."""
    return {*_names_of(test)}.intersection(origins).difference(_imported_by(test))


@cache
def _names_of(source: str) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name))


def shadowed_by(origins: Origins) -> str:
    """La expresión que lista, de esos nombres, a cuáles el notebook le puso otra cosa."""
    return SHADOWED.format(origins=dict(origins))


def planted(source: str) -> tuple[str, str]:
    """Una prueba con una comprobación más, que falla, hecha con lo mismo que usa la prueba.

    Returns:
        El código, y un texto nuevo cada vez: está en el error de la que se plantó.
    """
    mark = f"plantada {uuid4().hex}"
    used = _names_of(source)
    check = f"assert not {mark!r}, {mark!r}"
    if "check_equal" in used:
        check = f"check_equal({mark!r}, 0, {mark!r}, '')"
    elif "check" in used:
        check = f"check(False, {mark!r})"
    elif "check_same" in used:
        check = f"check_same({mark!r}, 0, {mark!r})"
    if "hidden_test" in used:
        check = f"with hidden_test({mark!r}):\n    {check}"
    return f"{source}\n{check}", mark


def shadowed_in(reply: str, origins: Origins) -> list[str]:
    """Los nombres que contestó el kernel a `shadowed_by`; si contesta otra cosa, ninguno.

    Su texto lo puede elegir la entrega: sólo pasan los nombres conocidos.
    """
    return sorted({*re.findall(r"'(\w+)'", reply)}.intersection(origins))
