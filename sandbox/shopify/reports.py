"""ShopifyQL, as far as sales by day go: `FROM sales SHOW ... TIMESERIES day SINCE ...`.

Sales are what the ledger says on each day of the shop's own calendar, without test
orders: a refund counts on the day it was made. `net_sales` are after discounts and
returns, before tax and shipping; `total_sales` contain everything.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from sandbox.shopify.context import Context
from sandbox.shopify.filters import filter_of
from sandbox.shopify.ledger import Sale, agreements
from sandbox.shopify.money import amount_text

__all__ = ["Report", "report"]

_QUERY: Final = re.compile(
    r"^\s*FROM\s+(?P<source>\w+)\s+SHOW\s+(?P<columns>[\w\s,]+?)"
    r"(?:\s+(?:TIMESERIES|GROUP\s+BY)\s+(?P<unit>\w+))?"
    r"(?:\s+WITH\s+[\w\s,]+?)?"
    r"(?:\s+SINCE\s+(?P<since>[\w-]+))?(?:\s+UNTIL\s+(?P<until>[\w-]+))?"
    r"(?:\s+ORDER\s+BY\s+\w+(?:\s+(?:ASC|DESC))?)?(?:\s+LIMIT\s+\d+)?\s*$",
    re.IGNORECASE,
)
_MONEY: Final = (
    "gross_sales",
    "discounts",
    "returns",
    "net_sales",
    "shipping_charges",
    "taxes",
    "total_sales",
)
_MEASURES: Final = frozenset({*_MONEY, "orders"})


class Column(NamedTuple):
    """A column of the answer."""

    name: str
    data_type: str


@dataclass(frozen=True)
class Report:
    """The answer: errors, or columns and rows."""

    errors: list[str]
    columns: list[Column]
    rows: list[dict[str, Any]]


def report(context: Context, text: str) -> Report:
    """Answer a ShopifyQL query, or say why it cannot be read."""
    query = _QUERY.match(text)
    if query is None:
        return _refused(f"Syntax error in `{text.strip()}`.")
    if query["source"].lower() not in {"sales", "orders"}:
        return _refused(f"Table `{query['source']}` not found.")
    measures = [name.strip().lower() for name in query["columns"].split(",")]
    unknown = [name for name in measures if name not in _MEASURES]
    if unknown:
        return _refused(*(f"Column `{name}` not found." for name in unknown))
    if (query["unit"] or "day").lower() != "day":
        return _refused(
            f"`{query['unit']}` is not supported by the sandbox; use `day`."
        )
    today = context.now.astimezone(context.company.zone).date()
    try:
        since = _date(query["since"] or "-30d", today)
        until = _date(query["until"] or "today", today)
    except ValueError as error:
        return _refused(str(error))
    by_day = _by_day(context, since, until) if query["unit"] else None
    totals = by_day if by_day is not None else {since: _all(context, since, until)}
    rows = [
        _row(context, day if query["unit"] else None, measures, totals.get(day, {}))
        for day in (_days(since, until) if query["unit"] else [since])
    ]
    columns = [Column("day", "DAY_TIMESTAMP")] if query["unit"] else []
    return Report(
        [], columns + [Column(name, _type_of(name)) for name in measures], rows
    )


def _refused(*errors: str) -> Report:
    return Report(list(errors), [], [])


def _type_of(measure: str) -> str:
    return "INTEGER" if measure == "orders" else "MONEY"


def _row(
    context: Context, day: date | None, measures: list[str], totals: dict[str, int]
) -> dict[str, Any]:
    row: dict[str, Any] = {} if day is None else {"day": day.isoformat()}
    for name in measures:
        value = totals.get(name, 0)
        row[name] = (
            str(value)
            if name == "orders"
            else amount_text(value, context.company.exponent)
        )
    return row


def _all(context: Context, since: date, until: date) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for day in _by_day(context, since, until).values():
        for name, value in day.items():
            totals[name] += value
    return totals


def _by_day(context: Context, since: date, until: date) -> dict[date, dict[str, int]]:
    zone = context.company.zone
    start = datetime.combine(since, time(), zone).astimezone(UTC)
    end = datetime.combine(until + timedelta(days=1), time(), zone).astimezone(UTC)
    found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    # A sale changes its order: older orders with a sale since then were updated since.
    search = f"updated_at:>='{start.isoformat()}' AND test:false"
    for _, order in filter_of(context, "orders", search, []).documents():
        for agreement in agreements(order):
            at = datetime.fromisoformat(agreement.at)
            if not start <= at < end:
                continue
            totals = found[at.astimezone(zone).date()]
            totals["orders"] += agreement.reason == "ORDER"
            for sale in agreement.sales:
                for name, minor in _measured(sale):
                    totals[name] += minor
    return found


def _measured(sale: Sale) -> Iterator[tuple[str, int]]:
    if sale.line_type in {"TIP", "GIFT_CARD"}:
        # Neither is a sale in Shopify's reports.
        return
    before_tax = sale.total - sale.tax
    yield "total_sales", sale.total
    yield "taxes", sale.tax
    if sale.line_type == "SHIPPING":
        yield "shipping_charges", before_tax
        return
    yield "net_sales", before_tax
    if sale.action == "ORDER":
        yield "gross_sales", before_tax + sale.discount
        yield "discounts", -sale.discount
    else:
        yield "returns", before_tax


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]


def _date(text: str, today: date) -> date:
    """A date: ISO, `today`, `yesterday`, or so many days ago (`-30d`)."""
    if text.lower() == "today":
        return today
    if text.lower() == "yesterday":
        return today - timedelta(days=1)
    if relative := re.fullmatch(r"-(\d+)d", text, re.IGNORECASE):
        return today - timedelta(days=int(relative[1]))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is not a date.") from None
