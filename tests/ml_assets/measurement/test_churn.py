"""Who came once and was lost is held against a month before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml_assets.measurement.churn import compare_churn

COUNTS = ["customer_count", "lost_count", "customer_count_before", "lost_count_before"]


def compared(*counts: int) -> dict[str, float]:
    (row,) = compare_churn(pd.DataFrame([counts], columns=COUNTS)).to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_the_change_has_newcombes_interval_of_ninety_nine_per_cent() -> None:
    found = compared(5, 3, 4, 1)

    assert (found["churn_rate"], found["churn_rate_before"]) == (0.6, 0.25)
    assert found["churn_rate_change"] == pytest.approx(0.35)
    # By hand: Wilson's are 0.1686-0.9173 and 0.0301-0.7819.
    assert found["churn_rate_change_lower"] == pytest.approx(
        0.35 - np.hypot(0.6 - 0.1686, 0.7819 - 0.25), abs=1e-3
    )
    assert found["churn_rate_change_upper"] == pytest.approx(
        0.35 + np.hypot(0.9173 - 0.6, 0.25 - 0.0301), abs=1e-3
    )


def test_of_nobody_no_change_is_told() -> None:
    first, none = compared(2, 2, 0, 0), compared(0, 0, 2, 1)

    assert first["churn_rate"] == 1
    assert np.isnan(
        [first["churn_rate_change"], first["churn_rate_change_lower"]]
    ).all()
    assert np.isnan([none["churn_rate"], none["churn_rate_change_upper"]]).all()


def test_churn_that_stays_as_it_is_rarely_seems_to_rise() -> None:
    rng = np.random.default_rng(2)
    quarters, month = 400, 30
    due = rng.poisson(8, quarters * 91)
    lost = rng.binomial(due, 0.6)
    counts = [
        np.convolve(days, np.ones(month), mode="valid")[shift : shift + 91 * 390]
        for shift in (month, 0)
        for days in (due, lost)
    ]

    found = compare_churn(pd.DataFrame(np.transpose(counts), columns=COUNTS))

    rises = found["churn_rate_change_lower"].to_numpy() > 0
    begun = int((rises[1:] & ~rises[:-1]).sum())
    assert begun / 390 <= 0.25
