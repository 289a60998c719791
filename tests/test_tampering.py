"""Trucos adentro del intérprete: no dan puntos, y la entrega queda señalada con el motivo."""

import pytest
from nbformat.v4 import new_code_cell

from amq2.instructor.grade import grade
from amq2.instructor.marking import Graded
from tests.attack_catalogue import FOLDER
from tests.test_grading import UNIT, ToyCourse, toy_course

WRONG = "def double(x):\n    return 0"
EQUALS_ALL = (FOLDER / "equals_everything.py").read_text(encoding="utf-8")
HONEST = """
import threading
import matplotlib.pyplot as plt
from unittest.mock import patch

result = []
thread = threading.Thread(target=result.append, args=(1,))
thread.start()
thread.join()
plt.plot([1, 2])
with patch('builtins.print'):
    print('no se ve')
"""

TRICKS: dict[str, tuple[str, str]] = {
    "igual-a-todo": (EQUALS_ALL, ""),
    "isinstance": (
        "import builtins\nold = isinstance\n"
        "builtins.isinstance = lambda one, kind: kind is int or old(one, kind)",
        "builtins.isinstance",
    ),
    "print": ("import builtins\nbuiltins.print = lambda *_: None", "builtins.print"),
    "verificador": (
        "import amq2.checks\namq2.checks._same = lambda *_: True",
        "amq2.checks._same",
    ),
    "verificador-por-dentro": (
        "from amq2 import checks\nchecks._same.__code__ = (lambda a, b: True).__code__",
        "amq2.checks._same",
    ),
    "verificador-con-otro-nombre": (
        "def check_equal(*_): pass",
        "check_equal",
    ),
    "sin-pruebas": (
        "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Expr(self, node):\n"
        "        return ast.Pass()\nget_ipython().ast_transformers.append(Drop())",
        "los transformadores de IPython",
    ),
    "otro-texto": (
        "get_ipython().input_transformers_post.append(lambda lines: ['pass'])",
        "transformadores de IPython",
    ),
    "evento": (
        "get_ipython().events.register('pre_run_cell', lambda info: None)",
        "los eventos de IPython",
    ),
    "ejecutor": (
        "shell = get_ipython()\nold = shell.run_cell\n"
        "shell.run_cell = lambda source, **k: old('pass', **k)",
        "",
    ),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[ToyCourse, dict[str, Graded]]:
    root = tmp_path_factory.mktemp("trucos")
    course = toy_course(root)
    for name, (trick, _) in TRICKS.items():
        course.submit(name, course.solved(first=f"{WRONG}\n{trick}"))
    honest = course.solved()
    honest.cells.insert(1, new_code_cell(HONEST))
    course.submit("honesta", honest)
    return course, {result.student: result for result in grade([UNIT], root)}


@pytest.mark.parametrize("name", TRICKS)
def test_a_trick_gains_no_points_and_is_said(
    graded: tuple[ToyCourse, dict[str, Graded]], name: str
) -> None:
    course, _ = graded
    assert course.scores(name)[0] == 0
    assert TRICKS[name][1] in str(course.rows()[name, "99.1"]["note"])


def test_an_honest_notebook_with_threads_plots_and_patches_keeps_its_points(
    graded: tuple[ToyCourse, dict[str, Graded]],
) -> None:
    course, results = graded
    assert results["honesta"].notes == ()
    assert course.scores("honesta") == [2, 1, ""]
