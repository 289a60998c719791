"""De qué bibliotecas dependen las pruebas de una unidad."""

import ast
from collections.abc import Iterable
from functools import cache


@cache
def libraries_of(imports: str, tests: frozenset[str]) -> frozenset[str]:
    """Los módulos de los que salen los nombres que usan unas pruebas, también `numpy.testing`.

    Args:
        imports: el código de la celda de importaciones.
        tests: el de cada prueba, que puede importar lo suyo.

    Returns:
        Sus nombres y, entre ellos, algunos que no son de módulos, como `json.loads`.
    """
    trees = [ast.parse(source) for source in tests]
    modules: dict[str, str] = {}
    sources: dict[str, str] = {}
    for node in (node for tree in (ast.parse(imports), *trees) for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            for name in node.names:
                top = name.name.split(".")[0]
                modules[name.asname or top] = name.name if name.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            sources |= {name.asname or name.name: node.module for name in node.names}
    found: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name | ast.Attribute):
            first, *rest = ast.unparse(node).split(".")
            if first in modules and all(part.isidentifier() for part in rest):
                found.add(".".join([modules[first], *rest]))
            elif first in sources:
                found.add(sources[first])
    # matplotlib cambia sus propias funciones cuando elige dónde dibujar.
    return frozenset(name for name in found if not name.startswith("matplotlib"))


def import_all(names: Iterable[str]) -> str:
    """El código que importa, de `names`, los que son módulos: así están desde la primera foto."""
    return (
        "import contextlib, importlib\n"
        f"for name in {sorted(names)}:\n"
        "    with contextlib.suppress(ImportError):\n"
        "        importlib.import_module(name)"
    )
