"""Ver si una entrega cambió, adentro del intérprete, aquello de lo que dependen sus pruebas.

Antes de la primera celda se saca una foto: qué objeto es cada función de Python, de `amq2.checks`
y de IPython, y qué hay enganchado a la ejecución. Alrededor de cada prueba se saca otra, y se
comparan afuera del kernel. No se ve lo que una entrega cambia y repone entre foto y foto.
"""

import ast
import builtins
import json

import amq2.checks

_BUILTINS = [
    name
    for name in vars(builtins)
    if name == "__import__"
    or (not name.startswith("_") and name not in ("copyright", "display", "exit", "quit"))
]

PHOTO = f"""
(lambda builtins, checks, sys, json, shell, parts: json.dumps({{
    **{{'builtins.' + n: id(vars(builtins).get(n)) for n in {_BUILTINS}}},
    **{{'amq2.checks.' + n: [id(v), id(getattr(v, '__code__', v))]
        for n, v in vars(checks).items() if callable(v)}},
    **{{c.__name__ + '.' + n: [id(v), id(getattr(v, '__code__', v))]
        for o in parts for c in type(o).__mro__ for n, v in vars(c).items() if callable(v)}},
    **{{'los métodos de ' + type(o).__name__:
        [n for n in vars(o) if callable(getattr(type(o), n, 0))] for o in parts}},
    'los transformadores de IPython': [id(t) for ts in (
        shell.ast_transformers, shell.input_transformers_post,
        shell.input_transformer_manager.cleanup_transforms,
        shell.input_transformer_manager.line_transforms,
        shell.input_transformer_manager.token_transformers) for t in ts],
    'los eventos de IPython': [[n, f.__module__, f.__qualname__]
        for n, fs in shell.events.callbacks.items() for f in fs
        if not (n.startswith('post_') and f.__module__.startswith('matplotlib'))],
    'sys.settrace o sys.setprofile': [sys.gettrace() is None, sys.getprofile() is None],
    'set_custom_exc': len(shell.custom_exceptions),
}}))(__import__('builtins'), __import__('amq2.checks').checks, __import__('sys'),
    __import__('json'), get_ipython(), (lambda s: (
        s, s.kernel, s.kernel.session, s.displayhook, s.display_pub))(get_ipython()))
"""
"""La expresión que saca la foto, para evaluar en el kernel."""

_NAMES = {
    name
    for name, value in vars(amq2.checks).items()
    if getattr(value, "__module__", "") == amq2.checks.__name__
}

SHADOWED = """
(lambda own, builtins, checks: [n for n in {names!r} if n in own
    and own[n] is not vars(checks).get(n, vars(builtins).get(n))]
)(globals(), __import__('builtins'), __import__('amq2.checks').checks)
"""


def photo_in(reply: str) -> dict[str, object]:
    """La foto que contestó el kernel: es el `repr` de un texto en JSON.

    Raises:
        ValueError: si no lo es.
    """
    text = ast.literal_eval(reply)
    photo = json.loads(text) if isinstance(text, str) else None
    if not isinstance(photo, dict):
        raise ValueError("no es una foto")
    return photo


def changed(before: dict[str, object], now: dict[str, object]) -> list[str]:
    """Los nombres de lo que cambió entre dos fotos."""
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def shadowed_by(source: str) -> str:
    """La expresión que lista los nombres de una prueba que el notebook le puso a otra cosa."""
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    return SHADOWED.format(names=sorted(used & (_NAMES | set(_BUILTINS))))
