"""La multitud de `make stress`, en chico: para que la prueba grande ande el día que haga falta."""

from pathlib import Path

from tests.app_load import crowd


def test_a_few_people_at_once_get_their_answers(tmp_path: Path) -> None:
    outcome = crowd(tmp_path, people=4, seconds=1)
    assert not outcome.problems
    assert "puntaje: ninguno" not in outcome.came_back
    assert "cartera: ninguno" not in outcome.came_back
