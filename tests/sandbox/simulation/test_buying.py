"""Whoever fits what is simulated finds the parameters it was drawn from."""

from dataclasses import astuple
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.models import bg_nbd, gamma_gamma
from ml_assets.clv.summaries import summarise_purchases
from sandbox.simulation.buying import BUYING, SPENDING, Purchases, draw_purchases
from sandbox.simulation.companies import ANDES, TIENDA_NORTE, Company
from sandbox.simulation.demand import Demand, draw_demand
from sandbox.simulation.seasons import seasons_of
from sandbox.simulation.spend import draw_spend
from sandbox.simulation.timeline import Timeline

ANCHOR = date(2026, 11, 21)


@cache
def drawn(
    company: Company, customers: int, seed: int
) -> tuple[Timeline, Demand, Purchases]:
    timeline = Timeline(company, ANCHOR)
    rng = np.random.default_rng(seed)
    spends = draw_spend(timeline, customers, rng)
    demand = draw_demand(timeline, spends, seasons_of(timeline), customers, rng)
    purchases = draw_purchases(
        demand, timeline.days, company.exponent, company.euro_rate, rng
    )
    return timeline, demand, purchases


def summaries(company: Company, customers: int, seed: int) -> pd.DataFrame:
    """Histories up to yesterday, with the index of each customer's channel."""
    timeline, _, purchases = drawn(company, customers, seed)
    known = purchases.day < timeline.history
    frame = pd.DataFrame(
        {
            "customer_id": purchases.customer[known],
            "date": [timeline.date(day) for day in purchases.day[known].tolist()],
            "amount": purchases.net_minor[known] / 10**company.exponent,
        }
    )
    found = summarise_purchases(frame, timeline.as_of_date)
    who = np.asarray(found["customer_id"], dtype=int)
    return found.assign(channel=purchases.channel[who])


@pytest.mark.parametrize("company", [TIENDA_NORTE, ANDES], ids=lambda c: c.slug)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_thousand_customers_give_the_buying_parameters_back(
    company: Company, seed: int
) -> None:
    known = summaries(company, 3_000, seed)

    fit = bg_nbd.fit(known["frequency"], known["recency_days"], known["age_days"])

    gap = np.array(fit.parameters.values) - np.array(astuple(BUYING))
    assert (np.abs(gap) < 3 * fit.standard_errors).all()


def test_many_customers_leave_no_bias_in_the_buying_parameters() -> None:
    known = summaries(TIENDA_NORTE, 40_000, 4)

    fit = bg_nbd.fit(known["frequency"], known["recency_days"], known["age_days"])

    found, true = fit.parameters, BUYING
    assert found.r == pytest.approx(true.r, rel=0.05)
    assert found.alpha == pytest.approx(true.alpha, rel=0.05)
    share = found.a / (found.a + found.b)
    assert share == pytest.approx(true.a / (true.a + true.b), rel=0.05)


@pytest.mark.parametrize("company", [TIENDA_NORTE, ANDES], ids=lambda c: c.slug)
def test_each_channel_gives_its_own_spending_back(company: Company) -> None:
    known = summaries(company, 12_000, 5)
    _, demand, _ = drawn(company, 12_000, 5)

    for index, slug in enumerate(demand.channels):
        mine = known[known["channel"] == index]
        fit = gamma_gamma.fit(mine["frequency"], mine["monetary_value"])
        true = SPENDING.of_channel(slug, company.euro_rate)
        gap = np.array(astuple(fit.parameters)) - np.array(astuple(true))
        assert (np.abs(gap) < 3.5 * fit.standard_errors).all(), slug


def test_nobody_buys_twice_on_a_day() -> None:
    timeline, _, purchases = drawn(TIENDA_NORTE, 3_000, 1)
    pairs = purchases.customer * timeline.days + purchases.day

    assert np.unique(pairs).size == pairs.size
    assert (purchases.net_minor >= 1).all()
    assert (np.diff(purchases.day) >= 0).all()
