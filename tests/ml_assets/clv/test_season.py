"""Seasons: found where there is one, nowhere else, and time that keeps its length."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.backtest import plain_forecast
from ml_assets.clv.candidates import fit_candidate
from ml_assets.clv.choice import choose
from ml_assets.clv.convergence import converged
from ml_assets.clv.customer_model import CustomerModel, fit_log
from ml_assets.clv.errors import InvalidParameters
from ml_assets.clv.histories import Floats, Histories
from ml_assets.clv.horizons import forecast_horizons
from ml_assets.clv.inner_origins import origin_at
from ml_assets.clv.purchases import PurchaseDays, days_since_1970, purchase_days
from ml_assets.clv.seasons import season_choice
from ml_assets.clv.seasons.operational_time import EVEN, MONTH_DAYS, Season, log_sd
from ml_assets.clv.seasons.season import Seasonality, seasonality, unseen_months
from ml_assets.clv.seasons.season_choice import SHORTEST_SEASON_DAYS, Kind, season_of
from ml_assets.clv.seasons.season_table import counted
from ml_assets.clv.seasons.trend import year_ago_factor
from ml_assets.clv.seasons.trends import Trends
from tests.ml_assets.clv.shops import shop

_UNSURE = 0.1 * np.eye(12)
_WINTER = np.array([1.5, 1.3, 1.0, 0.7, 0.6, 0.5, 0.5, 0.6, 1.0, 1.3, 1.5, 1.5])
_FIRST = days_since_1970(dt.date(2024, 1, 1))


def planted(orders: pd.DataFrame, index: Floats, seed: int = 5) -> pd.DataFrame:
    """Orders are lost outside the high season, first ones too."""
    month = orders["ordered_at"].dt.month.to_numpy() - 1
    share = index[month] / index.max()
    kept: pd.DataFrame = orders[np.random.default_rng(seed).random(len(orders)) < share]
    return kept


def log_of(orders: pd.DataFrame) -> PurchaseDays:
    return purchase_days(orders)[0]


@pytest.fixture(scope="module")
def wintry() -> PurchaseDays:
    return log_of(planted(shop(60, 1_500, 760), _WINTER))


@pytest.fixture(scope="module")
def grown(wintry: PurchaseDays) -> CustomerModel:
    return fit_log(wintry, wintry.first_day + 640)


def test_a_year_is_as_long_in_both_times() -> None:
    season = Season(_WINTER, _UNSURE)
    assert season.index @ MONTH_DAYS == pytest.approx(365)
    # 2025 and 2026 have no 29 February.
    for day in (_FIRST + 366, _FIRST + 400, _FIRST + 610):
        assert float(season.length(day, 365)) == pytest.approx(365)


def test_a_horizon_is_as_long_as_its_days_are_busy() -> None:
    season = Season(_WINTER, _UNSURE)
    lengths = season.length(_FIRST - 1, [31, 31 + 29])
    assert lengths.tolist() == pytest.approx(
        [31 * season.index[0], 31 * season.index[0] + 29 * season.index[1]]
    )
    assert float(season.length(_FIRST - 1, 0.5)) == pytest.approx(season.index[0] / 2)


def test_without_a_season_time_is_what_it_was() -> None:
    histories = Histories(np.array([2.0]), np.array([40.0]), np.array([300.0]))
    assert EVEN.histories(histories, _FIRST) is histories
    assert EVEN.moment(np.arange(5)).tolist() == [0, 1, 2, 3, 4]
    assert log_sd(EVEN, np.arange(_FIRST, _FIRST + 301), _FIRST + 300, 90) == 0


def test_histories_counted_in_a_season_are_those_stretched_later(
    wintry: PurchaseDays,
) -> None:
    season, day = Season(_WINTER, _UNSURE), wintry.first_day + 500
    counted_so = wintry.seen_at(day, season).histories
    stretched = season.histories(wintry.seen_at(day).histories, day)
    for one, other in zip(counted_so, stretched, strict=True):
        assert np.abs(one - other).max() < 1e-8
    assert (counted_so.recency_days <= counted_so.age_days).all()


def test_an_index_has_twelve_numbers_above_0() -> None:
    for index in (np.ones(11), np.zeros(12), np.full(12, np.nan)):
        with pytest.raises(InvalidParameters, match="season's index"):
            Season(index, _UNSURE)


def test_whole_years_leave_nothing_open_and_a_quarter_does() -> None:
    season = Season(_WINTER, _UNSURE)
    # Silence is judged by the last months too, here as even as the years.
    day = _FIRST + 730
    every = np.arange(_FIRST, day + 1)
    bought = np.repeat(
        every,
        np.rint(1000 * np.diff(season.moment([every[0] - 1, *every]))).astype(int),
    )
    year, quarter, two = (log_sd(season, bought, day, days) for days in (365, 90, 730))
    assert year == pytest.approx(two, abs=1e-3)
    assert quarter > 1.2 * year
    # Who came in the last three months told of those, and a December is hardly known.
    late = Season(_WINTER, np.diag([0.0] * 11 + [0.1]))
    grown = bought[bought > day - 90]
    assert log_sd(late, grown, day, 90) > 1.2 * log_sd(late, bought, day, 90)


def test_customer_days_and_repeats_are_all_counted(wintry: PurchaseDays) -> None:
    day = wintry.first_day + 500
    past = wintry.up_to(day)
    table = counted(past, day)
    seen = past.seen_at(day).histories
    assert table.purchases.sum() <= seen.frequency.sum()
    assert table.days.sum() <= seen.age_days.sum()
    # All but the month of opening.
    assert table.days.sum() > 0.95 * seen.age_days.sum()
    assert (table.purchases[table.days == 0] == 0).all()


def test_a_planted_season_is_found_again(wintry: PurchaseDays) -> None:
    told = seasonality(
        counted(wintry.up_to(wintry.first_day + 640), wintry.first_day + 640)
    )
    truth = _WINTER * 365 / (_WINTER @ MONTH_DAYS)
    assert told.season_log_odds() > 3
    assert np.abs(np.log(told.season.index / truth)).max() < 0.35
    assert np.corrcoef(np.log(told.season.index), np.log(truth))[0, 1] > 0.95


def test_summer_and_winter_are_believed_when_they_were_seen_once(
    wintry: PurchaseDays,
) -> None:
    day = wintry.first_day + 410
    told = seasonality(counted(wintry.up_to(day), day))
    truth = np.log(_WINTER * 365 / (_WINTER @ MONTH_DAYS))
    swing = np.log(told.season.index) @ truth / (truth @ truth)
    assert told.season_log_odds() > 5
    assert 0.75 < swing < 1.1


@pytest.mark.parametrize("days", [400, 550, 760])
def test_growth_decline_or_nothing_is_no_season(days: int) -> None:
    flat = shop(61, 600, 760)
    month = (flat["ordered_at"] - flat["ordered_at"].min()).dt.days / 30.4
    declining = flat[
        np.random.default_rng(1).random(len(flat)) < 0.93 ** np.maximum(month - 6, 0)
    ]
    for orders in (flat, declining):
        log = log_of(orders)
        assert not season_of(log, log.first_day + days).has_season
    even = season_of(log_of(flat), log_of(flat).first_day + days)
    assert even.is_even
    assert even.chance < 0.5


# ln(actual / expected) of .2, of which chance has a variance of .0075 and years differ
# by .05: beside a prior of .1, and of .28 for the days of the year that a quarter
# leaves out, .2 (.01 + .0784 chance 275/365) / (that + .01).
@pytest.mark.parametrize(
    ("chance", "corrected"), [(0.0, 0.1), (0.5, 0.159624), (1.0, 0.174705)]
)
def test_a_year_ago_tells_of_a_season_as_far_as_there_is_one(
    chance: float, corrected: float
) -> None:
    season = replace(EVEN, chance=chance)
    assert year_ago_factor(90, season)(np.array([0.2]), 0.0075).log == pytest.approx(
        corrected, abs=1e-5
    )


def test_a_season_known_from_the_past_brings_the_next_months_nearer(
    wintry: PurchaseDays,
) -> None:
    errors = []
    for age in (430, 510, 590, 670):
        day = wintry.first_day + age
        for season in (EVEN, seasonality(counted(wintry.up_to(day), day)).season):
            origin = origin_at(wintry, day, 90, season)
            assert origin is not None
            model = fit_candidate("bg_nbd", origin.seen).parameters
            ahead = np.array([origin.horizon_days])
            said = forecast_horizons(model, ahead, origin.seen.histories).mean.sum()
            errors.append(abs(np.log(said / origin.later.purchases.sum())))
    even, seasonal = np.reshape(errors, (-1, 2)).mean(axis=0)
    assert seasonal < 0.7 * even, (seasonal, even)


def test_a_season_seen_often_is_not_refused_for_what_was_off_when_it_was_seen_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = log_of(planted(shop(63, 200, 1_500), _WINTER))
    day = log.first_day + 1_500

    def off_by(
        _log: PurchaseDays,
        origin: int,
        _days: int,
        _penalizer: float,
        kinds: list[Kind],
    ) -> dict[Kind, float]:
        is_early = origin < log.first_day + 700
        right = 0.3 if is_early else 0.2
        wrong = 3.0 if is_early else 1.0
        return {kind: wrong if kind[0] == is_early else right for kind in kinds}

    monkeypatch.setattr(season_choice, "_errors_at", off_by)
    assert season_of(log, day).has_season


def test_all_that_is_published_is_of_one_season(grown: CustomerModel) -> None:
    assert grown.choice is not None
    assert not grown.choice.season.is_even
    horizons = [grown.predict_total(days)["expected_orders"] for days in (30, 90, 365)]
    assert horizons == sorted(horizons)
    # Plain BG/NBD, graded beside it, knows of no season.
    plain = plain_forecast(grown, 90)
    assert plain is not None
    even = fit_candidate("bg_nbd", grown.seen).parameters
    expected = forecast_horizons(even, np.array([90.0]), grown.seen.histories).mean
    assert plain["expected_orders"].sum() == pytest.approx(expected.sum())


def test_a_season_is_told_without_a_warning(grown: CustomerModel) -> None:
    told = converged(grown)
    assert "follow a season: the busiest month" in told.message


def test_a_young_shop_keeps_its_numbers_and_is_told_what_it_cannot_know() -> None:
    log = log_of(shop(62, 150, 300))
    day = log.first_day + SHORTEST_SEASON_DAYS - 95
    model = fit_log(log, day)
    assert model.choice is not None
    assert model.choice.season.is_even
    unknown = log_sd(model.choice.season, log.up_to(day).day, day, 90)
    assert unknown > 0.1
    assert model.trend(90).orders.sd > unknown
    assert "no season is known" in converged(model).message
    assert "which their interval holds" in converged(model).message


# A season three times as unlikely as none, of .3 in winter and known to .1 a month: a
# quarter of .09 where it has an index, of .01, and of .35^2 where nobody was seen.
def test_a_season_that_may_be_is_open_around_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = log_of(shop(62, 150, 300))
    day = log.first_day + 200
    index = np.exp(0.3 * (np.arange(12) < 3))
    season = Season(index, 0.01 * np.eye(12))
    evidence = {(True, False): 0.0, (False, False): float(np.log(3))}
    told = Seasonality({(True, False): season}, evidence)
    monkeypatch.setattr(season_choice, "seasonality", lambda _: told)

    found = season_of(log, day)

    assert found.is_even
    mean = np.log(season.index)
    unseen = unseen_months(counted(log.up_to(day), day))
    assert 0 < np.count_nonzero(np.diag(unseen)) < 12
    expected = (np.outer(mean, mean) + 0.01 * np.eye(12) + unseen) / 4
    assert found.covariance == pytest.approx(expected)


def test_what_was_off_a_year_ago_stands_beside_the_months_by_the_chance_of_a_season(
    wintry: PurchaseDays,
) -> None:
    """A whole year has every season in it: its own factor is of no chance."""
    day = wintry.first_day + 700
    choice = choose(wintry, day)
    found = [
        Trends(wintry, day, replace(choice, season=replace(EVEN, chance=chance)))
        .of(365)
        .orders
        for chance in (0.0, 0.5, 1.0)
    ]
    never, may_be, surely = (one.log for one in found)
    assert abs(surely - never) > 0.01
    assert may_be == pytest.approx((never + surely) / 2)
    assert found[0].sd == pytest.approx(found[2].sd)


def test_the_days_that_a_season_was_seen_in_once_tell_no_level(
    wintry: PurchaseDays, grown: CustomerModel
) -> None:
    young = fit_log(wintry, wintry.first_day + 430)
    assert young.choice is not None
    assert young.choice.season.has_season
    for days in (90, 365):
        assert young.trend(days).orders.log == 0
        assert grown.trend(days).orders.log != 0
    assert young.trend(90).orders.sd > 0.1
