"""Los modelos livianos: los mismos puntajes, hasta el último bit, en bastante menos tiempo."""

from timeit import repeat
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from amq2.credit import COLUMNS, FEATURES, TARGET, applicants
from amq2.lean_models import LeanForest, LeanRegression, lean
from amq2.model import train
from amq2.predictor import without_names


@pytest.fixture(scope="module", params=["forest", "regression"])
def model(request: pytest.FixtureRequest) -> Any:  # noqa: ANN401 - scikit-learn no trae tipos
    some = applicants(1_000)
    columns, target = some[list(FEATURES)].to_numpy(np.float64), some[TARGET]
    if request.param == "regression":
        return without_names(train(some))
    return RandomForestClassifier(100, n_jobs=1, random_state=0).fit(columns, target)


def test_the_scores_are_the_same_to_the_last_bit(model: Any) -> None:  # noqa: ANN401
    random = np.random.default_rng(3)
    low, high = (np.array([getattr(c, end) for c in COLUMNS]) for end in ("minimum", "maximum"))
    anywhere = random.uniform(low, high, (2_000, len(FEATURES)))
    rows = np.vstack([anywhere, applicants(2_000)[list(FEATURES)].to_numpy(np.float64), low, high])
    for size in (1, 2, 7, 16, 33, 256, len(rows)):
        some = rows[-size:]
        np.testing.assert_array_equal(lean(model).predict_proba(some), model.predict_proba(some))


def test_one_row_takes_less_than_half_the_time(model: Any) -> None:  # noqa: ANN401
    row = np.zeros((1, len(FEATURES)))
    light = lean(model)
    theirs = min(repeat(lambda: model.predict_proba(row), number=3, repeat=5))
    ours = min(repeat(lambda: light.predict_proba(row), number=3, repeat=5))
    assert ours < theirs / 2


def test_any_other_model_is_left_as_it_is() -> None:
    columns = np.random.default_rng(4).normal(size=(300, 2))
    classes = (columns[:, 0] > 0).astype(int)
    for other in (
        DummyClassifier(),
        make_pipeline(StandardScaler(with_mean=False), LogisticRegression()),
        make_pipeline(LogisticRegression()),
    ):
        other.fit(columns, classes)
        assert lean(other) is other
    with_three_classes = make_pipeline(StandardScaler(), LogisticRegression())
    with_three_classes.fit(columns, classes + (columns[:, 1] > 0))
    assert lean(with_three_classes) is with_three_classes


def test_the_models_of_the_course_are_called_lightly() -> None:
    assert isinstance(lean(train(applicants(500))), LeanRegression)
    forest = RandomForestClassifier(2).fit([[0.0], [1.0]], [0, 1])
    assert isinstance(lean(forest), LeanForest)
