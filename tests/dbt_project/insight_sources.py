"""Every number of a sentence is read back from the row of the view it names."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.dbt_project.warehouse import Warehouse

__all__ = ["NUMBERS", "check_against_source"]

# How source_key names the row of source_view.
_KEYS = {
    "audience_uplift": "audience_id::text = %s",
    "budget_scenarios": "scenario = %s and outcome_unit = 'revenue'",
    "campaign_quality": "channel_id || '/' || named_campaign_id = %s",
    "channel_customer_values": "channel_id = %s",
    "channel_efficiency": "channel_id = %s",
    "channel_signals": "channel_id = %s and outcome_unit = 'revenue'",
    "message_comparisons": "channel || '/' || campaign_id = %s",
    "one_time_buyer_churn": "company_id = %s",
    "sponsorship_terms": "sponsorship_id = %s",
    "webinar_cohort_ends": "measure = %s",
}


def _with_bounds(name: str, column: str) -> dict[str, str]:
    prefix = "" if name == "estimate" else f"{name}_"
    ends = {f"{prefix}{end}": f"{column}_{end}" for end in ("lower", "upper")}
    return {name: column, **ends}


_DIFFERENCE = {
    **_with_bounds("estimate", "%difference_rate"),
    "count": "customer_count",
}
_COST = _with_bounds("second", "%cost_difference_rate")
_GAIN = {**_with_bounds("estimate", "gain"), "count": "day_count"}
_SATURATED = {
    **_with_bounds("estimate", "marginal_profit"),
    "count": "day_count",
    "money": "current_spend",
}
_RETURN = {
    **_with_bounds("money", "unrecovered_spend"),
    "count": "new_customer_count",
}
_CLICKS = {
    "earlier": "%others_click_ratio",
    "new": "%click_ratio",
    "count": "delivered_count",
}
_COHORTS = {
    "estimate": "%change_ratio",
    "lower": "%change_lower",
    "upper": "%change_upper",
    "earlier": "%first_ratio",
    "new": "%last_ratio",
    "count": "last_member_count",
    "second": "month_count",
}
_REVENUE = {**_with_bounds("estimate", "revenue_gained"), "count": "contacted_count"}

# The column of each number of a rule's sentence; one of a share begins with %, one
# that is told the other way round with %-.
NUMBERS: dict[str, dict[str, str]] = {
    "raise_better_channel": {
        **_DIFFERENCE,
        **_with_bounds("money", "proven_gain"),
        "new": "%proven_change",
    },
    "watch_better_channel": _DIFFERENCE,
    "keep_costly_channel": {**_DIFFERENCE, **_COST},
    "cheap_poor_channel": {**_DIFFERENCE, **_COST},
    "move_budget": {**_GAIN, "second": "shift_spend"},
    "keep_budget": _GAIN,
    "keep_for_value": {**_GAIN, "second": "shift_spend"},
    "keep_split": _GAIN,
    "losing_channel": {**_RETURN, **_with_bounds("estimate", "ltv_roas_attributed")},
    "losing_margin": {
        **_RETURN,
        **_with_bounds("estimate", "margin_ltv_roas_attributed"),
    },
    "saturated_channel": _SATURATED,
    "steeper_channel": {
        **_SATURATED,
        **_with_bounds("second", "steepest_marginal_profit"),
    },
    "losing_campaign": {
        **_DIFFERENCE,
        "money": "losing_spend_30d",
        "earlier": "%others_lost_rate",
        "new": "%lost_rate",
    },
    "one_time_churn_up": {
        **_with_bounds("estimate", "%churn_rate_change"),
        **_with_bounds("money", "value_lost"),
        "count": "customer_count",
        "earlier": "%churn_rate_before",
        "new": "%churn_rate",
    },
    "audience_gained": {**_REVENUE, **_with_bounds("second", "customers_gained")},
    "audience_spent_more": _REVENUE,
    "strong_message_campaign": {
        **_CLICKS,
        **_with_bounds("estimate", "%difference_ratio"),
    },
    # Told as points fewer: what is higher is the lower end.
    "weak_message_campaign": {
        **_CLICKS,
        "estimate": "%-difference_ratio",
        "lower": "%-difference_ratio_upper",
        "upper": "%-difference_ratio_lower",
    },
    "webinar_cohort_retained": _COHORTS,
    "webinar_cohort_converted": _COHORTS,
    "sponsorship_ending": {
        "estimate": "days_left",
        "count": "active_person_count",
        "second": "sponsorship_amount",
    },
}
_NAMES = {
    *("Google Ads", "Meta Ads", "TikTok Ads", "Vuelta", "Verano"),
    *("Correo electrónico", "E-mail"),
}


def check_against_source(warehouse: Warehouse, row: dict[str, Any]) -> None:
    """Hold both sentences of an insight against the one row its source names."""
    view = row["source_view"]
    (source,) = warehouse.rows(
        f"select * from reporting.{view} where company_id = %s and {_KEYS[view]}",
        [row["company_id"], row["source_key"]],
    )
    _check_sentence(row, source, "es", ".", ",")
    _check_sentence(row, source, "en", ",", ".")


def _check_sentence(
    row: dict[str, Any], source: dict[str, Any], language: str, group: str, point: str
) -> None:
    pattern = re.escape(row[f"template_{language}"])
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", pattern)
    match = re.fullmatch(pattern, row[f"sentence_{language}"])
    assert match, row[f"sentence_{language}"]
    for name, text in match.groupdict().items():
        if name in ("channel", "other", "campaign"):
            dates = {str(value)[:7] for value in source.values()}
            assert text in _NAMES or text in source.values() or text in dates
            continue
        column = NUMBERS[row["rule_id"]][name]
        if row.get("gross_margin_rate") is not None and column.startswith("gain"):
            column = f"contribution_{column}"
        fact = float(source[column.strip("%-")]) * (100 if column[0] == "%" else 1)
        fact *= -1 if column.startswith("%-") else 1
        number, _, currency = text.partition(" ")
        assert currency in ("", row["currency_code"])
        read = float(number.replace(group, "").replace(point, "."))
        decimals = len(number.partition(point)[2])
        assert read == pytest.approx(fact, abs=0.51 / 10**decimals), (name, text)
