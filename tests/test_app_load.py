"""La multitud de `make stress`, en chico: para que la prueba grande ande el día que haga falta."""

from pathlib import Path

import pytest

from tests.app_load import crowd
from tests.app_screen import OF_GRADIO

pytestmark = [pytest.mark.filterwarnings(ignored) for ignored in OF_GRADIO]


def test_a_few_people_at_once_get_their_answers(tmp_path: Path) -> None:
    outcome = crowd(tmp_path, people=4, seconds=1)
    assert not outcome.problems
    assert "puntaje: ninguno" not in outcome.came_back
    assert "cartera: ninguno" not in outcome.came_back
