"""The suite of each source: what its rows promise, table by table.

What a declared source promises is in its declaration. The keys of the others are those
their taps announce (a test compares them). Who says what holds is written beside the
rule where it is not plain from the word.
"""

from __future__ import annotations

from orchestration.lib.connections.file_contracts import file_contracts
from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.data_quality.contracts.advertising import (
    GOOGLE_ADS,
    META_ADS,
    SEARCH_CONSOLE,
)
from orchestration.lib.data_quality.contracts.declared_suites import (
    contract_rules,
    declared_suite,
)
from orchestration.lib.data_quality.contracts.rules import (
    Between,
    Holds,
    Matches,
    OneOf,
    Rule,
    TableContract,
    amount,
    at_most,
    count,
    currency,
    day,
    moment,
    slices,
)

__all__ = ["SUITES", "suite"]

# The first shop opened in 2006; an order is of a shop.
_SHOPIFY_BEGAN = "2006-01-01"
# OrderDisplayFinancialStatus of the Admin API; null while nothing was charged.
_FINANCIAL_STATUSES = (
    "authorized",
    "expired",
    "paid",
    "partially_paid",
    "partially_refunded",
    "pending",
    "refunded",
    "voided",
)
_SHOPIFY_MOMENT = moment("created_at", _SHOPIFY_BEGAN)
_OF_AN_ORDER = ("order_id",)


def suite(source_slug: str) -> tuple[TableContract, ...]:
    """The contracts of a source's tables; none if it makes no promises."""
    return SUITES.get(source_slug, ())


_SHOPIFY = (
    TableContract("shop", ("id",), rules=(currency(),)),
    TableContract(
        "orders",
        ("id",),
        rules=(
            currency(),
            currency("presentment_currency_code"),
            amount("total_price"),
            amount("total_refunded"),
            amount("total_tax"),
            amount("total_shipping"),
            OneOf("financial_status", _FINANCIAL_STATUSES),
            _SHOPIFY_MOMENT,
            moment("updated_at", _SHOPIFY_BEGAN),
            at_most("created_at", "updated_at"),
        ),
    ),
    TableContract(
        "order_line_items",
        ("id",),
        references=_OF_AN_ORDER,
        rules=(
            currency(),
            count("quantity"),
            amount("unit_price"),
            at_most("current_quantity", "quantity"),
        ),
    ),
    TableContract(
        "order_refunds",
        ("id",),
        references=_OF_AN_ORDER,
        rules=(currency(), amount("total_refunded"), _SHOPIFY_MOMENT),
    ),
    TableContract(
        "refund_line_items",
        ("id",),
        references=("refund_id", "order_id"),
        rules=(currency(), count("quantity")),
    ),
    TableContract(
        "order_transactions",
        ("id",),
        references=_OF_AN_ORDER,
        rules=(currency(), amount("amount"), moment("processed_at")),
    ),
    TableContract(
        "order_sales",
        ("id",),
        references=_OF_AN_ORDER,
        rules=(currency(), moment("happened_at")),
    ),
    TableContract(
        "order_visits",
        ("order_id", "visit_role"),
        rules=(OneOf("visit_role", ("first", "last")), moment("occurred_at")),
    ),
    TableContract(
        "customers",
        ("id",),
        rules=(currency(), count("number_of_orders"), _SHOPIFY_MOMENT),
    ),
    TableContract(
        "discount_codes", ("id",), rules=(Between("percentage", 0, 1), currency())
    ),
    TableContract(
        "abandoned_checkouts",
        ("id",),
        rules=(currency(), amount("total_price"), _SHOPIFY_MOMENT),
    ),
    TableContract(
        "order_days", ("date",), rules=(currency(), count("order_count"), day())
    ),
    TableContract("order_ids", ("date", "id"), rules=(day(), moment("created_at"))),
    slices("date"),
)


def _lines(table: str, *rules: Rule, references: tuple[str, ...] = ()) -> TableContract:
    return TableContract(
        table,
        ("file_sha256", "line_number"),
        references,
        rules,
        named_by=("file_name", "line_number"),
    )


_FILES = (
    TableContract("files", ("file_name",), rules=(at_most("first_date", "last_date"),)),
    # Negative rows of a log are refunds; whoever bought as a guest is not named.
    _lines(
        "purchases",
        Between("amount", -1e12, 1e12),
        currency(),
        moment("purchased_at", "1980-01-01"),
    ),
    _lines(
        "shopify_order_lines",
        amount("total"),
        amount("refunded_amount"),
        count("lineitem_quantity"),
        currency(),
        Matches(
            "financial_status",
            f"(?i)^({'|'.join(_FINANCIAL_STATUSES)})?$",
            f"one of {', '.join(_FINANCIAL_STATUSES)}",
        ),
        _SHOPIFY_MOMENT,
        references=("order_name",),
    ),
    _lines(
        "ad_spend",
        amount("spend"),
        currency(),
        count("impressions"),
        count("clicks"),
        at_most("clicks", "impressions"),
        day("spend_date"),
        references=("channel", "spend_date"),
    ),
    _lines(
        "currency_rates",
        currency("from_currency"),
        currency("to_currency"),
        Holds(("rate",), "rate > 0", "rate is above 0"),
        day("rate_date", "1980-01-01"),
    ),
    _lines("marketplace_users", moment("registered_at"), references=("user_id",)),
    _lines(
        "marketplace_carts",
        count("quantity"),
        amount("price"),
        currency(),
        moment("created_at"),
        references=("cart_id", "service"),
    ),
    _lines(
        "marketplace_orders",
        amount("total"),
        amount("discount_amount"),
        amount("refunded_amount"),
        currency(),
        moment("created_at"),
        references=("order_id",),
    ),
    _lines(
        "marketplace_order_items",
        count("quantity"),
        amount("price"),
        currency(),
        references=("order_id", "product_id"),
    ),
    _lines(
        "marketplace_payments",
        amount("amount"),
        currency(),
        moment("paid_at"),
        references=("payment_id", "order_id"),
    ),
    _lines(
        "marketplace_ratings",
        Between("score", 1, 5),
        moment("rated_at"),
        references=("order_id",),
    ),
    _lines("marketplace_sessions", moment("started_at"), references=("session_id",)),
)

_WRITTEN = {
    "files": _FILES,
    "shopify": _SHOPIFY,
    "meta_ads": META_ADS,
    "google_ads": GOOGLE_ADS,
    "search_console": SEARCH_CONSOLE,
}


def _declared_lines() -> tuple[TableContract, ...]:
    """Of each kind of file that has nothing written above: what its contract says."""
    written = {each.table for each in _FILES}
    return tuple(
        _lines(
            each.stream,
            *contract_rules(each),
            references=tuple(c["name"] for c in each.columns if c.get("filled")),
        )
        for each in file_contracts()
        if each.stream not in written
    )


_WRITTEN["files"] += _declared_lines()
SUITES: dict[str, tuple[TableContract, ...]] = {
    slug: _WRITTEN.get(slug) or declared_suite(slug) for slug in SOURCES
}
