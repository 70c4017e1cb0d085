"""Reasons to leave are told by cause, and tell whether an account wanted to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

AS_OF = "2026-03-15"
# What an account told, and what its subscription says.
TOLD = (
    ("a", "Pago rechazado", None),
    ("b", "MUY_CARO", None),
    ("c", "  Implementación ", None),
    ("d", "poor-support", None),
    ("e", "Quién sabe", None),
    ("f", None, None),
    ("g", "Impago", "too_expensive"),
    ("h", "Precio", "payment_failed"),
)


def subscription(account: str, reason: str | None) -> Row:
    return {
        "subscription_id": f"s-{account}",
        "account_id": account,
        "billing_interval": "month",
        "amount": 40,
        "status": "cancelled",
        "started_at": "2025-12-01",
        "ended_at": "2026-02-10",
        "cancellation_reason": reason,
    }


def exit_told(account: str, words: str) -> Row:
    at = "2026-02-10"
    return {"account_id": account, "exit_reason": words, "recorded_at": at}


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, dict[str, list[dict[str, Any]]]]:
    pair = warehouse.add_pair()
    exits = [exit_told(account, words) for account, words, _ in TOLD if words]
    left = [subscription(account, reason) for account, _, reason in TOLD]
    warehouse.load(
        pair.acme,
        RawFile("s.csv", left, contract="subscriptions"),
        RawFile("x.csv", exits, contract="exit_reasons"),
    )
    # The same accounts of another company told nothing.
    warehouse.load(pair.bolt, RawFile("s.csv", left, contract="subscriptions"))
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=dict.fromkeys((pair.acme, pair.bolt), AS_OF),
        only=["account_exit_reason_years", "dunning_months", "saas_months"],
    )
    queries = {
        "movements": """select account_id, end_kind from marts.mrr_movements
            where company_id = %s and movement = 'churn'""",
        "reasons": """select * from reporting.account_exit_reasons
            where company_id = %s""",
        "months": """select * from reporting.saas_by_month
            where company_id = %s and month_start_date = '2026-02-01'""",
    }
    return {
        name: {
            what: warehouse.rows(query, [company]) for what, query in queries.items()
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def kinds(told: Any, company: str) -> dict[str, str]:
    return {row["account_id"]: row["end_kind"] for row in told[company]["movements"]}


def test_who_left_says_whether_it_wanted_to_where_its_subscription_does_not(
    told: Any,
) -> None:
    found = kinds(told, "acme")

    assert (found["a"], found["b"], found["c"]) == (
        *("involuntary", "voluntary", "voluntary"),
    )
    # Words nobody knows, or none, say neither.
    assert (found["e"], found["f"]) == ("unknown", "unknown")
    (month,) = told["acme"]["months"]
    assert month["churned_account_count"] == 8
    assert month["involuntary_churned_account_count"] == 2
    assert month["voluntary_churned_account_count"] == 4
    assert month["involuntary_churned_mrr"] == 80


def test_what_the_subscription_says_goes_first(told: Any) -> None:
    found = kinds(told, "acme")

    assert (found["g"], found["h"]) == ("voluntary", "involuntary")
    assert set(kinds(told, "bolt").values()) == {
        *("unknown", "voluntary", "involuntary"),
    }
    assert kinds(told, "bolt")["a"] == "unknown"


def test_words_are_counted_by_their_cause_or_as_they_are(told: Any) -> None:
    reasons = {
        row["exit_reason"]: (row["departed_account_count"], row["exit_reason_label_es"])
        for row in told["acme"]["reasons"]
    }

    assert reasons == {
        "payment": (2, "No se les pudo cobrar"),
        "price": (2, "El precio no compensa"),
        "onboarding": (1, "Mala puesta en marcha"),
        "support": (1, "Soporte insuficiente"),
        "quién sabe": (1, "quién sabe"),
        "unknown": (1, "No lo dijeron"),
    }
    (nobody,) = told["bolt"]["reasons"]
    assert (nobody["exit_reason"], nobody["departed_account_count"]) == ("unknown", 8)
