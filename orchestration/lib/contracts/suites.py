"""The suite of each source: what its rows promise, table by table.

Another source gets one more entry in ``SUITES``; its keys are those its tap announces
(a test compares them). Who says what holds is written beside the rule where it is not
plain from the word.
"""

from __future__ import annotations

from orchestration.lib.contracts.rules import (
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


def _slices(*key: str) -> TableContract:
    return TableContract(
        "slices", ("stream_name", *key), rules=(count("row_count"), moment("read_at"))
    )


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
    _slices("date"),
)

_DELIVERY: tuple[Rule, ...] = (
    day(),
    currency(),
    count("impressions"),
    count("clicks"),
)
# Of a whole campaign more clicks than impressions are a mix-up of columns; of one ad
# late clicks can outnumber the impressions of a day.
_CAMPAIGN = (*_DELIVERY, at_most("clicks", "impressions"))


def _meta_days(table: str, *key: str, rules: tuple[Rule, ...]) -> TableContract:
    return TableContract(
        table, ("account_id", "date", *key), rules=rules, window="date"
    )


_META_ADS = (
    TableContract("accounts", ("account_id",), rules=(currency(),)),
    TableContract("campaigns", ("account_id", "id")),
    TableContract("adsets", ("account_id", "id"), references=("campaign_id",)),
    TableContract("ads", ("account_id", "id"), references=("campaign_id",)),
    _meta_days("campaign_days", "campaign_id", rules=(*_CAMPAIGN, amount("spend"))),
    _meta_days("ad_days", "ad_id", rules=(*_DELIVERY, amount("spend"))),
    _meta_days(
        "campaign_platform_days",
        "campaign_id",
        "publisher_platform",
        rules=(*_DELIVERY, amount("spend")),
    ),
    _meta_days(
        "campaign_action_days",
        "campaign_id",
        "action_type",
        "attribution_window",
        rules=(day(), currency(), count("action_count")),
    ),
    _meta_days("account_days", rules=(*_CAMPAIGN, amount("spend"))),
    _slices("account_id", "date"),
)


def _google_days(table: str, *key: str, rules: tuple[Rule, ...]) -> TableContract:
    return TableContract(
        table, ("customer_id", "date", *key), rules=rules, window="date"
    )


_COST: tuple[Rule, ...] = (
    amount("cost"),
    Holds(
        ("cost", "cost_micros"),
        "abs(cost * 1000000 - cost_micros) < 1",
        "cost is cost_micros divided by a million",
    ),
)

_GOOGLE_ADS = (
    TableContract("customers", ("customer_id",), rules=(currency(),)),
    TableContract("campaigns", ("customer_id", "id")),
    TableContract("ad_groups", ("customer_id", "id"), references=("campaign_id",)),
    TableContract("conversion_actions", ("customer_id", "id")),
    _google_days(
        "campaign_days",
        "campaign_id",
        rules=(*_CAMPAIGN, *_COST, count("conversions")),
    ),
    _google_days(
        "conversion_action_days",
        "campaign_id",
        "conversion_action_id",
        rules=(day(), currency(), count("conversions")),
    ),
    _google_days("ad_days", "ad_group_id", "ad_id", rules=(*_DELIVERY, *_COST)),
    _google_days("account_days", rules=(*_CAMPAIGN, *_COST)),
    _slices("customer_id", "date"),
)


def _searches(
    table: str, *key: str, rules: tuple[Rule, ...] = (), hidden: tuple[str, ...] = ()
) -> TableContract:
    return TableContract(
        table,
        ("site_url", "search_type", "date", *key),
        rules=(
            day(),
            count("clicks"),
            count("impressions"),
            at_most("clicks", "impressions"),
            # The first result is 1; who was never shown has none.
            Holds(
                ("position", "impressions"),
                "impressions = 0 or position >= 1",
                "position is 1 or more",
            ),
            *rules,
        ),
        window="date",
        hidden=hidden,
    )


_SEARCH_CONSOLE = (
    TableContract("sites", ("site_url",)),
    _searches("site_days"),
    # What people typed may be about themselves.
    _searches("query_days", "query", hidden=("query",)),
    _searches("page_days", "page", hidden=("page",)),
    _searches("country_device_days", "country", "device"),
    _slices("site_url", "search_type", "date"),
)

_OF_ITS_YEAR = Holds(
    ("date", "year"), "extract(year from date) = year", "date lies in its year"
)

_CALENDAR = (
    TableContract(
        "holidays",
        ("calendar_id", "year", "date", "name"),
        rules=(_OF_ITS_YEAR, Between("year", 1990, 2100)),
    ),
    TableContract(
        "events",
        ("calendar_id", "year", "date", "event_id"),
        rules=(_OF_ITS_YEAR, OneOf("kind", ("retail", "company"))),
    ),
    _slices("calendar_id", "year"),
)

_WEATHER = (
    TableContract(
        "locations",
        ("location_id",),
        rules=(Between("latitude", -90, 90), Between("longitude", -180, 180)),
    ),
    TableContract(
        "days",
        ("location_id", "date"),
        rules=(
            day(),
            # The coldest and hottest places of the Earth, and the wettest day (WMO).
            Between("temperature_mean_c", -90, 60),
            Between("precipitation_mm", 0, 2000),
            Between("sunshine_hours", 0, 24),
        ),
        window="date",
    ),
    _slices("location_id", "date"),
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
    # Negative rows of a log are refunds.
    _lines(
        "purchases",
        Between("amount", -1e12, 1e12),
        currency(),
        moment("purchased_at", "1980-01-01"),
        references=("customer_id",),
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

SUITES: dict[str, tuple[TableContract, ...]] = {
    "files": _FILES,
    "shopify": _SHOPIFY,
    "meta_ads": _META_ADS,
    "google_ads": _GOOGLE_ADS,
    "search_console": _SEARCH_CONSOLE,
    "calendar": _CALENDAR,
    "weather": _WEATHER,
}
