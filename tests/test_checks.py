"""Los mensajes de las pruebas de los notebooks."""

import pytest
import requests

from amq2 import checks
from amq2.checks import CheckFailed, check, check_equal, check_same, hidden_test, run
from amq2.playground import playground


class EqualToEverything:
    """Un objeto que dice ser igual a cualquiera."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class LyingList(list[int]):
    """Una lista vacía que dice tener dos elementos."""

    def __len__(self) -> int:
        return 2


class LyingDict(dict[str, int]):
    """Un diccionario que dice tener una clave menos."""

    def __len__(self) -> int:
        return super().__len__() - 1


def message(got: object, expected: object) -> str:
    with pytest.raises(CheckFailed) as failure:
        check_equal(got, expected, "El estado", "la primera línea")
    return str(failure.value)


def test_a_message_says_what_was_expected_what_came_and_where_to_look() -> None:
    assert message("200", 200) == (
        "✗ El estado\n"
        "  Se esperaba: 200 (int)\n"
        "  Llegó:       '200' (str)\n"
        "  Fijate en:   la primera línea"
    )


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (True, 1),
        (1.0, 1),
        ("a", b"a"),
        (None, False),
        ([1], [1, 2]),
        ({"a": 1}, {"a": "1"}),
        ({"a": 1, "b": 2}, {"a": 1}),
        (EqualToEverything(), 1),
        ([EqualToEverything()], [1]),
        ({"a": EqualToEverything()}, {"a": 1}),
        (LyingList(), [1, 2]),
        (LyingDict(a=1, b=2), {"a": 1}),
    ],
)
def test_what_is_not_the_same_fails(got: object, expected: object) -> None:
    assert "Se esperaba" in message(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [(1, 1), ((1, "a"), [1, "a"]), ({"a": [1, None]}, {"a": (1, None)}), (b"x", b"x")],
)
def test_what_is_the_same_passes(got: object, expected: object) -> None:
    check_equal(got, expected, "", "")


def test_a_check_asks_for_true_itself() -> None:
    check(True, "")
    with pytest.raises(CheckFailed, match="no pasa"):
        check(EqualToEverything(), "no pasa")  # type: ignore[arg-type]


def test_a_comparison_may_keep_what_it_expects_to_itself() -> None:
    check_same("éxito", "éxito", "")
    for got in ("error", EqualToEverything()):
        with pytest.raises(CheckFailed) as failure:
            check_same(got, "éxito", "No es así")
        assert str(failure.value) == "✗ No es así"


def test_an_unfinished_answer_is_named() -> None:
    def double(x: int) -> int:
        raise NotImplementedError

    with pytest.raises(CheckFailed, match="Todavía no completaste double"):
        run(double, 1)


def test_an_exception_points_to_the_line_of_the_answer_and_not_of_a_library() -> None:
    def parse(text: str) -> int:
        import json

        return int(json.loads(text))

    with pytest.raises(CheckFailed) as failure:
        run(parse, "{")
    assert "parse terminó con JSONDecodeError" in str(failure.value)
    assert "return int(json.loads(text))" in str(failure.value)


def test_an_http_error_carries_what_the_server_said() -> None:
    def delete(url: str) -> None:
        requests.delete(url, timeout=5).raise_for_status()

    with playground() as server, pytest.raises(CheckFailed) as failure:
        run(delete, f"{server.url}/applicants/999")
    assert "El servidor: " in str(failure.value)
    assert "raise_for_status() (línea" in str(failure.value)


def test_a_forgotten_return_is_suggested() -> None:
    assert "si no te falta un `return`" in message(None, 200)
    assert "return" not in message(200, None)


def test_a_hidden_test_tells_only_its_rule() -> None:
    with pytest.raises(CheckFailed) as failure, hidden_test("La regla."):
        raise KeyError("dato secreto")
    assert str(failure.value) == "La regla."
    assert failure.value.__suppress_context__


def test_jupyter_shows_only_the_message() -> None:
    assert CheckFailed("uno\ndos")._render_traceback_() == ["uno", "dos"]


def test_an_answer_that_never_ends_is_cut_with_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SECONDS_TO_RUN", 1)

    def endless() -> None:
        while True:
            pass

    with pytest.raises(CheckFailed, match="endless no terminó en 1 segundos"):
        run(endless)
