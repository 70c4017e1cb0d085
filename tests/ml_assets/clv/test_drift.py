"""What moves between two runs, and what must not."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from ml_assets.clv.drift import (
    LastPublished,
    same_past,
    stable_totals,
    usual_amounts,
)
from ml_assets.clv.purchases import PurchaseDays, days_since_1970, purchase_days

THEN = dt.date(2026, 3, 31)
# Ten customers: a purchase on January 1 and another `n` days later, 10 each.
ROWS = [
    (f"c{n}", day, 10.0)
    for n in range(10)
    for day in (
        pd.Timestamp("2026-01-01"),
        pd.Timestamp("2026-01-02") + pd.Timedelta(days=n),
    )
]
LOG = pd.DataFrame(ROWS, columns=["customer_id", "ordered_at", "amount"])
METHOD = "fitted, version 2"
LAST = LastPublished(
    THEN,
    METHOD,
    pd.DataFrame(
        {
            "customer_id": [f"c{n}" for n in range(10)],
            "frequency": 1,
            "recency_days": [n + 1 for n in range(10)],
            "age_days": 89,
            "historic_value": 20.0,
            "predicted_value_12m": 50.0,
        }
    ),
)


def days_of(log: pd.DataFrame) -> PurchaseDays:
    days, _ = purchase_days(log, dt.date(2026, 4, 30))
    return days


def moved(count: int) -> pd.DataFrame:
    """The second purchase of some customers on another day."""
    log = LOG.copy()
    second = log.index[1::2][:count]
    log.loc[second, "ordered_at"] += pd.Timedelta(days=20)
    return log


@pytest.mark.parametrize(
    ("log", "outcome", "observed"),
    [
        (LOG, "passed", 0.0),
        (moved(2), "warned", 0.2),
        (moved(4), "warned", 0.4),
        (moved(5), "blocked", 0.5),
        (LOG.iloc[4:], "warned", 0.2),
        (LOG.iloc[10:], "blocked", 0.5),
        (LOG.assign(amount=10.4), "passed", 0.0),
        (LOG.assign(amount=11.0), "warned", 1.1),
        (LOG.assign(amount=12.6), "blocked", 1.26),
        (LOG.assign(amount=7.9), "blocked", 0.79),
        (LOG.assign(amount=0.0), "blocked", 0.0),
    ],
    ids=[
        *(
            "same",
            "a fifth moved",
            "four moved",
            "half moved",
            "a fifth gone",
            "half gone",
        ),
        *("4 % more", "10 % more", "26 % more", "21 % less", "all free"),
    ],
)
def test_the_past_stays_what_it_was(
    log: pd.DataFrame, outcome: str, observed: float
) -> None:
    result = same_past(days_of(log), LAST)

    assert result.outcome == outcome, result.message
    assert result.observed == pytest.approx(observed)


def test_orders_after_the_last_run_are_no_change_of_the_past() -> None:
    new = LOG.assign(ordered_at=pd.Timestamp("2026-04-10"), amount=500.0)

    assert same_past(days_of(pd.concat([LOG, new])), LAST).observed == 0


def test_an_older_export_only_adds() -> None:
    older = LOG.assign(ordered_at=pd.Timestamp("2025-11-11"))

    result = same_past(days_of(pd.concat([LOG, older])), LAST)

    assert result.outcome == "passed"
    assert "100.0% have more" in result.message


def test_a_lost_purchase_hidden_by_others_that_were_added_is_no_growth() -> None:
    """More purchase days than before, but the last one of them is gone."""
    added = LOG[LOG["ordered_at"] == "2026-01-01"]
    log = pd.concat(
        [
            added,
            added.assign(ordered_at=pd.Timestamp("2025-12-01")),
            added.assign(ordered_at=pd.Timestamp("2025-12-02")),
        ]
    )

    assert same_past(days_of(log), LAST).outcome == "blocked"


def test_a_shuffle_of_the_newest_weeks_is_seen_in_those_who_were_active() -> None:
    """Of 70 customers ten have moved: few of all, all of those who are around."""
    old = pd.concat(
        [
            LOG.assign(
                customer_id=f"old{n}-" + LOG["customer_id"],
                ordered_at=LOG["ordered_at"] - pd.Timedelta(days=400),
            )
            for n in range(6)
        ]
    )
    known = LAST.customers.assign(age_days=489)
    before = pd.concat(
        [LAST.customers]
        + [
            known.assign(customer_id=f"old{n}-" + known["customer_id"])
            for n in range(6)
        ]
    )
    last = replace(LAST, customers=before)

    same = same_past(days_of(pd.concat([LOG, old])), last)
    shuffled = same_past(days_of(pd.concat([moved(10), old])), last)

    assert (same.outcome, same.observed) == ("passed", 0)
    assert shuffled.outcome == "blocked"
    assert shuffled.observed == 1


def test_without_a_run_before_there_is_nothing_to_compare() -> None:
    assert same_past(days_of(LOG), None).outcome == "passed"
    assert stable_totals(LAST.customers, None, THEN, METHOD).outcome == "passed"


@pytest.mark.parametrize(
    ("factor", "outcome"),
    [
        (1.0, "passed"),
        (1.3, "passed"),
        (1.5, "warned"),
        (1.9, "blocked"),
        (0.5, "warned"),
        (0.35, "blocked"),
    ],
)
def test_a_usual_purchase_is_worth_what_it_was_the_year_before(
    factor: float, outcome: str
) -> None:
    days = pd.date_range("2025-06-01", "2026-03-31")
    new = days > pd.Timestamp(THEN) - pd.Timedelta(days=28)
    log = pd.DataFrame(
        {
            "customer_id": "a",
            "ordered_at": days,
            "amount": 10.0 + 10 * (factor - 1) * new,
        }
    )
    twice = pd.concat([log, log.assign(customer_id="b")])

    result = usual_amounts(days_of(twice), days_since_1970(THEN))

    assert result.outcome == outcome
    assert result.observed == pytest.approx(factor)


def test_a_level_that_was_accepted_is_not_asked_for_every_night() -> None:
    days = pd.date_range("2025-06-01", "2026-03-31")
    new = days > pd.Timestamp(THEN) - pd.Timedelta(days=28)
    log = pd.DataFrame(
        {"customer_id": "a", "ordered_at": days, "amount": 10 + 10.0 * new}
    )
    twice, day = pd.concat([log, log.assign(customer_id="b")]), days_since_1970(THEN)

    for ratio, outcome in ((None, "blocked"), (1.7, "blocked"), (1.9, "warned")):
        last = replace(LAST, amount_ratio=ratio)
        assert usual_amounts(days_of(twice), day, last).outcome == outcome


def test_a_few_purchases_prove_no_jump() -> None:
    log = LOG.assign(ordered_at=pd.Timestamp("2026-03-20"), amount=10_000.0)

    result = usual_amounts(days_of(pd.concat([LOG, log])), days_since_1970(THEN))

    assert (result.outcome, result.observed) == ("passed", None)


def many(value: float, customers: int = 60) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [f"c{n}" for n in range(customers)],
            "frequency": 1,
            "predicted_value_12m": value,
        }
    )


@pytest.mark.parametrize(
    ("value", "outcome"),
    [(50, "passed"), (65, "warned"), (39, "warned"), (101, "blocked"), (24, "blocked")],
)
def test_the_same_customers_are_not_suddenly_worth_twice(
    value: float, outcome: str
) -> None:
    last = LastPublished(THEN, METHOD, many(50))
    tomorrow = THEN + dt.timedelta(days=1)

    assert stable_totals(many(value), last, tomorrow, METHOD).outcome == outcome


def test_the_order_of_the_rows_is_not_in_the_last_digit() -> None:
    then = many(50).assign(predicted_value_12m=[0.1 * n / 3 for n in range(60)])
    tomorrow = THEN + dt.timedelta(days=1)

    told = {
        stable_totals(
            many(50), LastPublished(THEN, METHOD, rows), tomorrow, METHOD
        ).observed
        for rows in (then.sample(frac=1, random_state=turn) for turn in range(5))
    }

    assert len(told) == 1


def test_a_total_may_move_when_it_is_small_old_or_of_another_method() -> None:
    small = LastPublished(THEN, METHOD, many(50, customers=49))
    usual = LastPublished(THEN, METHOD, many(50))
    tomorrow, later = (THEN + dt.timedelta(days=days) for days in (1, 46))

    doubled = many(150)
    assert stable_totals(doubled, small, tomorrow, METHOD).outcome == "warned"
    assert stable_totals(doubled, usual, later, METHOD).outcome == "passed"
    assert stable_totals(doubled, usual, tomorrow, "other").outcome == "passed"
