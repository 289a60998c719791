"""De qué está hecho un puntaje: los aportes suman, y cada uno es de su columna."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from pydantic import SecretStr
from sklearn.ensemble import RandomForestClassifier

from amq2.api import Settings, create_app
from amq2.app import ApiScorer, LocalScorer
from amq2.credit import FEATURES, TARGET, applicants
from amq2.explain import Explanation, Score, explain, typical_applicant
from amq2.serving import serve
from tests.api_server import KEY

PEOPLE = applicants(5)[list(FEATURES)].to_dict("records")
EXACT = 1e-12


@pytest.fixture(scope="module", params=["logistic", "forest", "api"])
def score(request: pytest.FixtureRequest) -> Iterator[Score]:
    if request.param == "logistic":
        yield LocalScorer().scores
    elif request.param == "forest":
        rows = applicants(1_000)
        forest = RandomForestClassifier(20, random_state=0)
        yield LocalScorer(forest.fit(rows[list(FEATURES)], rows[TARGET])).scores
    else:
        with serve(create_app(Settings(api_key=SecretStr(KEY)))) as server:
            yield ApiScorer(server.url, KEY).scores


def added(found: Explanation) -> float:
    return sum(found.contributions.values())


def test_the_contributions_add_up_to_the_difference_with_the_typical_one(score: Score) -> None:
    for person in PEOPLE:
        found = explain(score, person)
        assert set(found.contributions) == set(FEATURES)
        assert added(found) == pytest.approx(found.score - found.base, abs=EXACT)
        assert [found.base, found.score] == list(score(pd.DataFrame([typical_applicant(), person])))


def test_the_biggest_contribution_goes_first(score: Score) -> None:
    sizes = [abs(value) for value in explain(score, PEOPLE[0]).contributions.values()]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0


def test_the_order_in_which_the_data_come_does_not_matter(score: Score) -> None:
    backwards = dict(reversed(PEOPLE[0].items()))
    typical = dict(reversed(typical_applicant().items()))
    assert explain(score, backwards, typical) == explain(score, PEOPLE[0])


def test_the_order_of_the_columns_inside_the_model_does_not_matter() -> None:
    rows = applicants(1_000)
    swapped = dict(zip(FEATURES, reversed(FEATURES), strict=True))

    def mirrored(some: pd.DataFrame) -> NDArray[np.float64]:
        return product(some.rename(columns=swapped))

    person, typical = PEOPLE[0], rows[list(FEATURES)].mean().to_dict()
    straight = explain(product, person, typical).contributions
    mirror = explain(mirrored, *({swapped[k]: v for k, v in d.items()} for d in (person, typical)))
    for name in FEATURES:
        assert mirror.contributions[swapped[name]] == pytest.approx(straight[name], abs=EXACT)


def product(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Un puntaje de juguete en el que las columnas se multiplican."""
    return np.asarray(rows["debt_ratio"] * rows["age"] / 100 + rows["months_in_arrears"] / 30)


def test_it_asks_once_for_the_128_mixtures() -> None:
    asked = []

    def counted(rows: pd.DataFrame) -> NDArray[np.float64]:
        asked.append(rows)
        return product(rows)

    explain(counted, {name: value + 1 for name, value in typical_applicant().items()})
    [rows] = asked
    assert tuple(rows.columns) == FEATURES
    assert rows.shape == rows.drop_duplicates().shape == (128, 7)


def test_a_column_equal_to_the_typical_one_contributes_nothing(score: Score) -> None:
    person = {**PEOPLE[0], "age": typical_applicant()["age"]}
    assert explain(score, person).contributions["age"] == 0


def test_whoever_is_typical_has_nothing_to_explain(score: Score) -> None:
    found = explain(score, typical_applicant())
    assert found.score == found.base
    assert set(found.contributions.values()) == {0}


def test_if_one_column_decides_all_the_difference_is_of_that_column() -> None:
    def only_arrears(rows: pd.DataFrame) -> NDArray[np.float64]:
        return np.asarray(0.1 + 0.03 * rows["months_in_arrears"])

    typical = {**typical_applicant(), "months_in_arrears": 0}
    found = explain(only_arrears, {**PEOPLE[0], "months_in_arrears": 8}, typical)
    assert next(iter(found.contributions)) == "months_in_arrears"
    assert found.contributions.pop("months_in_arrears") == pytest.approx(0.24, abs=EXACT)
    assert list(found.contributions.values()) == pytest.approx([0] * 6, abs=EXACT)


def test_in_a_sum_each_column_contributes_its_own_difference() -> None:
    weights = pd.Series(dict(zip(FEATURES, range(1, 8), strict=True)))

    def weighted(rows: pd.DataFrame) -> NDArray[np.float64]:
        return np.asarray(rows @ weights)

    typical = dict.fromkeys(FEATURES, 10.0)
    person = dict(zip(FEATURES, [10, 11, 9, 20, 0, 10.5, 13], strict=True))
    expected = {name: (person[name] - 10) * weights[name] for name in FEATURES}
    assert explain(weighted, person, typical).contributions == pytest.approx(expected)


def test_two_columns_that_only_act_together_share_the_difference_by_halves() -> None:
    typical, person = dict.fromkeys(FEATURES, 0.0), dict.fromkeys(FEATURES, 1.0)
    found = explain(lambda rows: np.asarray(rows["age"] * rows["amount"]), person, typical)
    expected = {name: 0.5 if name in ("age", "amount") else 0 for name in FEATURES}
    assert found.contributions == pytest.approx(expected, abs=EXACT)


def test_the_typical_applicant_is_possible_for_the_model() -> None:
    rows = applicants(5_000)[list(FEATURES)]
    assert typical_applicant() == rows.median().to_dict()
