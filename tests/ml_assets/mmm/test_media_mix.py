"""A media mix finds what is known, says how sure it is, and refuses what it cannot."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets import mmm
from ml_assets.mmm import MediaMix
from ml_assets.mmm.baseline import baseline
from ml_assets.mmm.errors import InvalidSeries, NothingToFit, TooShortHistory
from ml_assets.mmm.posterior import Posterior
from ml_assets.mmm.sampler import split_r_hat
from tests.ml_assets.mmm.market import CHANNELS, Market, company, market


def fitted(frame: pd.DataFrame, **settings: Any) -> MediaMix:
    return mmm.fit(
        frame,
        outcome="revenue",
        channels=CHANNELS,
        controls=["promotion"],
        **settings,
    )


@pytest.fixture(scope="module")
def known() -> Market:
    return market()


@pytest.fixture(scope="module")
def mix(known: Market) -> MediaMix:
    return fitted(known.frame)


@pytest.mark.parametrize("kind", ["hill", "logistic"])
def test_the_gradient_is_that_of_the_posterior(kind: str) -> None:
    rng = np.random.default_rng(3)
    dates = np.datetime64("2024-01-01") + 7 * np.arange(120)
    posterior = Posterior(
        kind,
        1 + 0.1 * rng.standard_normal(120),
        rng.gamma(2.0, 0.5, (120, 2)),
        baseline(dates, {"sale": rng.random(120)}, 120),
        -0.8,
    )
    point = posterior.start(0.4, 0.9, 0.12) + 0.1 * rng.standard_normal(posterior.size)
    weights = rng.gamma(3.0, 1 / 3, (1, 120))
    observed = posterior.observed(posterior.outcome[None], weights, np.array([0.4]))

    _, slopes = posterior.one(point, observed)

    width = 1e-5
    steps = np.eye(point.size) * width
    ends = [
        [posterior.one(point + sign * step, observed)[0] for sign in (1, -1)]
        for step in steps
    ]
    differences = [(above - below) / (2 * width) for above, below in ends]
    assert slopes == pytest.approx(differences, rel=1e-4, abs=1e-5)


def test_a_batch_of_points_is_each_of_them() -> None:
    """Large batches are taken in parts."""
    rng = np.random.default_rng(4)
    dates = np.datetime64("2024-01-01") + np.arange(400)
    posterior = Posterior(
        "hill",
        1 + 0.1 * rng.standard_normal(400),
        rng.gamma(2.0, 0.5, (400, 2)),
        baseline(dates, {}, 400),
        -0.8,
    )
    points = posterior.start(0.4, 0.9, 0.12) + 0.3 * rng.standard_normal(
        (64, posterior.size)
    )

    values, slopes = posterior.batch(points, posterior.evenly(64))

    for point, value, slope in zip(points, values, slopes, strict=True):
        alone, alone_slope = posterior.one(point, posterior.evenly(1))
        assert value == pytest.approx(alone)
        assert slope == pytest.approx(alone_slope, rel=1e-6, abs=1e-8)


def test_what_the_channels_brought_is_found(mix: MediaMix, known: Market) -> None:
    channels = mix.channels().set_index("channel")
    truth = dict(zip(CHANNELS, known.truth.sum(axis=0), strict=True))

    assert mix.status == "fitted"
    for name, brought in truth.items():
        row = channels.loc[name]
        assert row["contribution_lower"] <= brought <= row["contribution_upper"], name
    total = channels["contribution"].sum()
    assert total == pytest.approx(known.truth.sum(), rel=0.15)


def test_components_add_up_to_what_was_fitted(mix: MediaMix, known: Market) -> None:
    parts = mix.contributions()

    kinds = parts.drop_duplicates("component").set_index("component")["kind"].to_dict()
    assert kinds == {
        "baseline": "baseline",
        "trend": "trend",
        "season": "season",
        "promotion": "control",
        **dict.fromkeys(CHANNELS, "paid"),
    }
    total = parts.groupby("date")["contribution"].sum().to_numpy()
    assert total == pytest.approx(mix.fitted()["expected"].to_numpy(), rel=1e-12)
    assert total.mean() == pytest.approx(known.frame["revenue"].mean(), rel=0.01)
    assert (parts["contribution_lower"] <= parts["contribution_upper"]).all()


def test_the_same_input_gives_the_same_bytes(mix: MediaMix, known: Market) -> None:
    again = fitted(known.frame)

    assert again.draws.points.tobytes() == mix.draws.points.tobytes()
    pd.testing.assert_frame_equal(again.channels(), mix.channels())


def test_another_currency_changes_the_unit_and_nothing_else(
    mix: MediaMix, known: Market
) -> None:
    # A power of two, so that not a bit of the scaled numbers changes.
    pesos = known.frame.assign(
        **{name: 1024 * known.frame[name] for name in ("revenue", *CHANNELS)}
    )

    found = fitted(pesos).channels()

    expected = mix.channels()
    assert found["roi"].to_numpy() == pytest.approx(expected["roi"])
    assert found["contribution"].to_numpy() == pytest.approx(
        1024 * expected["contribution"]
    )


def test_weeks_that_were_held_back_are_predicted_with_intervals(known: Market) -> None:
    until = known.frame["date"].iloc[-14].date()
    known_until = fitted(known.frame, fitted_until=until)

    later = known_until.held_back()

    inside = later["actual"].between(later["expected_lower"], later["expected_upper"])
    assert inside.sum() >= 9
    error = (later["expected"] / later["actual"] - 1).abs().mean()
    assert error < 0.10
    # Weeks err together, by the level, and apart, by their noise: the total is less
    # sure than of weeks that err apart, and surer than of weeks all off at once.
    lower, upper = known_until.held_back_total()
    width = later["expected_upper"] - later["expected_lower"]
    assert np.sqrt((width**2).sum()) < upper - lower < width.sum()
    assert lower < later["actual"].sum() < upper
    assert lower < later["expected"].sum() < upper


def test_a_black_friday_is_not_credited_to_advertising(
    known: Market, mix: MediaMix
) -> None:
    spike = np.isin(np.arange(len(known.frame)), (47, 99, 151))
    spiked = known.frame.assign(
        black_friday=spike.astype(float),
        revenue=known.frame["revenue"] * np.where(spike, 2.2, 1.0),
    )

    found = mmm.fit(
        spiked,
        outcome="revenue",
        channels=CHANNELS,
        controls=["promotion", "black_friday"],
    )

    before = mix.channels()["contribution"].sum()
    after = found.channels()["contribution"].sum()
    assert after == pytest.approx(before, rel=0.15)
    parts = found.contributions().set_index("component")["contribution"]
    assert parts["black_friday"].max() > 0.5 * 40_000


def test_a_curve_says_where_it_has_seen_nothing(mix: MediaMix, known: Market) -> None:
    largest = known.frame["meta"].max()

    curve = mix.curve("meta", [0.0, largest / 2, largest, 2 * largest])

    assert curve["is_observed"].tolist() == [True, True, True, False]
    assert curve["expected"].iloc[0] == pytest.approx(0, abs=1e-3)
    assert (curve["expected"].diff().dropna() > 0).all()
    assert (curve["expected_lower"] <= curve["expected"]).all()


def test_channels_that_cannot_be_fitted_say_why(known: Market) -> None:
    frame = known.frame.assign(never=0.0, constant=500.0, once=0.0)
    frame.loc[10, "once"] = 9000.0

    found = mmm.fit(
        frame, outcome="revenue", channels=["meta", "never", "constant", "once"]
    )

    rows = found.channels().set_index("channel")
    assert rows["status"].to_dict() == {
        "meta": "fitted",
        "never": "never_used",
        "constant": "constant",
        "once": "used_too_rarely",
    }
    assert rows["roi"].isna().tolist() == [False, True, True, True]
    with pytest.raises(InvalidSeries, match="never has no curve: it is never_used"):
        found.curve("never", [1.0])


def test_channels_that_move_together_are_not_told_apart(known: Market) -> None:
    """Their sum is known, their shares are not, and the intervals say so."""
    frame = known.frame.assign(twin=known.frame["meta"] * 1.001)

    rows = mmm.fit(frame, outcome="revenue", channels=["meta", "twin"]).channels()

    width = rows["contribution_upper"] - rows["contribution_lower"]
    assert (width > 0.5 * rows["contribution"]).all()


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("meta", -1.0, "column meta, row 5: -1.0 is below 0"),
        ("meta", None, r"column meta, row 5: .*is not a number"),
        ("promotion", np.inf, "column promotion, row 5: inf is not a number"),
        ("date", pd.NaT, "column date, row 5: NaT is not a date"),
    ],
)
def test_a_bad_value_is_named_with_its_row(
    known: Market, column: str, value: Any, says: str
) -> None:
    broken = known.frame.astype(object)
    broken.loc[5, column] = value

    with pytest.raises(InvalidSeries, match=says):
        fitted(broken)


def test_gaps_and_short_histories_are_refused(known: Market) -> None:
    with pytest.raises(InvalidSeries, match=r"row 30: .*does not follow 7 days"):
        fitted(known.frame.drop(index=30).reset_index(drop=True))
    with pytest.raises(TooShortHistory, match="350 days"):
        fitted(known.frame.head(50))
    with pytest.raises(InvalidSeries, match="column sales is missing"):
        mmm.fit(known.frame, outcome="sales", channels=CHANNELS)
    with pytest.raises(InvalidSeries, match="0 throughout"):
        fitted(known.frame.assign(revenue=0.0))
    with pytest.raises(NothingToFit, match="meta is never_used"):
        fitted(known.frame.assign(meta=0.0, google=0.0, tiktok=0.0))
    with pytest.raises(InvalidSeries, match="use hill or logistic"):
        fitted(known.frame, saturation="log")


def test_a_year_of_days_has_weekdays_but_no_season() -> None:
    rng = np.random.default_rng(5)
    days = 400
    spend = 100 * rng.gamma(2.0, 0.5, days)
    weekday = np.tile([1.0, 1, 1, 1, 1.3, 1.5, 0.8], 60)[:days]
    frame = pd.DataFrame(
        {
            "date": pd.date_range("2025-01-06", periods=days),
            "revenue": 1000 * weekday + 2 * spend + 30 * rng.standard_normal(days),
            "meta": spend,
        }
    )

    parts = mmm.fit(
        frame, outcome="revenue", channels=["meta"], draws=100
    ).contributions()

    assert "season" not in set(parts["kind"])
    parts = parts[parts["component"] == "weekday"]
    by_day = parts.groupby(parts["date"].dt.day_of_week)["contribution"].mean()
    assert by_day.idxmax() == 5
    assert by_day[5] - by_day[0] == pytest.approx(500, rel=0.2)


def test_chains_that_agree_have_an_r_hat_of_one() -> None:
    rng = np.random.default_rng(1)
    same = rng.standard_normal((4, 500, 2))
    apart = same + np.arange(4)[:, None, None] * [0.0, 3.0]

    assert split_r_hat(same) == pytest.approx([1, 1], abs=0.02)
    assert split_r_hat(apart)[1] > 2


def test_intervals_of_contributions_hold_the_truth() -> None:
    """Eight companies that differ in everything, three channels, 90 % intervals."""
    held = []
    for seed in range(200, 208):
        known = company(seed)
        rows = fitted(known.frame, draws=200).channels()
        truth = known.truth.sum(axis=0)
        held += list(
            (rows["contribution_lower"] <= truth)
            & (truth <= rows["contribution_upper"])
        )

    # Of 24 at 0.9, fewer than 17 happen twice in a thousand.
    assert sum(held) >= 17


def test_dates_of_the_fit_can_be_given_as_a_day(known: Market) -> None:
    day = dt.date(2025, 6, 1)

    found = fitted(known.frame, fitted_until=day, draws=50)

    assert found.series.dates[found.series.fitted - 1] <= np.datetime64(day)
