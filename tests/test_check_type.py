"""Lo que acepta un tipo de pydantic, y el motivo de un rechazo en el mensaje."""

import pytest
from pydantic import BaseModel

from amq2.check_type import check_accepts, check_rejects, why_not
from amq2.checks import CheckFailed


class Point(BaseModel):
    x: int


def test_it_says_why_a_type_rejects_some_data() -> None:
    assert why_not(Point, {"x": 1}) == ""
    assert why_not(Point, {"x": "uno"}).startswith("x: Input should be a valid integer")


def test_what_should_pass_and_does_not_carries_the_reason() -> None:
    check_accepts(Point, {"x": 1}, "x puede valer 1")
    with pytest.raises(CheckFailed, match=r"x puede faltar, y se rechazó.\n.*x: Field required"):
        check_accepts(Point, {}, "x puede faltar")


def test_what_should_not_pass_and_does_carries_the_data() -> None:
    check_rejects(Point, {}, "x es obligatorio")
    with pytest.raises(CheckFailed, match=r"x no puede valer 1, y se aceptó.\n.*{'x': 1}"):
        check_rejects(Point, {"x": 1}, "x no puede valer 1")


@pytest.mark.parametrize(
    ("kind", "reason"), [(None, "return"), (Point(x=1), "ya armado"), ("Point", "un str")]
)
def test_what_is_not_a_class_is_told(kind: type, reason: str) -> None:
    with pytest.raises(CheckFailed, match=reason):
        check_rejects(kind, {}, "da igual")
