"""El bosque liviano: los mismos puntajes, hasta el último bit, en bastante menos tiempo."""

from timeit import repeat

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from amq2.credit import COLUMNS, FEATURES, TARGET, applicants
from amq2.lean_forest import LeanForest, lean
from amq2.model import train


@pytest.fixture(scope="module")
def forest() -> RandomForestClassifier:
    some = applicants(1_000)
    model = RandomForestClassifier(100, n_jobs=1, random_state=0)
    return model.fit(some[list(FEATURES)].to_numpy(np.float64), some[TARGET])


def test_the_scores_are_the_same_to_the_last_bit(forest: RandomForestClassifier) -> None:
    random = np.random.default_rng(3)
    low, high = (np.array([getattr(c, end) for c in COLUMNS]) for end in ("minimum", "maximum"))
    anywhere = random.uniform(low, high, (2_000, len(FEATURES)))
    rows = np.vstack([anywhere, applicants(2_000)[list(FEATURES)].to_numpy(np.float64), low, high])
    np.testing.assert_array_equal(lean(forest).predict_proba(rows), forest.predict_proba(rows))
    for row in rows[:50]:
        expected = forest.predict_proba([row])
        np.testing.assert_array_equal(lean(forest).predict_proba([row]), expected)


def test_one_row_takes_less_than_half_the_time(forest: RandomForestClassifier) -> None:
    row = np.zeros((1, len(FEATURES)))
    light = lean(forest)
    theirs = min(repeat(lambda: forest.predict_proba(row), number=3, repeat=5))
    ours = min(repeat(lambda: light.predict_proba(row), number=3, repeat=5))
    assert ours < theirs / 2


def test_any_other_model_is_left_as_it_is(forest: RandomForestClassifier) -> None:
    model = train(applicants(500))
    assert lean(model) is model
    assert isinstance(lean(forest), LeanForest)
