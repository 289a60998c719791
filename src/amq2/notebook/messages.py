"""Qué se le puede decir al estudiante de una prueba que falló.

De una prueba visible, su mensaje. De una oculta, sólo la regla que no se cumplió, tal como está
escrita en el máster: nunca los datos ni el código de la prueba.
"""

import ast
import builtins

from nbformat import NotebookNode

from amq2.notebook.execute import STOPPED

HIDDEN = "BEGIN HIDDEN TESTS"

OURS = ("CheckFailed", "VisitError")
"""Los errores cuyo texto es un mensaje del curso: véanse `amq2.checks` y `amq2.visitor`."""

TIMED_OUT = ("CellTimeoutError", "KeyboardInterrupt")
"""Nombres del error de una celda que se cortó porque tardaba."""


def is_hidden(cell: NotebookNode) -> bool:
    """Si la celda de pruebas tiene una parte que el estudiante no ve."""
    return HIDDEN in cell.source


def safe_message(cell: NotebookNode) -> str:
    """El mensaje de una celda de pruebas que falló, apto para mostrar al estudiante."""
    if STOPPED in cell.metadata:
        return str(cell.metadata[STOPPED])
    error = next((output for output in cell.outputs if output.output_type == "error"), None)
    if error is None:
        return "La prueba no dio los puntos completos."
    if error.ename in TIMED_OUT:
        return "La prueba tardó demasiado y se cortó: fijate si hay un bucle que no termina."
    if error.ename in OURS and not is_hidden(cell):
        return str(error.evalue)
    if error.ename == "CheckFailed" and error.evalue in _rules(cell.source):
        return f"✗ Prueba oculta: {error.evalue}"
    if error.ename == "NameError":
        return "La prueba no encontró tu respuesta: fijate si su celda termina con un error."
    name = error.ename if hasattr(builtins, error.ename) else "un error"
    return f"La prueba terminó con {name} en tu código."


def _rules(source: str) -> set[object]:
    """Las reglas escritas en una celda: lo que recibe cada `hidden_test`."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "hidden_test"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
