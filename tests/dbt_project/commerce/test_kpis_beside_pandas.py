"""A year of a marketplace at random: the KPIs are those that pandas counts.

Nothing here reads a mart: pandas has the rows of the files, and the rules in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
import psycopg
import pytest

from orchestration.lib.reporting import kpis
from tests.dbt_project.random_market import PAID, Market, draw_market
from tests.dbt_project.warehouse import Warehouse

ZONE = "America/Santiago"
RANGES = [
    (date(2024, 6, 1), date(2025, 5, 31)),
    # The weeks in which the clocks go forward, and back.
    (date(2024, 9, 1), date(2024, 9, 14)),
    (date(2025, 3, 30), date(2025, 4, 12)),
    (date(2025, 2, 28), date(2025, 2, 28)),
]


@dataclass(frozen=True)
class Counted:
    """A market in the warehouse, and its days in Santiago."""

    company_id: str
    market: Market
    url: str

    def ask(self, function: str, start: date, end: date) -> Any:
        with psycopg.connect(self.url) as connection:
            return getattr(kpis, function)(connection, self.company_id, start, end)

    def orders(self) -> pd.DataFrame:
        """Every order with its day and what is left of its total."""
        orders = self.market.orders
        net = orders["total"] - orders["refunded_amount"].fillna(0)
        return orders.assign(day=day(orders["created_at"]), net=net)

    def purchases(self, until: date) -> pd.DataFrame:
        """Paid, by somebody known, and not paid back whole."""
        orders = self.orders()
        paid = orders["status"].isin(["pagado", "completado"])
        paid_back = (orders["refunded_amount"] > 0) & (orders["net"] <= 0)
        known = orders["user_id"].notna()
        is_early = orders["day"] <= pd.Timestamp(until)
        return orders[paid & ~paid_back & known & is_early]


@pytest.fixture(scope="module")
def counted(warehouse: Warehouse) -> Counted:
    company_id, market = warehouse.add_pair().bolt, draw_market(seed=20_251)
    warehouse.load(company_id, *market.files())
    warehouse.build(company_id)
    return Counted(company_id, market, warehouse.url)


def day(at: pd.Series) -> pd.Series:
    """The day in Santiago."""
    days: pd.Series = at.dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    return days


def midnight_after(end: date) -> pd.Timestamp:
    return (pd.Timestamp(end) + pd.DateOffset(days=1)).tz_localize(ZONE)


def within(days: pd.Series, start: date, end: date) -> pd.Series:
    return days.between(pd.Timestamp(start), pd.Timestamp(end))


def share(part: float, whole: float) -> float | None:
    return float(part) / float(whole) if whole else None


def money(amount: float, count: int) -> Decimal | None:
    cents = Decimal("0.01")
    mean = Decimal(int(amount)) / count if count else None
    return None if mean is None else mean.quantize(cents, ROUND_HALF_UP)


def acquisition(counted: Counted, start: date, end: date) -> kpis.Kpis:
    users = counted.market.users
    users = users[within(day(users["registered_at"]), start, end)]
    close = midnight_after(end)
    onboarded = int((users["onboarded_at"] < close).sum())
    verified = int((users["rut_verified_at"] < close).sum())
    firsts = counted.purchases(end).groupby("user_id")["day"].min()
    return {
        "new_user_count": len(users),
        "onboarded_user_count": onboarded,
        "onboarding_rate": share(onboarded, len(users)),
        "rut_verified_user_count": verified,
        "rut_validation_rate": share(verified, len(users)),
        "new_customer_count": int(within(firsts, start, end).sum()),
    }


def abandonment(counted: Counted, start: date, end: date) -> kpis.Kpis:
    close = midnight_after(end)
    carts = counted.market.carts
    carts = carts[within(day(carts["created_at"]), start, end)]
    placed = counted.market.orders.set_index("order_id")["created_at"]
    ordered = carts["order_id"].map(placed) < close
    touched = carts["updated_at"].fillna(carts["created_at"])
    left = ~ordered & (touched <= close - pd.Timedelta(hours=24))
    judged = int((ordered | left).sum())
    return {
        "cart_count": judged,
        "abandoned_cart_count": int(left.sum()),
        "cart_abandonment_rate": share(left.sum(), judged),
    }


def engagement(counted: Counted, start: date, end: date) -> kpis.Kpis:
    purchases = counted.purchases(end)
    year = purchases[purchases["day"] > pd.Timestamp(end) - pd.Timedelta(days=365)]
    bought = purchases[within(purchases["day"], start, end)]
    return {
        **abandonment(counted, start, end),
        "currency_code": "CLP",
        "purchase_count": len(bought),
        "net_revenue": Decimal(int(bought["net"].sum())),
        "average_order_value": money(bought["net"].sum(), len(bought)),
        "purchase_frequency": share(len(year), year["user_id"].nunique()),
    }


def operations(counted: Counted, start: date, end: date) -> kpis.Kpis:
    orders = counted.orders()
    placed = orders[within(orders["day"], start, end)]
    placed = placed[placed["status"].isin([*PAID, "cancelado"])]
    cancelled = int((placed["status"] == "cancelado").sum())
    done = orders[within(day(orders["completed_at"]), start, end)]
    cycle = done["completed_at"] - done["paid_at"]
    hours = cycle[cycle >= pd.Timedelta(0)].dt.total_seconds() / 3600
    ratings = counted.market.ratings.assign(day=day(counted.market.ratings["rated_at"]))
    rated = ratings[ratings["day"] <= pd.Timestamp(end)]["order_id"]
    scores = ratings[within(ratings["day"], start, end)]["score"]
    return {
        "order_count": len(placed),
        "cancelled_order_count": cancelled,
        "cancellation_rate": share(cancelled, len(placed)),
        "completed_order_count": len(done),
        "cycle_count": len(hours),
        "cycle_hours_average": hours.mean(),
        "cycle_hours_median": hours.quantile(0.5),
        "cycle_hours_p90": hours.quantile(0.9),
        "rating_count": len(scores),
        "rating_average": scores.mean(),
        "rating_median": scores.quantile(0.5),
        "rating_response_rate": share(done["order_id"].isin(rated).sum(), len(done)),
    }


def retention(counted: Counted, start: date, end: date) -> kpis.Kpis:
    purchases = counted.purchases(end)
    counts = purchases.groupby("user_id").size()
    month_start = end - pd.Timedelta(days=29)
    orders, sessions = counted.orders(), counted.market.sessions
    ordered = orders[within(orders["day"], month_start, end)]
    came = sessions[within(day(sessions["started_at"]), month_start, end)]
    active = {*ordered[ordered["status"] != "test"]["user_id"], *came["user_id"]}
    return {
        "currency_code": "CLP",
        "customer_count": len(counts),
        "repeat_customer_count": int((counts > 1).sum()),
        "repurchase_rate": share((counts > 1).sum(), len(counts)),
        "historic_value_per_customer": money(purchases["net"].sum(), len(counts)),
        "monthly_active_user_count": sum(isinstance(user, str) for user in active),
    }


@pytest.mark.parametrize(("start", "end"), RANGES)
@pytest.mark.parametrize(
    ("function", "count"),
    [
        ("get_acquisition_kpis", acquisition),
        ("get_cart_abandonment_rate", abandonment),
        ("get_engagement_kpis", engagement),
        ("get_operations_kpis", operations),
        ("get_retention_kpis", retention),
    ],
)
def test_the_kpis_are_those_that_pandas_counts(
    counted: Counted, function: str, count: Any, start: date, end: date
) -> None:
    expected = {"company_id": counted.company_id, **count(counted, start, end)}

    found = counted.ask(function, start, end)

    assert set(found) == set(expected)
    for name, value in expected.items():
        near = pytest.approx(value, abs=1e-9) if isinstance(value, float) else value
        assert found[name] == near, name


@pytest.mark.parametrize(("start", "end"), RANGES)
def test_the_segments_are_those_that_pandas_finds(
    counted: Counted, start: date, end: date
) -> None:
    by_user = counted.purchases(end).groupby("user_id")
    values = pd.DataFrame(
        {
            "recency": by_user["day"].max(),
            "frequency": by_user.size(),
            "monetary": by_user["net"].sum(),
        }
    )
    ranks = values.rank(method="average")
    scores = (5 * (ranks - 0.5) // len(values)).astype(int) + 1
    value_score = (scores["frequency"] + scores["monetary"] + 1) // 2

    found = counted.ask("get_rfm_segmentation", start, end)

    found = found.set_index(found["customer_id"].str.removeprefix("marketplace/"))
    assert found["recency_score"].to_dict() == scores["recency"].to_dict()
    assert found["frequency_score"].to_dict() == scores["frequency"].to_dict()
    assert found["monetary_score"].to_dict() == scores["monetary"].to_dict()
    assert found["frequency"].to_dict() == values["frequency"].to_dict()
    assert found["monetary"].astype(float).to_dict() == values["monetary"].to_dict()
    champions = set(scores.index[(scores["recency"] >= 4) & (value_score >= 4)])
    assert set(found.index[found["segment_id"] == "champions"]) == champions
    lost = set(scores.index[(scores["recency"] == 1) & (value_score == 1)])
    assert set(found.index[found["segment_id"] == "lost"]) == lost
