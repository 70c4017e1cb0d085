"""Intervals of attendance hold what they promise, also with few events."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import betabinom

from ml_assets.webinars.attendance import (
    forecast_attendance,
    forecast_of_chances,
)
from ml_assets.webinars.attendance_grades import (
    Grade,
    backtest,
    grade,
    ranked_probability_score,
)
from ml_assets.webinars.attendance_rivals import (
    beta_binomial,
    binomial,
    most_likely_rates,
    trailing_mean,
)
from ml_assets.webinars.errors import InvalidEvents, TooFewEvents
from ml_assets.webinars.events import Events


def _drawn(
    rng: np.random.Generator, count: int, strength: float, series: int = 1
) -> Events:
    means = expit(-0.5 + rng.normal(0, 0.4, series))
    of = rng.integers(series, size=count)
    n = rng.integers(60, 400, count)
    k = rng.binomial(n, rng.beta(means[of] * strength, (1 - means[of]) * strength))
    return Events.of(n.tolist(), k.tolist(), [f"series {each}" for each in of])


def test_with_five_past_events_four_of_five_intervals_hold() -> None:
    rng = np.random.default_rng(4)
    drawn = [_drawn(rng, 6, 30) for _ in range(80)]

    ours, likely = (
        sum(backtest(each, of, 5, list(range(6))).covered_count for each in drawn)
        for of in (forecast_attendance, beta_binomial)
    )

    # 64 expected, its standard error 3.6; the most likely rates alone promise more.
    assert 55 <= ours <= 73
    assert likely < ours


def test_many_alike_events_make_it_the_beta_binomial_of_the_truth() -> None:
    rng = np.random.default_rng(2)
    n, k = rng.integers(200, 400, 150), []
    for each in n:
        k.append(rng.binomial(each, rng.beta(0.4 * 60, 0.6 * 60)))
    past = Events.of(n.tolist(), k, ["monthly"] * 150)

    forecast = forecast_attendance(past, 300, "monthly")

    truth = betabinom(300, 0.4 * 60, 0.6 * 60)
    assert forecast.expected == pytest.approx(120, abs=6)
    assert forecast.lower == pytest.approx(truth.ppf(0.1), abs=8)
    assert forecast.upper == pytest.approx(truth.ppf(0.9), abs=8)


def test_a_series_is_believed_the_more_the_more_of_it_took_place() -> None:
    others = [(200, 60), (180, 60), (220, 64), (200, 62)]
    lively = [(200, 140), (210, 150), (190, 130), (200, 142)]

    def median(of_series: int) -> int:
        rows = others + lively[:of_series]
        names = ["others"] * 4 + ["lively"] * of_series
        past = Events.of([r for r, _ in rows], [s for _, s in rows], names)
        return forecast_attendance(past, 200, "lively").median

    assert median(0) < median(1) < median(4)
    assert median(4) == pytest.approx(140, abs=8)


def test_the_likely_rates_are_those_that_were_simulated() -> None:
    rng = np.random.default_rng(3)
    n = rng.integers(100, 500, 400)
    k = rng.binomial(n, rng.beta(0.35 * 25, 0.65 * 25, 400))

    m, strength = most_likely_rates(Events.of(n.tolist(), k.tolist(), ["a"] * 400))

    assert m == pytest.approx(0.35, abs=0.02)
    assert strength == pytest.approx(25, rel=0.2)


def test_a_single_number_is_the_mean_of_the_last_twelve_rates() -> None:
    past = Events.of([10] + [100] * 12, [10] + [40] * 6 + [60] * 6, ["a"] * 13)

    forecast = trailing_mean(past, 81, "a")

    # 81 x .5 = 40.5, rounded to the even one.
    assert (forecast.lower, forecast.median, forecast.upper) == (40, 40, 40)


def test_the_score_of_a_forecast_is_by_hand() -> None:
    forecast = forecast_of_chances(np.array([0.2, 0.5, 0.3]))

    # P(at most 0, 1, 2) = .2, .7, 1 against 0, 1, 1: .04 + .09 + 0.
    assert ranked_probability_score(forecast, 1) == pytest.approx(0.13)
    assert (forecast.lower, forecast.median, forecast.upper) == (0, 1, 2)
    assert forecast.expected == pytest.approx(1.1)


def test_grades_are_shares_of_registrants() -> None:
    sure = forecast_of_chances(np.array([0, 0, 1.0, 0, 0]))

    found = grade([(sure, 2), (sure, 4)])

    assert (found.forecast_count, found.covered_count) == (2, 1)
    assert found.mean_absolute_error_ratio == pytest.approx(0.25)
    assert found.mean_crps_ratio == pytest.approx(0.25)
    with pytest.raises(ValueError, match="graded"):
        grade([])


@pytest.mark.parametrize(
    ("covered", "is_kept"), [(2, False), (8, False), (9, True), (12, True), (13, False)]
)
def test_of_thirteen_intervals_nine_to_twelve_are_to_hold(
    covered: int, is_kept: bool
) -> None:
    assert Grade(13, covered, 0.1, 0.1, 0.1).is_kept is is_kept


def test_registrants_who_decide_alone_are_too_sure() -> None:
    events = _drawn(np.random.default_rng(8), 40, 30)

    found = backtest(events, binomial, 10, list(range(40)))

    assert not found.is_kept
    assert found.covered_count < found.fewest_covered


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidEvents, match="Event 2 has 11 shows of 10"):
        Events.of([10, 10], [3, 11], ["a", "a"])
    with pytest.raises(InvalidEvents, match="other lengths"):
        Events.of([10, 10], [3], ["a", "a"])
    past = Events.of([10, 12, 11], [3, 4, 4], ["a", "a", "a"])
    with pytest.raises(TooFewEvents, match="2 past events"):
        forecast_attendance(past.first(2), 10, "a")
    with pytest.raises(InvalidEvents, match="Nobody"):
        forecast_attendance(past, 0, "a")
