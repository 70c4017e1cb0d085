"""What was found beside what is true, for companies whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from psycopg import Connection
from psycopg.rows import dict_row
from rich.table import Table

from orchestration.cli.console import console
from orchestration.lib.reporting.kpis import (
    Kpis,
    get_acquisition_kpis,
    get_engagement_kpis,
    get_operations_kpis,
    get_retention_kpis,
)
from orchestration.lib.tenancy.companies import Company

__all__ = ["print_truth"]

_SHARE, _NUMBER, _COUNT, _DECIMAL = "{:.2%}", "{:.4f}", "{:,}", "{:,.2f}"
# Written as the company's currency is.
_MONEY = "money"
_PAGES: tuple[Callable[[Connection, str, date, date], Kpis], ...] = (
    get_acquisition_kpis,
    get_engagement_kpis,
    get_operations_kpis,
    get_retention_kpis,
)
_KPIS = {
    "new_user_count": ("New users", _COUNT),
    "onboarding_rate": ("Onboarding rate", _SHARE),
    "rut_validation_rate": ("RUT validation rate", _SHARE),
    "cart_abandonment_rate": ("Cart abandonment rate", _SHARE),
    "average_order_value": ("Average order value", _MONEY),
    "cancellation_rate": ("Cancellation rate", _SHARE),
    "cycle_hours_average": ("Hours from paid to done", _DECIMAL),
    "rating_average": ("Average rating", _NUMBER),
    "repurchase_rate": ("Repurchase rate", _SHARE),
}


@dataclass(frozen=True)
class _Line:
    """A number that was found and its true value, and how both are written."""

    label: str
    found: float | Decimal
    true: float | Decimal
    form: str

    def cells(self, currency_code: str) -> tuple[str, str, str, str]:
        """What the table says: how far apart they are last, as a share of the truth."""
        digits = get_currency_precision(currency_code)
        form = f"{{:,.{digits}f}}" if self.form == _MONEY else self.form
        found, true = form.format(self.found), form.format(self.true)
        if found == true:
            return self.label, found, true, "="
        if not self.true:
            return self.label, found, true, ""
        distance = float(self.found) / float(self.true) - 1
        return self.label, found, true, f"{distance:+.1%}"


def print_truth(
    database: Connection, company: Company, truth: dict[str, Any], set_aside: Decimal
) -> None:
    """Print what was found beside what is true, and how far apart they are.

    Parameters
    ----------
    truth
        What is known of an example company: see ``python -m sandbox``. Its revenue
        is what was paid, less what was paid back.
    set_aside
        Taxes and shipping of the same orders, which are no revenue.
    """
    is_published = truth["is_published"]
    title = "Beside the published answer" if is_published else "Beside the truth"
    table = Table(box=None, padding=(0, 2), title=title, title_justify="left")
    table.add_column("")
    for heading in ("found", "published" if is_published else "true", "off by"):
        table.add_column(heading, justify="right")
    lines = [
        *_parameters(database, truth),
        *_totals(database, truth["totals"]["as_of"], set_aside),
        *_kpis(database, company, truth),
        *_media(database, truth),
        *_campaign(database, truth),
    ]
    for line in lines:
        table.add_row(*line.cells(company.currency_code))
    console.print(table)
    console.print(f"  [dim]{truth['source']}[/dim]")


def _parameters(database: Connection, truth: dict[str, Any]) -> Iterator[_Line]:
    """Of the models that were fitted."""
    unit, days = truth["bg_nbd"]["time_unit"], truth["bg_nbd"]["days_per_time_unit"]
    estimates = {
        (model, name): float(value) / (days if name == "alpha" else 1)
        for model, name, value in database.execute(
            """select model, parameter, value from reporting.model_fit_parameters
            where is_current"""
        ).fetchall()
    }
    for model, title in (("bg_nbd", "BG/NBD"), ("gamma_gamma", "Gamma-Gamma")):
        # A simulated shop has no single truth for what differs by channel.
        for name, answer in truth.get(model, {}).get("parameters", {}).items():
            label = f"{title} {name}" + (f" ({unit})" if name == "alpha" else "")
            # What was published is of another count than what the platform fits.
            if counted := truth[model].get("published_of"):
                label += f" (published: of {counted})"
            yield _Line(label, estimates[model, name], answer, _NUMBER)


def _totals(
    database: Connection, answers: dict[str, Any], set_aside: Decimal
) -> Iterator[_Line]:
    """Of everything that is behind the predictions."""
    counted = (
        database.cursor(row_factory=dict_row)
        .execute(
            """select count(*) as customer_count, sum(frequency) as repeats,
                sum(historic_value) as net_revenue
            from reporting.customer_values"""
        )
        .fetchone()
    )
    if counted is None:
        return
    customers, repeats = counted["customer_count"], counted["repeats"]
    days, revenue = answers["repeat_purchase_day_count"], answers["net_revenue"]
    yield _Line("Customers", customers, answers["customer_count"], _COUNT)
    yield _Line("Repeat purchase days", repeats, days, _COUNT)
    label = "Net revenue, with taxes and shipping" if set_aside else "Net revenue"
    paid = counted["net_revenue"] + set_aside
    yield _Line(label, paid, Decimal(revenue), _MONEY)


def _media(database: Connection, truth: dict[str, Any]) -> Iterator[_Line]:
    """What each platform's spend brought, as a share of the value of all customers won.

    True is what was expected of the curves that were simulated, times what customers of
    the channel are worth.
    """
    if "media" not in truth:
        return
    true: dict[str, float] = {}
    for channel in truth["media"].values():
        worth = channel["expected_new_customers"] * channel["value_multiplier"]
        true[channel["source"]] = true.get(channel["source"], 0.0) + worth
    everybody = sum(true.values()) + truth["organic"]["expected_new_customers"]
    rows = database.execute(
        """select channel_id, channel_label_en, contribution / total.value,
            contribution_lower / total.value, contribution_upper / total.value
        from reporting.marketing_curves
        cross join (
            select sum(contribution) as value from reporting.marketing_contributions
            where outcome_unit = 'value_12m'
        ) as total
        where outcome_unit = 'value_12m' and contribution is not null
        order by channel_id"""
    ).fetchall()
    for channel, name, found, lower, upper in rows:
        if channel in true:
            label = f"Won by {name} ({lower:.0%}-{upper:.0%})"
            yield _Line(label, found, true[channel] / everybody, _SHARE)


def _campaign(database: Connection, truth: dict[str, Any]) -> Iterator[_Line]:
    """How many more bought because they were written to, once that can be told."""
    campaign = truth.get("campaign")
    if not campaign:
        return
    row = database.execute(
        """select customers_gained, customers_gained_lower, customers_gained_upper
        from reporting.audience_uplift
        where name = %s and customers_gained is not null""",
        (campaign["name"],),
    ).fetchone()
    if row:
        found, lower, upper = map(round, row)
        label = f"Customers won by a message ({lower}-{upper})"
        yield _Line(label, found, campaign["customers_won"], _COUNT)


def _kpis(
    database: Connection, company: Company, truth: dict[str, Any]
) -> Iterator[_Line]:
    """Of the pages, over the whole history; none for a company without their truth."""
    known = truth.get("kpis", {})
    if not known:
        return
    start, end = (date.fromisoformat(truth[n]) for n in ("first_date", "as_of_date"))
    found: Kpis = {}
    for ask in _PAGES:
        found |= ask(database, company.company_id, start, end)
    for name, (label, form) in _KPIS.items():
        yield _Line(label, found[name], known[name], form)
