"""The marketplace's files, and the answers an analysis of them should find."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np

from sandbox.buyers import simulate_purchase_days
from sandbox.marketplace import orders as ordering
from sandbox.marketplace import people
from sandbox.marketplace.orders import Cart, Order
from sandbox.marketplace.people import User
from sandbox.marketplace.period import TIME_ZONE, Period

__all__ = ["DEFAULT_DAYS", "DEFAULT_SEED", "DEFAULT_USERS", "LAST_DAY", "marketplace"]

DEFAULT_SEED: Final = 20260630
DEFAULT_USERS: Final = 1_500
DEFAULT_DAYS: Final = 540
LAST_DAY: Final = date(2026, 6, 30)
_BUYERS: Final = 0.6
"""Share of users who ever buy."""


def marketplace(
    *,
    users: int = DEFAULT_USERS,
    days: int = DEFAULT_DAYS,
    seed: int = DEFAULT_SEED,
    last_day: date = LAST_DAY,
) -> dict[str, str]:
    """Content of every file by its name, and of truth.json; the same for the same seed.

    Parameters
    ----------
    users : registered users.
    days : length of the history, which ends with `last_day`.
    """
    period = Period(last_day, days)
    rng = np.random.default_rng(seed)
    purchases = simulate_purchase_days(
        ordering.BUYING, round(users * _BUYERS), days, rng
    )
    first_day: dict[int, int] = {}
    for purchase in purchases:
        first_day.setdefault(purchase.customer, purchase.day)
    registered = [_registration(first_day.get(n), period, rng) for n in range(users)]
    registrants = people.draw_users(registered, period, rng)
    orders = ordering.draw_orders(purchases, registrants, period, rng)
    carts = ordering.draw_carts(orders, period, rng)
    sessions = _sessions(carts, registrants, period, rng)
    return {
        "users.csv": _csv(map(_user_row, registrants)),
        "carts.csv": _csv(row for cart in carts for row in _cart_rows(cart)),
        "orders.csv": _csv(map(_order_row, orders)),
        "order_items.csv": _csv(row for o in orders for row in _item_rows(o)),
        "payments.csv": _csv(_payment_row(o) for o in orders if o.paid_at),
        "ratings.csv": _csv(_rating_row(o) for o in orders if o.score),
        "sessions.csv": _csv(sessions),
        "truth.json": json.dumps(
            {"plaza": _truth(period, registrants, orders, carts)},
            indent=2,
            ensure_ascii=False,
        )
        + "\n",
    }


def _registration(
    first_day: int | None, period: Period, rng: np.random.Generator
) -> datetime:
    """Some days before the first purchase; of who never buys, any time."""
    if first_day is None:
        return period.moment(int(rng.integers(period.days)), rng)
    day = max(0, first_day - int(rng.exponential(4)))
    # Whoever registers and buys on one day, registers in its first minutes.
    if day == first_day:
        return period.later(period.midnight(day), timedelta(minutes=1))
    return period.moment(day, rng)


def _sessions(
    carts: list[Cart], users: list[User], period: Period, rng: np.random.Generator
) -> list[dict[str, object]]:
    """A visit before every cart, and some that led to nothing."""
    visits = [
        (period.later(cart.created_at, timedelta(minutes=-6)), cart.user)
        for cart in carts
    ]
    for user in users:
        span = (period.end - user.registered_at).total_seconds()
        for _ in range(int(rng.poisson(span / 86_400 / 120))):
            seconds = float(rng.uniform(0, span))
            at = period.later(user.registered_at, timedelta(seconds=seconds))
            visits.append((at, user))
    visits.sort(key=lambda visit: visit[0])
    return [
        {
            "session_id": f"s{number}",
            "user_id": user.user_id if user else "",
            "started_at": _text(at),
            "channel": user.channel if user else "directo",
        }
        for number, (at, user) in enumerate(visits, 1)
    ]


def _user_row(user: User) -> dict[str, object]:
    return {
        "user_id": user.user_id,
        "email": user.email,
        "rut": user.rut,
        "region": user.region,
        "comuna": user.comuna,
        "channel": user.channel,
        "registered_at": _text(user.registered_at),
        "onboarded_at": _text(user.onboarded_at),
        "rut_verified_at": _text(user.rut_verified_at),
        "has_marketing_consent": "sí" if user.has_marketing_consent else "no",
    }


def _cart_rows(cart: Cart) -> Iterable[dict[str, object]]:
    for line in cart.lines:
        yield {
            "cart_id": cart.cart_id,
            "user_id": cart.user.user_id if cart.user else "",
            "service": line.service,
            "quantity": 1,
            "price": line.price,
            "created_at": _text(cart.created_at),
            "updated_at": _text(cart.updated_at),
            "order_id": cart.order.order_id if cart.order else "",
        }


def _order_row(order: Order) -> dict[str, object]:
    return {
        "order_id": order.order_id,
        "user_id": order.user.user_id,
        "status": order.status,
        "service": order.lines[0].service,
        "comuna": order.user.comuna,
        "total": order.total,
        "refunded_amount": order.refund,
        "payment_method": order.method,
        "created_at": _text(order.created_at),
        "paid_at": _text(order.paid_at),
        "completed_at": _text(order.completed_at),
        "cancelled_at": _text(order.cancelled_at),
        "refunded_at": _text(order.completed_at if order.refund else None),
        "channel": order.user.channel,
    }


def _item_rows(order: Order) -> Iterable[dict[str, object]]:
    for number, line in enumerate(order.lines, 1):
        yield {
            "order_id": order.order_id,
            "item_id": number,
            "service_id": line.service,
            "service_name": line.name,
            "category": line.category,
            "quantity": 1,
            "price": line.price,
        }


def _payment_row(order: Order) -> dict[str, object]:
    return {
        "payment_id": f"p{order.order_id[1:]}",
        "order_id": order.order_id,
        "method": order.method,
        "amount": order.total,
        "status": "pagado",
        "paid_at": _text(order.paid_at),
    }


def _rating_row(order: Order) -> dict[str, object]:
    assert order.completed_at  # noqa: S101 - only a service done is rated
    return {
        "rating_id": f"r{order.order_id[1:]}",
        "order_id": order.order_id,
        "user_id": order.user.user_id,
        "score": order.score,
        "rated_at": _text(order.completed_at),
    }


def _truth(
    period: Period, users: list[User], orders: list[Order], carts: list[Cart]
) -> dict[str, Any]:
    """Parameters, and what the whole history adds up to."""
    bought = [order for order in orders if order.kind == "purchase"]
    days = {(order.user.user_id, order.created_at.date()) for order in bought}
    per_customer = Counter(customer for customer, _ in days)
    repeaters = sum(count > 1 for count in per_customer.values())
    cancelled = sum(order.kind == "cancelled" for order in orders)
    left = sum(cart.order is None for cart in carts)
    scores = [order.score for order in orders if order.score]
    cycles = [
        (order.completed_at.timestamp() - order.paid_at.timestamp()) / 3_600
        for order in bought
        if order.completed_at and order.paid_at
    ]
    buying = vars(ordering.BUYING)
    net_revenue = sum(order.total - order.refund for order in bought)
    return {
        "source": "simulated by sandbox from these parameters",
        "is_published": False,
        "name": "Plaza Servicios",
        "currency_code": "CLP",
        "exponent": 0,
        "time_zone": TIME_ZONE.key,
        "first_date": period.first_day.isoformat(),
        "as_of_date": period.last_day.isoformat(),
        "bg_nbd": {
            "time_unit": "days",
            "days_per_time_unit": 1,
            "parameters": {name: buying[name] for name in ("r", "alpha", "a", "b")},
        },
        "gamma_gamma": {
            "parameters": {
                "p": buying["p"],
                "q": buying["q"],
                "v": buying["v"] * 100,  # pesos
            }
        },
        "rates": {"users": people.RATES, "orders": ordering.RATES},
        "kpis": {
            "new_user_count": len(users),
            "onboarding_rate": _share(users, lambda user: user.onboarded_at),
            "rut_validation_rate": _share(users, lambda user: user.rut_verified_at),
            "rut_wellformed_count": sum(user.is_rut_wellformed for user in users),
            "average_order_value": net_revenue / len(bought),
            "cart_abandonment_rate": left / len(carts),
            "cancellation_rate": cancelled / (cancelled + len(bought)),
            "cycle_hours_average": sum(cycles) / len(cycles),
            "repurchase_rate": repeaters / len(per_customer),
            "rating_average": sum(scores) / len(scores),
            "net_revenue": net_revenue,
            "unknown_comuna_user_count": sum(u.has_misspelt_comuna for u in users),
        },
        "totals": {
            "as_of": {
                "order_count": len(bought),
                "net_revenue": str(net_revenue),
                "customer_count": len(per_customer),
                "repeat_customer_count": repeaters,
                "repeat_purchase_day_count": len(days) - len(per_customer),
            }
        },
    }


def _share(users: list[User], happened: Any) -> float:
    return sum(happened(user) is not None for user in users) / len(users)


def _text(moment: datetime | None) -> str:
    return moment.isoformat(sep=" ") if moment else ""


def _csv(rows: Iterable[Mapping[str, object]]) -> str:
    text = io.StringIO()
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(text, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)
    return text.getvalue()
