"""What channels bring follows their curves, and their spends can be told apart."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import least_squares

from sandbox.simulation.channels import CHANNELS, ORGANIC
from sandbox.simulation.companies import ANDES, TIENDA_NORTE, Company
from sandbox.simulation.demand import adstock, draw_demand, hill
from sandbox.simulation.seasons import seasons_of
from sandbox.simulation.spend import draw_spend
from sandbox.simulation.timeline import Timeline

Floats = npt.NDArray[np.float64]

ANCHOR = date(2026, 11, 21)
COMPANIES = pytest.mark.parametrize(
    "company", [TIENDA_NORTE, ANDES], ids=lambda company: company.slug
)


def test_adstock_carries_a_share_over_each_day() -> None:
    held = adstock(np.array([100.0, 0.0, 0.0, 8.0]), 0.5)

    assert held.tolist() == [100.0, 50.0, 25.0, 20.5]


def test_hill_is_half_at_half_saturation_and_nothing_at_nothing() -> None:
    assert hill(np.array([0.0, 30.0, 1e9]), 30.0, 2.0) == pytest.approx([0, 0.5, 1])


@COMPANIES
def test_as_many_customers_are_expected_as_were_asked_for(company: Company) -> None:
    timeline = Timeline(company, ANCHOR)
    rng = np.random.default_rng(1)
    spends = draw_spend(timeline, 5_000, rng)

    demand = draw_demand(timeline, spends, seasons_of(timeline), 5_000, rng)

    known = slice(0, timeline.history)
    expected = {slug: mean[known].sum() for slug, mean in demand.expected.items()}
    assert sum(expected.values()) == pytest.approx(5_000, rel=1e-4)
    assert expected[ORGANIC.slug] == pytest.approx(5_000 * ORGANIC.share, rel=1e-4)
    drawn = sum(int(many[known].sum()) for many in demand.drawn.values())
    assert drawn == pytest.approx(5_000, abs=5 * 5_000**0.5)


@COMPANIES
def test_spends_vary_enough_and_apart_from_each_other(company: Company) -> None:
    spends = draw_spend(Timeline(company, ANCHOR), 2_000, np.random.default_rng(3))
    days = np.stack([spend.by_day for spend in spends]).astype(float)

    variation = days.std(axis=1) / days.mean(axis=1)
    together = np.corrcoef(days) - np.eye(len(days))

    assert (variation > 0.5).all()
    assert np.abs(together).max() < 0.5


def test_the_curve_is_found_from_spend_and_new_customers() -> None:
    timeline = Timeline(TIENDA_NORTE, ANCHOR)
    rng = np.random.default_rng(2)
    spends = draw_spend(timeline, 60_000, rng)
    demand = draw_demand(timeline, spends, seasons_of(timeline), 60_000, rng)
    spend = spends[0].by_day / 100
    true = demand.responses[spends[0].channel.slug]
    seen = demand.drawn[spends[0].channel.slug]
    typical = spend.mean()

    def gap(x: Floats) -> Floats:
        theta, half, slope, scale = x
        expected = scale * hill(adstock(spend, theta), half * typical, slope)
        return np.asarray((seen - expected) / np.sqrt(seen.mean()))

    start = [0.3, 1.0, 1.0, float(seen.max())]
    bounds = ([0, 0.01, 0.3, 1], [0.95, 50, 4, 1e5])
    theta, half, slope, scale = least_squares(gap, start, bounds=bounds).x

    assert theta == pytest.approx(true.adstock, abs=0.05)
    assert half * typical == pytest.approx(true.half_saturation, rel=0.2)
    assert slope == pytest.approx(true.slope, rel=0.15)
    assert scale == pytest.approx(true.scale, rel=0.15)


@COMPANIES
def test_seasons_hold_the_holidays_and_promotions_of_the_country(
    company: Company,
) -> None:
    timeline = Timeline(company, ANCHOR)
    seasons = seasons_of(timeline)
    names = {promotion.name.rsplit(" ", 1)[0] for promotion in seasons.promotions}

    assert "Black Friday" in names
    assert ("CyberDay" in names) == (company is ANDES)
    christmas = (date(2025, 12, 25) - timeline.first_day) // timedelta(days=1)
    assert seasons.holiday[christmas] < 1
    assert seasons.trend[0] < seasons.trend[timeline.history - 1]
    black_friday = (date(2025, 11, 28) - timeline.first_day).days
    assert seasons.promotion[black_friday] > 1.5


def test_a_channel_that_ended_spends_nothing_any_more() -> None:
    timeline = Timeline(TIENDA_NORTE, ANCHOR)
    spends = draw_spend(timeline, 2_000, np.random.default_rng(1))

    for spend in spends:
        for column, ad in enumerate(spend.channel.ads):
            late = spend.by_ad[timeline.history - 30 :, column]
            assert (late.sum() == 0) == (ad.is_phantom or ad.until_share is not None)
    sources = {channel.source for channel in CHANNELS}
    assert sources == {"meta_ads", "google_ads", "tiktok_ads"}
