"""Spend that moves with frequency is learned by how often customers buy."""

import datetime as dt

import numpy as np
import numpy.typing as npt
import pytest

from ml_assets import clv
from ml_assets.clv.histories import Histories
from ml_assets.clv.purchases import Seen, Spent
from ml_assets.clv.spending import levels_by_days, rank_correlation, spending
from tests.ml_assets.clv.shops import AS_OF, shop, wholesale_shop


def test_each_group_has_the_mean_of_its_purchases() -> None:
    """Forty of one purchase at 10, thirty of two at 20, forty of three or four."""
    days = np.repeat([1.0, 2.0, 3.0, 4.0], [40, 30, 20, 20])
    own = np.repeat([10.0, 20.0, 40.0, 54.0], [40, 30, 20, 20])

    levels = levels_by_days(days, own)

    # (20 * 3 * 40 + 20 * 4 * 54) / (20 * 3 + 20 * 4)
    expected = np.repeat([10.0, 20.0, 48.0], [40, 30, 40])
    assert levels == pytest.approx(expected)


def test_a_few_are_no_group_of_their_own() -> None:
    """Twenty-nine of nine purchases belong to those of one: none are between."""
    days, own = np.repeat([1.0, 9.0], [40, 29]), np.repeat([10.0, 100.0], [40, 29])

    levels = levels_by_days(days, own)

    assert levels == pytest.approx((40 * 10 + 29 * 9 * 100) / (40 + 29 * 9))


def test_who_spent_nothing_is_in_no_mean_and_stays_a_number() -> None:
    days, own = np.ones(60), np.repeat([0.0, 12.0], [20, 40])

    assert levels_by_days(days, own) == pytest.approx(np.full(60, 12.0))
    assert levels_by_days(days, 0 * own) == pytest.approx(np.ones(60))


def test_an_order_value_in_another_unit_is_the_same_in_that_unit() -> None:
    rng = np.random.default_rng(3)
    days = rng.integers(1, 9, 900).astype(float)
    own = days**1.5 * rng.gamma(8, 1 / 8, 900) * 10
    histories = Histories(days - 1, 30 * (days - 1), np.full(900, 400.0))

    def said(unit: float) -> npt.NDArray[np.float64]:
        spent = Spent(days, own * unit)
        seen = Seen(np.arange(900), histories, own * unit, 0 * days, spent)
        found = spending(seen, own * unit)
        assert found.level is not None
        return np.stack([found.mean, found.square / unit, found.within / unit]) / unit

    assert said(1000.0) == pytest.approx(said(1.0), rel=1e-6)


@pytest.mark.parametrize("power", [1.2, -1.0])
def test_the_value_of_a_shop_with_wholesalers_is_inside(power: float) -> None:
    log = wholesale_shop(power, seed=11)

    found = clv.backtest(log, calibration_end=AS_OF - dt.timedelta(days=95), days=90)

    spend, seen, total = found.model.spending, found.model.seen, found.total
    again = seen.histories.frequency > 0
    ranks = rank_correlation(
        seen.histories.frequency[again], seen.monetary_value[again]
    )
    assert ranks is not None
    assert abs(ranks) > 0.5
    assert spend.level is not None
    assert (np.corrcoef(spend.level, seen.spent.days)[0, 1] > 0) == (power > 0)
    assert (
        total["expected_value_lower"]
        <= total["actual_value"]
        <= total["expected_value_upper"]
    )


def test_where_spend_does_not_move_with_frequency_nothing_changes() -> None:
    model = clv.fit(shop(3, 300, 500))

    assert model.spending.level is None
