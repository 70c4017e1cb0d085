"""What the rows of advertisements and searches promise."""

from __future__ import annotations

from orchestration.lib.data_quality.contracts.rules import (
    Holds,
    Rule,
    TableContract,
    amount,
    at_most,
    count,
    currency,
    day,
    slices,
)

__all__ = ["GOOGLE_ADS", "META_ADS", "SEARCH_CONSOLE"]

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


META_ADS = (
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
    slices("account_id", "date"),
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

GOOGLE_ADS = (
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
    slices("customer_id", "date"),
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


SEARCH_CONSOLE = (
    TableContract("sites", ("site_url",)),
    _searches("site_days"),
    # What people typed may be about themselves.
    _searches("query_days", "query", hidden=("query",)),
    _searches("page_days", "page", hidden=("page",)),
    _searches("country_device_days", "country", "device"),
    slices("site_url", "search_type", "date"),
)
