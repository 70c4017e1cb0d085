"""A company is valued whole, or not at all and with the reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.drift import LastPublished
from ml_assets.clv.purchases import PurchaseDays, purchase_days
from ml_assets.clv.rolling import month_end_origins, rolling_backtests, scored
from ml_assets.clv.summaries import summarise_purchases
from ml_assets.clv.valuation import (
    GATES,
    Evidence,
    MartTotals,
    Valuation,
    ValuationSettings,
    method_of,
    value_customers,
)

FIRST, SECOND = dt.date(2024, 11, 30), dt.date(2024, 12, 7)
NO_SOURCES = pd.DataFrame(columns=["source", "last_order_date", "share"])


def shop(customers: int = 500, seed: int = 1) -> pd.DataFrame:
    """Purchases of two years, by people who buy for a while and then stop."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        wait, spend = 1 / rng.gamma(0.9, 1 / 40), rng.gamma(6, 8)
        day = int(rng.integers(0, 640))
        while day < 730:
            rows.append((f"c{number}", day, round(float(rng.gamma(6, spend / 6)), 2)))
            if rng.random() < 0.15:
                break
            day += 1 + int(rng.exponential(wait))
    log = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    start = pd.Timestamp("2023-01-01")
    return log.assign(ordered_at=start + pd.to_timedelta(log["ordered_at"], "D"))


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return shop()


@pytest.fixture(scope="module")
def published(log: pd.DataFrame) -> Valuation:
    return value(log, FIRST, backtested=True)


@pytest.fixture(scope="module")
def last(published: Valuation) -> LastPublished:
    assert published.predictions is not None
    return LastPublished(FIRST, method_of("fitted"), published.predictions)


def value(
    log: pd.DataFrame,
    as_of: dt.date,
    last: LastPublished | None = None,
    *,
    backtested: bool = False,
    accept_changes: bool = False,
    penalizer: float = 0.0,
) -> Valuation:
    known = log[log["ordered_at"] <= pd.Timestamp(as_of)]
    summaries = counted(known, as_of)
    days = PurchaseDays.empty()
    if len(known):
        days, _ = purchase_days(known, as_of)
    scores = [pd.DataFrame(columns=["origin_date", "model", "rmse", "brier"])]
    if backtested:
        scores = [
            scored(test)
            .T.rename_axis("model")
            .reset_index()
            .assign(origin_date=one.date)
            for one, test in rolling_backtests(days, month_end_origins(days, as_of))
        ]
    evidence = Evidence(
        mart=MartTotals(len(summaries), sum(summaries["historic_value"], Decimal(0))),
        last=last,
        sources=NO_SOURCES,
        backtests=pd.concat(scores),
        accept_changes=accept_changes,
    )
    return value_customers(
        days, summaries, as_of, ValuationSettings(penalizer=penalizer), evidence
    )


