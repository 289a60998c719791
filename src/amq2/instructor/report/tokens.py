"""Una respuesta como una lista de tokens en la que no se nota cómo se llaman sus variables."""

import ast
import io
import keyword
import tokenize
import warnings
from collections.abc import Iterator

from IPython.core.inputtransformer2 import TransformerManager

MAX_CHARACTERS = 20_000
"""Lo que pase de esto no se analiza: ninguna respuesta del curso se acerca."""

_LAYOUT = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.NL)


def tokens(source: str) -> list[str]:
    """Los tokens de una respuesta, sin nada de lo que se cambia para disimular una copia.

    Los comentarios, los docstrings, los tipos y el formato se descartan; los números y los textos
    valen todos lo mismo, y también los nombres que la respuesta define. Quedan las palabras del
    lenguaje y los nombres que vienen de afuera (`len`, `append`, `status_code`).

    Returns:
        Los tokens; ninguno si no es Python válido o si es larguísima.
    """
    if len(source) > MAX_CHARACTERS:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sobre el código ajeno, por ejemplo un "\d"
            tree = _parse(source)
            lines = io.StringIO(ast.unparse(_Bare().visit(tree)))
        found = list(tokenize.generate_tokens(lines.readline))
    except (SyntaxError, tokenize.TokenError, ValueError, RecursionError, MemoryError):
        return []
    own = set(_own_names(tree))
    return [_plain(token, own) for token in found if token.type not in _LAYOUT]


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:  # puede ser un %time o un !ls
        return ast.parse(TransformerManager().transform_cell(source))


def _plain(token: tokenize.TokenInfo, own: set[str]) -> str:
    if token.type == tokenize.NUMBER:
        return "0"
    if token.type == tokenize.STRING:
        return "''"
    if token.type == tokenize.NAME and token.string in own and not keyword.iskeyword(token.string):
        return "nombre"
    return token.string


class _Bare(ast.NodeTransformer):
    """Saca docstrings y anotaciones de tipos; un bloque puede quedar vacío, y no importa."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        if node.value is None:
            return node
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


def _own_names(tree: ast.AST) -> Iterator[str]:
    """Los nombres que el código define: variables, argumentos, funciones, clases y alias."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.alias(asname=str(name)):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
