"""The date of the next order comes true as often as it says."""

import numpy as np
import pandas as pd
import pytest

from ml_assets import clv
from ml_assets.clv.candidates import Candidate
from ml_assets.clv.choice import Choice
from ml_assets.clv.histories import Floats, Histories, check_histories
from ml_assets.clv.horizons import PurchaseFit, Standing, chances
from ml_assets.clv.models.bg_nbd import BgNbd, BgNbdFit
from ml_assets.clv.next_order import days_until_order
from tests.ml_assets.clv.conftest import fit_purchasing


@pytest.fixture(scope="module")
def choice(cdnow_sample: pd.DataFrame) -> Choice:
    fit: PurchaseFit = fit_purchasing(cdnow_sample)
    candidate = Candidate("bg_nbd", fit, fit.log_likelihood)
    return Choice(candidate, candidate, [candidate], [], {})


def quarter(choice: Choice, histories: Histories) -> Floats:
    """P(no purchase) in 90 days as the model has it, uncorrected."""
    assert choice.chances.fit is not None
    return chances(choice.chances.fit.parameters, np.array([90.0]), histories)[1][:, 0]


def test_the_probability_on_the_day_is_the_one_asked_for(choice: Choice) -> None:
    histories = check_histories([10, 3, 1], [200, 150, 20], [210, 180, 250])

    days = days_until_order(choice, Standing.of(histories), quarter(choice, histories))

    assert choice.chances.fit is not None
    model = choice.chances.fit.parameters
    for row in range(3):
        for column, level in enumerate((0.1, 0.5, 0.9)):
            day = days[row, column]
            if np.isnan(day):
                day = 365.0
            _, silent = chances(model, np.array([day]), histories)
            by_then = 1 - silent[row, 0]
            if np.isnan(days[row, column]):
                assert by_then < level
            else:
                assert by_then == pytest.approx(level, abs=0.01)


def test_who_is_gone_has_no_date(choice: Choice) -> None:
    gone = check_histories([10], [30], [700])

    assert np.isnan(
        days_until_order(choice, Standing.of(gone), quarter(choice, gone))
    ).all()


def test_a_busy_customer_comes_sooner(choice: Choice) -> None:
    both = check_histories([20, 3], [205, 205], [210, 210])

    days = days_until_order(choice, Standing.of(both), quarter(choice, both))

    assert days[0, 1] < days[1, 1]
    assert (np.diff(days[0]) > 0).all()


def test_regular_customers_have_a_narrower_interval() -> None:
    histories = check_histories([12], [360], [365])
    spread = {}
    for k in (1, 6):
        # The same orders per day on average.
        model = BgNbd(2.0, 60.0 / k, 0.2, 6.0, regularity=k)
        fit = _known(model)
        candidate = Candidate("known", fit, None)
        some = Choice(candidate, candidate, [candidate], [], {})
        silent = quarter(some, histories)
        low, _, high = days_until_order(
            some, Standing.of(histories), silent, (0.1, 0.5, 0.7)
        )[0]
        spread[k] = high - low

    assert spread[6] < spread[1] / 1.5


def test_the_date_agrees_with_what_is_said_of_90_days(choice: Choice) -> None:
    """Corrected, 30 % of one history and 50 % of the other stay away that long."""
    histories = check_histories([10, 3], [200, 150], [210, 180])

    days = days_until_order(
        choice, Standing.of(histories), np.array([0.3, 0.5]), (0.5, 0.7)
    )

    assert days[0, 1] == pytest.approx(90)
    assert days[1, 0] == pytest.approx(90)


def _known(model: BgNbd) -> PurchaseFit:
    nothing = np.zeros((4, 4))
    return BgNbdFit(
        parameters=model,
        log_likelihood=0.0,
        covariance=nothing,
        standard_errors=np.zeros(4),
        converged=True,
        n=1,
        repeat_customers=1,
        repeat_purchases=1,
        distinct_histories=1,
        penalizer=0.0,
        prior_sd=None,
        iterations=1,
        largest_step=0.0,
    )


def test_half_of_those_with_a_date_have_come_by_it(
    cdnow_purchases: pd.DataFrame,
) -> None:
    log = cdnow_purchases.rename(columns={"date": "ordered_at"})
    model = clv.fit(log, as_of=pd.Timestamp("1997-09-30").date())

    dates = model.next_order().set_index("customer_id")

    after = log[log["ordered_at"] > "1997-09-30"].groupby("customer_id")["ordered_at"]
    waited = (after.min() - pd.Timestamp("1997-09-30")).dt.days.reindex(dates.index)
    due = dates["days_until_order"].dropna()
    due = due[due <= 270]
    assert len(due) > 200
    came = (waited.loc[due.index] <= due).mean()
    assert 0.4 <= came <= 0.6