def counted(log: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """What the mart has of it."""
    if log.empty:
        columns = ("customer_id", "frequency", "age_days", "historic_value")
        return pd.DataFrame(columns=[*columns, "last_order_date"])
    rows = summarise_purchases(log.rename(columns={"ordered_at": "date"}), as_of)
    money = pd.Series([Decimal(f"{value:.2f}") for value in rows["historic_value"]])
    latest = log["ordered_at"].max().date()
    return rows.assign(historic_value=money, last_order_date=latest)


def outcomes(valuation: Valuation) -> dict[str, str]:
    return {gate.gate: gate.outcome for gate in valuation.gates}


def test_a_usual_shop_passes_every_gate(
    published: Valuation, log: pd.DataFrame
) -> None:
    assert set(outcomes(published)) == set(GATES)
    assert published.reasons == []
    assert published.predictions is not None
    until = log[log["ordered_at"] <= pd.Timestamp(FIRST)]
    assert len(published.predictions) == until["customer_id"].nunique()
    assert published.totals is not None


def test_the_next_week_is_compared_with_the_last_one(
    log: pd.DataFrame, last: LastPublished
) -> None:
    valuation = value(log, SECOND, last)

    assert valuation.reasons == []
    seen = {gate.gate: gate for gate in valuation.gates}
    assert seen["same_past"].outcome == "passed"
    assert seen["same_past"].observed == 0
    assert seen["stable_totals"].observed == pytest.approx(1, abs=0.25)


def test_shuffled_dates_are_blocked(log: pd.DataFrame, last: LastPublished) -> None:
    days = np.random.default_rng(1).permutation(log["ordered_at"].to_numpy())

    valuation = value(log.assign(ordered_at=days), SECOND, last)

    assert outcomes(valuation)["same_past"] == "blocked"
    assert valuation.predictions is None
    assert "--accept-changes" in valuation.reasons[0]


def test_doubled_amounts_are_blocked(log: pd.DataFrame, last: LastPublished) -> None:
    valuation = value(log.assign(amount=log["amount"] * 2), SECOND, last)

    assert outcomes(valuation)["same_past"] == "blocked"
    assert "2.00 times" in valuation.reasons[0]


def test_amounts_that_double_from_now_on_are_blocked(
    log: pd.DataFrame, last: LastPublished
) -> None:
    new = log["ordered_at"] > pd.Timestamp(FIRST)
    later = dt.date(2024, 12, 25)

    valuation = value(
        log.assign(amount=log["amount"] * np.where(new, 3, 1)), later, last
    )

    assert outcomes(valuation)["usual_amounts"] == "blocked"


def test_a_stale_source_is_blocked(log: pd.DataFrame, last: LastPublished) -> None:
    stopped = log[log["ordered_at"] <= pd.Timestamp(FIRST)]

    valuation = value(stopped, dt.date(2025, 1, 1), last)

    assert outcomes(valuation)["recent_orders"] == "blocked"


def test_what_somebody_accepts_is_published_and_says_so(
    log: pd.DataFrame, last: LastPublished
) -> None:
    doubled = log.assign(amount=log["amount"] * 2)

    valuation = value(doubled, SECOND, last, accept_changes=True)

    assert valuation.reasons == []
    assert outcomes(valuation)["same_past"] == "warned"
    accepted = [g.message for g in valuation.gates if g.message.startswith("Accepted")]
    assert accepted


def test_nobody_can_accept_a_silent_source(log: pd.DataFrame) -> None:
    valuation = value(log, dt.date(2025, 6, 1), accept_changes=True)

    assert outcomes(valuation)["recent_orders"] == "blocked"


@pytest.mark.parametrize("customers", [0, 1, 9])
def test_too_few_customers_block_and_say_how_many_are_needed(customers: int) -> None:
    valuation = value(shop(customers), FIRST)

    assert valuation.predictions is None
    assert "at least 10" in valuation.reasons[0]


def test_few_repeat_buyers_get_the_average_of_the_company(log: pd.DataFrame) -> None:
    once = log.drop_duplicates("customer_id")

    valuation = value(once, dt.date(2024, 9, 30))

    assert valuation.reasons == []
    assert outcomes(valuation)["enough_data"] == "warned"
    assert outcomes(valuation)["converged"] == "warned"
    assert valuation.predictions is not None
    assert set(valuation.predictions["status"]) == {"cohort_average"}


def test_totals_that_differ_from_the_orders_by_a_cent_block(log: pd.DataFrame) -> None:
    known = log[log["ordered_at"] <= pd.Timestamp(FIRST)]
    days, _ = purchase_days(known, FIRST)
    summaries = counted(known, FIRST)
    total = sum(summaries["historic_value"], Decimal("0.01"))
    scores = pd.DataFrame(columns=["origin_date", "model", "rmse", "brier"])
    evidence = Evidence(MartTotals(len(summaries), total), None, NO_SOURCES, scores)

    valuation = value_customers(days, summaries, FIRST, ValuationSettings(), evidence)

    assert valuation.predictions is None
    assert "-0.01" in valuation.reasons[0]


def test_summaries_that_are_not_of_these_purchases_block(log: pd.DataFrame) -> None:
    known = log[log["ordered_at"] <= pd.Timestamp(FIRST)]
    days, _ = purchase_days(known.iloc[5:], FIRST)
    summaries = counted(known, FIRST)
    mart = MartTotals(len(summaries), sum(summaries["historic_value"], Decimal(0)))
    scores = pd.DataFrame(columns=["origin_date", "model", "rmse", "brier"])

    valuation = value_customers(
        days,
        summaries,
        FIRST,
        ValuationSettings(),
        Evidence(mart, None, NO_SOURCES, scores),
    )

    assert "mart changed during the run" in valuation.reasons[0]


def test_a_shop_where_everything_costs_the_same_is_valued_without_a_spend_model(
    log: pd.DataFrame,
) -> None:
    valuation = value(log.assign(amount=25.0), FIRST)

    assert valuation.reasons == []
    assert valuation.model is not None
    assert valuation.model.spending.fit is None
    assert outcomes(valuation)["converged"] == "warned"
    assert valuation.predictions is not None
    assert set(valuation.predictions["expected_order_value"]) == {Decimal("25.00")}


def test_subscribers_who_never_stop_are_still_valued() -> None:
    rng = np.random.default_rng(5)
    rows = [
        (
            f"c{number}",
            pd.Timestamp("2023-01-05") + pd.Timedelta(days=first + 30 * k),
            m,
        )
        for number in range(300)
        for first, m in [(int(rng.integers(0, 300)), float(rng.gamma(6, 8)))]
        for k in range((690 - first) // 30 + 1)
    ]
    log = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])

    valuation = value(log, FIRST)

    assert valuation.reasons == []
    assert valuation.predictions is not None
    assert valuation.predictions["probability_alive"].median() > 0.9


def test_the_penalizer_reaches_every_fit(log: pd.DataFrame) -> None:
    plain, penalized = value(log, FIRST), value(log, FIRST, penalizer=0.1)

    for valuation, penalizer in ((plain, 0.0), (penalized, 0.1)):
        assert valuation.model is not None
        assert valuation.model.choice is not None
        fits = [one.fit for one in valuation.model.candidates if one.fit]
        assert {fit.penalizer for fit in fits} == {penalizer}


def test_a_forecast_worse_than_the_own_rate_is_blocked(
    log: pd.DataFrame, last: LastPublished
) -> None:
    known = log[log["ordered_at"] <= pd.Timestamp(SECOND)]
    days, _ = purchase_days(known, SECOND)
    summaries = counted(known, SECOND)
    scores = pd.DataFrame(
        [("chosen", 1.1, 0.21), ("naive", 1.0, 0.2)], columns=["model", "rmse", "brier"]
    ).assign(origin_date=FIRST)
    mart = MartTotals(len(summaries), sum(summaries["historic_value"], Decimal(0)))
    evidence = Evidence(mart, last, NO_SOURCES, scores)

    worse = value_customers(days, summaries, SECOND, ValuationSettings(), evidence)
    half = replace(evidence, backtests=scores.assign(brier=[0.19, 0.2]))
    better = value_customers(days, summaries, SECOND, ValuationSettings(), half)

    assert outcomes(worse)["better_than_naive"] == "blocked"
    assert outcomes(better)["better_than_naive"] == "warned"
