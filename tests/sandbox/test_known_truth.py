"""Whoever nets and merges the export correctly finds the true parameters."""

import datetime as dt
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.models import bg_nbd, gamma_gamma
from ml_assets.clv.summaries import summarise_purchases
from sandbox.buyers import simulate_purchase_days
from sandbox.tienda_norte import (
    FIRST_DAY,
    LAST_DAY,
    TRUE_PARAMETERS,
    Order,
    simulate_orders,
)
from tests.sandbox.conftest import Rows


def assert_recovered(purchases: pd.DataFrame) -> None:
    summaries = summarise_purchases(purchases, LAST_DAY)
    true = TRUE_PARAMETERS

    buying = bg_nbd.fit(
        summaries["frequency"], summaries["recency_days"], summaries["age_days"]
    )
    spending = gamma_gamma.fit(summaries["frequency"], summaries["monetary_value"])

    bought, spent = buying.parameters, spending.parameters
    found = np.array([bought.r, bought.alpha, bought.a, bought.b])
    gap = found - np.array([true.r, true.alpha, true.a, true.b])
    assert (np.abs(gap) < 3 * buying.standard_errors).all()
    gap = np.array([spent.p, spent.q, spent.v]) - np.array([true.p, true.q, true.v])
    assert (np.abs(gap) < 3 * spending.standard_errors).all()


def as_purchases(orders: list[Order]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (order.customer, order.created_at.date(), order.net / 100)
            for order in orders
            if order.kind == "purchase"
        ],
        columns=["customer_id", "date", "amount"],
    )


def test_the_delivered_export_gives_back_the_true_parameters(
    orders: dict[str, Rows], truth: dict[str, Any]
) -> None:
    heads = [rows[0] for rows in orders.values()]
    purchases = pd.DataFrame(
        [
            (
                head["Email"].strip().lower(),
                dt.date.fromisoformat(head["Created at"][:10]),
                float(head["Total"]) - float(head["Refunded Amount"]),
            )
            for head in heads
            if head["Financial Status"] in {"paid", "partially_refunded"}
            and head["Email"]
            and not head["Cancelled at"]
        ],
        columns=["customer_id", "date", "amount"],
    )

    assert_recovered(purchases)
    stated = truth["tienda_norte"]
    assert stated["bg_nbd"]["parameters"]["alpha"] == TRUE_PARAMETERS.alpha
    assert stated["bg_nbd"]["time_unit"] == "days"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_seed_gives_back_the_true_parameters(seed: int) -> None:
    orders = simulate_orders(3_000, np.random.default_rng(seed))

    assert_recovered(as_purchases(orders))


def test_orders_of_a_day_net_to_what_was_drawn_for_it() -> None:
    drawn = simulate_purchase_days(TRUE_PARAMETERS, 300, 731, np.random.default_rng(9))

    orders = simulate_orders(300, np.random.default_rng(9))

    kept: Counter[tuple[int, dt.date]] = Counter()
    for order in orders:
        if order.kind == "purchase":
            assert order.customer is not None
            kept[order.customer, order.created_at.date()] += order.net
    assert kept == {
        (day.customer, FIRST_DAY + dt.timedelta(days=day.day)): day.cents
        for day in drawn
    }


def test_counting_gross_revenue_would_miss_the_true_spend() -> None:
    # The refunds are large enough to matter: a mart that forgets them is found out.
    orders = simulate_orders(3_000, np.random.default_rng(1))
    kept = [order for order in orders if order.kind == "purchase"]

    gross = sum(order.total for order in kept)

    assert gross > 1.01 * sum(order.net for order in kept)
