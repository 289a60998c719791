"""Lo que se lee alrededor de las unidades: el glosario y la autoevaluación del README."""

import json
import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from amq2.student.course import ROOT

ROW = re.compile(
    r"^\| (?P<term>[^|]+) \| (?P<english>[^|]+) \| (?P<what>[^|]+) \| (?P<unit>\d\d) \|$"
)
MASTERS = sorted((ROOT / "solutions").glob("*/*.ipynb"))


def rows() -> list[dict[str, str]]:
    lines = (ROOT / "glosario.md").read_text("utf-8").splitlines()
    return [found.groupdict() for line in lines if (found := ROW.match(line))]


def plain(text: str) -> str:
    """Sin tildes ni mayúsculas: así se ordena un glosario, y así se busca."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(one for one in parts if not unicodedata.combining(one))


def prose(master: Path) -> str:
    cells = json.loads(master.read_text("utf-8"))["cells"]
    return plain("\n".join("".join(cell["source"]) for cell in cells))


def test_the_terms_are_in_order_and_each_one_once() -> None:
    terms = [plain(row["term"]) for row in rows()]
    assert len(terms) > 50
    assert terms == sorted(set(terms))


@pytest.mark.parametrize("master", MASTERS, ids=lambda master: master.stem)
def test_a_unit_uses_each_word_that_the_glossary_says_is_from_it(master: Path) -> None:
    text = prose(master)
    own = [row for row in rows() if row["unit"] == master.stem[:2]]
    names = {
        row["term"]: [
            plain(name) for name in (*row["term"].split(", "), *row["english"].split(", "))
        ]
        for row in own
    }
    missing = [term for term, some in names.items() if not any(name in text for name in some)]
    assert not missing, f"{master.name} no dice: {', '.join(missing)}"


@pytest.mark.parametrize("master", MASTERS, ids=lambda master: master.stem)
def test_each_unit_links_to_the_glossary(master: Path) -> None:
    assert "](../../glosario.md)" in prose(master)


def test_the_answers_of_the_self_test_are_right() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    asked = re.findall(r"^\| \d \| `(.+)` \|$", text, re.MULTILINE)
    answers = re.findall(r"^\d\. `(.+)`$", text, re.MULTILINE)
    names = {"pd": pd, "LogisticRegression": LogisticRegression}
    assert len(asked) == 6
    assert [eval(one, names) for one in asked] == [eval(one, names) for one in answers]
