"""Los solicitantes sintéticos: repetibles, acotados, y con la verdad que dicen tener."""

import numpy as np
import pandas as pd
import pytest

from amq2.credit import COLUMNS, FEATURES, TARGET, applicants, data_sheet, true_probability


def test_the_same_seed_gives_the_same_rows_and_another_seed_gives_others() -> None:
    pd.testing.assert_frame_equal(applicants(50, seed=3), applicants(50, seed=3))
    assert not applicants(50, seed=3).equals(applicants(50, seed=4))


def test_the_first_rows_do_not_depend_on_how_many_were_asked_for() -> None:
    pd.testing.assert_frame_equal(applicants(1000).head(10), applicants(10))


def test_a_portfolio_made_by_parts_is_the_same_portfolio() -> None:
    parts = [applicants(400), applicants(1, first=401), applicants(599, first=402)]
    pd.testing.assert_frame_equal(pd.concat(parts), applicants(1000), check_index_type=False)


def test_applicants_are_numbered_from_the_first_asked_for() -> None:
    assert applicants(3, first=7).index.tolist() == [7, 8, 9]
    assert applicants(3).index.name == "applicant_id"


def test_zero_applicants_is_a_table_with_its_columns() -> None:
    empty = applicants(0)
    assert empty.empty
    assert list(empty.columns) == [*FEATURES, TARGET]


@pytest.mark.parametrize(("n", "first"), [(-1, 1), (5, 0)])
def test_impossible_requests_say_what_to_use(n: int, first: int) -> None:
    with pytest.raises(ValueError, match="usá n >= 0 y first >= 1"):
        applicants(n, first=first)


def test_every_value_is_inside_the_range_of_the_data_sheet() -> None:
    rows = applicants(50_000)
    assert not rows.isna().any().any()
    for column in COLUMNS:
        assert rows[column.name].between(column.minimum, column.maximum).all(), column.name
        assert rows[column.name].nunique() > 5, column.name


def test_the_data_sheet_describes_every_column_and_the_label() -> None:
    assert data_sheet().index.tolist() == list(applicants(1).columns)
    assert "true_probability" in data_sheet().loc[TARGET, "qué es"]


def test_between_ten_and_twenty_per_cent_default() -> None:
    assert 0.10 < applicants(50_000)[TARGET].mean() < 0.20


def test_the_label_follows_the_true_probability() -> None:
    rows = applicants(100_000)
    truth = pd.Series(true_probability(rows), index=rows.index)
    groups = pd.qcut(truth, 10, labels=False)
    observed, expected = rows[TARGET].groupby(groups).mean(), truth.groupby(groups).mean()
    # Cuatro desvíos de una proporción sobre las 10.000 filas de cada grupo.
    assert (np.abs(observed - expected) < 4 * np.sqrt(expected * (1 - expected) / 10_000)).all()


def test_more_arrears_and_more_debt_are_riskier_and_a_longer_job_is_safer() -> None:
    row = applicants(1)
    base = true_probability(row)[0]
    assert true_probability(row.assign(months_in_arrears=20))[0] > base
    assert true_probability(row.assign(debt_ratio=1.0))[0] > base
    assert true_probability(row.assign(months_employed=0))[0] > base
