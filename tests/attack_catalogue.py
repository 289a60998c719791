"""El catálogo de ataques: lo que una entrega intenta contra su nota, las demás o la máquina.

`attacks/*.py` es código que va en la celda de una respuesta, debajo de una equivocada; la primera
línea dice qué intenta. Con `say("LOGRADO: …")` cuenta que lo consiguió. Estos comentarios la
completan:

    # en: 99.2             en qué respuesta va; si no se dice, en la primera
    # señal: <texto>       lo que tiene que decir el aviso para el docente
    # gana: 2              los puntos que se lleva un ataque que no está cubierto
    # no cubierto: <texto> por qué

Los que no son código sino un archivo están en `attack_files.py`.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from amq2.instructor.course import ROOT
from tests.attack_files import FILES
from tests.catalogue import solution_cell
from tests.test_grading import UNIT, check_cell, solution, toy_master

FOLDER = Path(__file__).parent / "attacks"
WRONG = {
    "99.1": "def double(x):\n    return 0",
    "99.2": "def triple(x):\n    return 0",
    "99.4": "def body(x):\n    return '{}'",
}
"""Sin ataque, cero puntos en todo lo que no se corrige a mano."""

AUTOMATIC = 5
"""Los puntos que se corrigen solos."""

SIGNS = {
    "skipped_by_tag": "",
}
"""Lo que tiene que decir el aviso de un archivo."""

KNOWN = """
COURSE, REPO, HOME, TMP, PORT = {course!r}, {repo!r}, {home!r}, {tmp!r}, {port}
ABSTRACT, MARK = {abstract!r}, {mark!r}

def say(text, write=print):
    write('»', text, flush=True)
"""
"""Lo que ya sabe un atacante bien informado."""


@dataclass(frozen=True)
class Attack:
    """Un ataque.

    Attributes:
        title: qué intenta.
        sign: parte del aviso para el docente; vacío, si no hace falta que mire.
        gains: los puntos que se lleva.
        excuse: por qué no está cubierto; vacío, si lo está.
        deliver: escribe la entrega en una carpeta, con un notebook equivocado y lo que sabe.
    """

    name: str
    title: str
    sign: str
    gains: float
    excuse: str
    deliver: Callable[[Path, NotebookNode, str], None]


def catalogue() -> list[Attack]:
    """Todos los ataques, por nombre."""
    codes = [_from_code(path) for path in sorted(FOLDER.glob("*.py"))]
    return [*codes, *(_from_file(name) for name in sorted(FILES))]


def _from_code(path: Path) -> Attack:
    code = path.read_text(encoding="utf-8")
    title = ast.get_docstring(ast.parse(code))
    assert title, f"{path.name} no dice qué intenta"
    about = dict(re.findall(r"^# (en|señal|gana|no cubierto): (.+)$", code, re.MULTILINE))
    place = about.get("en", "99.1")

    def deliver(folder: Path, notebook: NotebookNode, known: str) -> None:
        solution_cell(notebook, place).source = f"{known}\n{WRONG[place]}\n\n{code}"
        nbformat.write(notebook, folder / f"{UNIT}.ipynb")

    gains = float(about.get("gana", 0))
    return Attack(
        path.stem, title, about.get("señal", ""), gains, about.get("no cubierto", ""), deliver
    )


def _from_file(name: str) -> Attack:
    write = FILES[name]
    assert write.__doc__, f"{name} no dice qué intenta"
    sign = SIGNS.get(name, "")
    return Attack(name, write.__doc__, sign, 0, "", lambda folder, nb, _: write(folder, nb))


def attacked_master() -> NotebookNode:
    """El máster de juguete, con un ejercicio más: sus pruebas usan bibliotecas ajenas."""
    notebook = toy_master()
    first, second = (
        "import json\n\n"
        'check_equal(json.loads(run(body, 2)), {"double": 4}, "El cuerpo para 2", "la clave")',
        'np.testing.assert_allclose(np.abs(json.loads(run(body, 3)).get("double", 0)), 6)',
    )
    notebook.cells[-2:-2] = [
        solution("ejercicio-99-4", "def body(x):\n    return f'{{\"double\": {2 * x}}}'"),
        check_cell("ejercicio-99-4-visibles", first),
        check_cell("ejercicio-99-4-numpy", second),
    ]
    imports = "\nimport json\n\nimport numpy as np"
    notebook.cells[0].source += imports
    return notebook


def known(course: Path, home: Path, tmp: Path, port: int, abstract: str, mark: str) -> str:
    """El código que le da a un ataque lo que sabe de la máquina."""
    return KNOWN.format(
        course=str(course), repo=str(ROOT), home=str(home), tmp=str(tmp),
        port=port, abstract=abstract, mark=mark,
    )  # fmt: skip
