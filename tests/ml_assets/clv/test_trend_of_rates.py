"""Rates that fall or rise, of all customers or of each: named and inside intervals."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest

from ml_assets.clv import customer_model
from ml_assets.clv.candidates import fit_candidate
from ml_assets.clv.convergence import converged
from ml_assets.clv.customer_model import CustomerModel, fit_log
from ml_assets.clv.purchases import PurchaseDays, purchase_days
from ml_assets.clv.seasons import trends
from ml_assets.clv.seasons.operational_time import (
    EVEN,
    Level,
    Season,
    calendar_months,
    log_sd,
    month_start,
)
from ml_assets.clv.seasons.trends import Trends
from ml_assets.clv.spending import spending
from tests.ml_assets.clv.shops import declining_shop, frequent_shop, shop

_MONTH = 660  # January 2025
_FALLING = Level(_MONTH, np.array([0.2, 0.1, 0.0]), -0.1, 0.0, 0.0)


def leaning(level: Level) -> Season:
    return Season(np.ones(12), np.zeros((12, 12)), level)


@pytest.fixture(scope="module")
def declining() -> PurchaseDays:
    return purchase_days(declining_shop(202, 6_000, 900, kept=0.9))[0]


@pytest.fixture(scope="module")
def declined(declining: PurchaseDays) -> CustomerModel:
    return fit_log(declining, declining.first_day + 600)


def test_a_day_is_as_long_as_the_rate_of_its_month_ahead_damped() -> None:
    season = leaning(_FALLING)
    starts = month_start(np.arange(_MONTH - 1, _MONTH + 6)) - 1
    by_month = np.diff(season.moment(starts)) / np.diff(starts)
    # Before it was seen as in the first month; ahead -.1 * .95, then * .95 again.
    ahead = -0.1 * np.cumsum(0.95 ** np.arange(1, 4))
    assert np.log(by_month) == pytest.approx([0.2, 0.2, 0.1, 0.0, *ahead][:6])
    assert not season.is_even
    assert not season.has_season


def test_how_steep_how_long_and_whether_it_bends_is_open() -> None:
    day = int(month_start(_MONTH + 3)) - 1
    bought = np.array([day])
    known = log_sd(leaning(_FALLING), bought, day, 365)
    steeper = log_sd(
        leaning(_FALLING._replace(slope_variance=0.02**2)), bought, day, 365
    )
    bent = log_sd(leaning(_FALLING._replace(bend_sd=0.02)), bought, day, 365)
    # That it goes on, or keeps .85 a month: means of ln of 6.5 and of 3.37 slopes.
    assert known == pytest.approx((6.5 - 3.37) / 2 * 0.1, rel=0.01)
    assert min(steeper, bent) > known
    assert log_sd(leaning(_FALLING), bought, day, 90) < known / 2


def test_a_trend_that_is_not_proven_is_open_as_far_as_it_is_likely() -> None:
    """Its mean square around none: 5.17 slopes of .1 in the mean of a year.

    That is the mean of .95 (1 - .95^k) / .05 over twelve months; whether it goes on is
    as open as of one that is counted by; that it bends is of `levels`.
    """
    day = int(month_start(_MONTH + 3)) - 1
    bought = np.array([day])
    level = _FALLING._replace(bend_sd=0.02)
    maybe = Season(np.ones(12), np.zeros((12, 12)), unproven=(level, 0.25))

    expected = np.sqrt(0.25 * (0.517**2 + ((6.5 - 3.37) / 2 * 0.1) ** 2))
    assert log_sd(maybe, bought, day, 365) == pytest.approx(expected, rel=0.01)
    assert maybe.is_even
    assert maybe.length(day, 365) == 365


def test_a_decline_that_has_just_begun_is_told_and_not_counted_by() -> None:
    """A tenth less a month for four months, of which the log is not sure yet."""
    orders = shop(14182, 2_500, 900)
    month = (orders["ordered_at"] - orders["ordered_at"].min()).dt.days / 30.4
    stays = 0.9 ** np.maximum(month - 12, 0)
    kept = orders[np.random.default_rng(5).random(len(orders)) < stays]
    log = purchase_days(kept)[0]
    model = fit_log(log, log.first_day + 520)

    assert model.choice is not None
    season = model.choice.season
    assert season.level is None
    assert season.unproven is not None
    level, chance = season.unproven
    assert 0.5 < chance < 0.95
    assert level.slope < -0.03
    told = str(converged(model).message)
    assert "customers may buy" in told
    assert "no season is known" not in told
    # Half as wide again as a trend that nobody suspects: see docs/models.
    total = model.predict_total(365)
    width = np.log(total["expected_orders_upper"] / total["expected_orders_lower"])
    assert width / 2 > 0.5


def test_a_shop_that_does_not_change_hardly_has_a_trend() -> None:
    log = purchase_days(shop(40, 1_500, 700))[0]
    model = fit_log(log, log.first_day + 600)

    assert model.choice is not None
    season = model.choice.season
    assert season.unproven is not None
    assert season.unproven[1] < 0.5
    assert log_sd(season, log.day, model.as_of_day, 365) < 0.1
    assert "may buy" not in str(converged(model).message)


def test_a_decline_is_named_and_foretold(
    declining: PurchaseDays, declined: CustomerModel
) -> None:
    assert declined.choice is not None
    level = declined.choice.season.level
    assert level is not None
    assert level.slope == pytest.approx(np.log(0.9), abs=0.05)
    assert level.first_month + level.log_rates.size - 1 == calendar_months(
        declined.as_of_day
    )
    assert "less each month than in the one before" in converged(declined).message

    total = declined.predict_total(90)
    came = declining.later(declined.seen, declined.as_of_day, 90).purchases.sum()
    with patch.object(customer_model, "season_of", lambda *_: EVEN):
        even = fit_log(declining, declined.as_of_day).predict_total(90)
    assert total["expected_orders_lower"] <= came <= total["expected_orders_upper"]
    errors = [abs(np.log(one["expected_orders"] / came)) for one in (total, even)]
    assert errors[0] < 0.75 * errors[1], errors


def test_a_rate_of_ones_own_that_moves_widens_the_interval_of_each() -> None:
    log = purchase_days(frequent_shop())[0]
    model = fit_log(log, log.first_day + 444)
    each = model.predict(90)
    came = log.later(model.seen, model.as_of_day, 90).purchases
    inside = (each["expected_orders_lower"] <= came) & (
        came <= each["expected_orders_upper"]
    )
    # Quarters move by exp(.5 z), of which a variance of .28 is left.
    assert 0.07 < model.trend(90).rate_variance < 0.5
    assert inside.mean() > 0.89


def test_a_rate_that_never_moves_widens_nothing() -> None:
    log = purchase_days(shop(40, 1_500, 700))[0]
    assert fit_log(log, log.first_day + 600).trend(90).rate_variance == 0


def test_horizons_share_what_is_fitted_of_the_past() -> None:
    log = purchase_days(shop(40, 800, 700))[0]
    model = fit_log(log, log.first_day + 600)
    assert model.choice is not None
    assert model.log is not None

    with (
        patch.object(trends, "fit_candidate", wraps=fit_candidate) as fits,
        patch.object(trends, "spending", wraps=spending) as spent,
    ):
        told = [model.trend(days) for days in (60, 90, 120)]
    alone = Trends(model.log, model.as_of_day, model.choice).of(120)

    assert {one.source for one in told} == {"a year earlier"}
    assert fits.call_count == len({model.choice.orders.name, model.choice.chances.name})
    assert spent.call_count == 1
    assert told[-1] == alone
