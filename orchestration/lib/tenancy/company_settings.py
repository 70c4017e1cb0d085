"""What a company counts as revenue, whom it calls idle, and how often it is run."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from psycopg import sql
from psycopg.rows import class_row

from orchestration.lib.operations.cadence import CADENCES
from orchestration.lib.tenancy.companies import InvalidCompany, load_company
from orchestration.lib.warehouse.database import connect

__all__ = [
    "PLANS",
    "CompanySettings",
    "change_settings",
    "lacks_margin",
    "load_plans",
    "load_settings",
    "sells",
]

PLANS = ("basic", "pro", "agency", "community", "saas", "webinars", "full")
"""What a company may take; their pages are in metabase/roles.yml."""
_SHARES = (
    *("at_risk_threshold", "critical_threshold"),
    *("gross_margin_rate", "payment_fee_rate"),
)
_COSTS = ("shipping_cost_per_order", "payment_fee_per_order")
_LARGEST_COST = 10**10
_WITHOUT_A_SHOP = frozenset({"agency", "community", "saas", "webinars"})


@dataclass(frozen=True)
class CompanySettings:
    """Settings of one company; a change counts from its next run on, for all history.

    Parameters
    ----------
    revenue_includes_tax, revenue_includes_shipping
        Whether taxes, and shipping charged, are part of net revenue.
    counts_free_orders
        Whether an order at 0 is a purchase, and not an exchange or a replacement.
    cart_idle_hours
        Hours without activity after which a cart without an order is abandoned.
    inactivity_days
        Days without a purchase after which a customer is inactive.
    at_risk_threshold, critical_threshold
        Probability (0-1) of no purchase from which a customer is at risk, or critical.
    gross_margin_rate
        Gross margin as a share (0-1) of net revenue; None when not told.
    shipping_cost_per_order
        What shipping an order costs beyond what its customer pays for it, in the
        company's currency; None when not told.
    payment_fee_rate, payment_fee_per_order
        What taking a payment costs: a share (0-1) of all that is charged, taxes and
        shipping included, and an amount per order in the company's currency; None when
        not told.
    value_penalizer
        lifetimes' ``penalizer_coef`` of the customer value models (0-1); 0 is maximum
        likelihood.
    prediction_cadence
        How often predictions and the media mix are published: daily or weekly.
    is_read_hourly, is_read_tactically
        Whether orders and ads are read twice an hour, and orders every two minutes.
    plan
        Which pages of Metabase its people may open: basic or pro.
    is_operator
        Whether its people run the platform, and are told of failed logins there.
    """

    revenue_includes_tax: bool
    revenue_includes_shipping: bool
    counts_free_orders: bool
    cart_idle_hours: int
    inactivity_days: int
    at_risk_threshold: Decimal
    critical_threshold: Decimal
    gross_margin_rate: Decimal | None
    shipping_cost_per_order: Decimal | None
    payment_fee_rate: Decimal | None
    payment_fee_per_order: Decimal | None
    value_penalizer: Decimal
    prediction_cadence: str
    is_read_hourly: bool
    is_read_tactically: bool
    # Not in the repr, which decides whether a run would compute something else.
    plan: str = field(repr=False)
    is_operator: bool = field(repr=False)


_NAMES = [one.name for one in fields(CompanySettings)]


def load_settings(url: str, company_id: str) -> CompanySettings:
    """The settings of a company.

    Raises
    ------
    UnknownCompany
        There is no such company.
    """
    load_company(url, company_id)
    query = sql.SQL("select {} from ops.companies where company_id = %s").format(
        sql.SQL(", ").join(map(sql.Identifier, _NAMES))
    )
    with connect(url, "orchestrator") as connection:
        cursor = connection.cursor(row_factory=class_row(CompanySettings))
        (settings,) = cursor.execute(query, [company_id]).fetchall()
    return settings


def load_plans(url: str) -> dict[str, str]:
    """The plan of every company, by its id."""
    with connect(url, "orchestrator") as connection:
        rows = connection.execute("select company_id, plan from ops.companies")
        return dict(rows.fetchall())


def change_settings(url: str, company_id: str, **changes: Any) -> CompanySettings:
    """Change some settings of a company, all or none; how they are afterwards.

    Raises
    ------
    UnknownCompany
        There is no such company.
    InvalidCompany
        A number is out of its range; nothing was changed.
    """
    settings = replace(load_settings(url, company_id), **changes)
    _check(settings)
    assignments = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name))
        for name in _NAMES
    ]
    statement = sql.SQL("update ops.companies set {} where company_id = {}").format(
        sql.SQL(", ").join(assignments), sql.Placeholder("company_id")
    )
    values = {name: getattr(settings, name) for name in _NAMES}
    with connect(url, "orchestrator") as connection:
        connection.execute(statement, {**values, "company_id": company_id})
    return settings


def _check(settings: CompanySettings) -> None:
    for name in ("cart_idle_hours", "inactivity_days"):
        if getattr(settings, name) <= 0:
            raise InvalidCompany(f"{name} must be 1 or more.")
    for name in _SHARES:
        value = getattr(settings, name)
        if value is not None and not 0 <= value <= 1:
            raise InvalidCompany(f"{name} is a share: write it between 0 and 1.")
    for name in _COSTS:
        value = getattr(settings, name)
        if value is not None and not 0 <= value < _LARGEST_COST:
            raise InvalidCompany(
                f"{name} is money per order: write it as 0 or more, such as 4.50."
            )
    if not 0 <= settings.value_penalizer <= 1:
        raise InvalidCompany("value_penalizer is between 0 (none) and 1, such as 0.01.")
    if settings.prediction_cadence not in CADENCES:
        raise InvalidCompany(f"prediction_cadence is one of {', '.join(CADENCES)}.")
    if settings.plan not in PLANS:
        raise InvalidCompany(f"plan is one of {', '.join(PLANS)}.")
    if settings.critical_threshold < settings.at_risk_threshold:
        raise InvalidCompany(
            "critical_threshold must not be below at_risk_threshold "
            f"({settings.at_risk_threshold})."
        )


def lacks_margin(settings: CompanySettings) -> bool:
    """Whether costs of orders are told, and not what the goods leave for them."""
    told = [getattr(settings, name) for name in (*_COSTS, "payment_fee_rate")]
    return settings.gross_margin_rate is None and any(one is not None for one in told)


def sells(url: str, company_id: str) -> bool:
    """Whether a company's plan has the pages of a shop."""
    return load_settings(url, company_id).plan not in _WITHOUT_A_SHOP
