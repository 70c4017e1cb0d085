"""What Stripe's API tells makes the same MRR as a file, and the same as by hand."""

from __future__ import annotations

from typing import Any

from tests.dbt_project.raw_files import RawFile, rates
from tests.dbt_project.saas.test_months_of_the_vector import (
    AS_OF,
    MARTS,
    file,
    months,
    movements,
    paid,
    reasons,
)
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.taps.sources.stripe import at, changed, item, items, stripe, subscription
from tests.taps.target_postgres.singer import Loader

START = "2025-12-05"


def coupon(name: str, **worth: Any) -> dict[str, Any]:
    empty = {"percent_off": None, "amount_off": None, "currency": None}
    return {"id": name, "duration": "forever", "created": at(START), **empty, **worth}


def discount(coupon: Any, end: int | None = None) -> dict[str, Any]:
    name = coupon if isinstance(coupon, str) else coupon["id"]
    return {
        "id": f"di_{name}",
        "end": end,
        "source": {"type": "coupon", "coupon": coupon},
    }


def invoice(name: str, status: str, intent: str, **others: Any) -> dict[str, Any]:
    paid_with = {"type": "payment_intent", "payment_intent": intent}
    moments = dict.fromkeys(("finalized_at", "paid_at", "voided_at"))
    return {
        "id": name,
        "customer": "cus_taxed",
        "parent": {"subscription_details": {"subscription": "sub_taxed"}},
        "status": status,
        "currency": "eur",
        "total": 1210,
        "total_excluding_tax": 1000,
        "amount_paid": 0,
        "payments": {"data": [{"payment": paid_with}]},
        "created": at("2026-01-05"),
        "status_transitions": moments | others,
        "due_date": None,
    }


def charge(intent: str, status: str, day: str) -> dict[str, Any]:
    told = {"id": f"ch_{intent}_{day}", "payment_intent": intent, "status": status}
    empty = {"customer": "cus_taxed", "refunded": False, "failure_code": None}
    return {**told, **empty, "currency": "eur", "amount": 1210, "created": at(day)}


def lists() -> dict[str, list[dict[str, Any]]]:
    """A company's objects: each case of subscriptions is a customer."""
    whole = coupon("gone", percent_off=100)
    grows = subscription("grows", item("5000", quantity=2), since=START)
    loses = subscription("loses", item("1000"), since=START)
    unpaid = subscription("unpaid", item("4000"), since=START, status="unpaid")
    stops = subscription(
        "stops", item("3000"), since=START, discounts=[discount("deleted")]
    )
    part = [discount("quarter"), discount("ten", at("2026-02-01"))]
    left = subscription("left", item("2000"), since=START, status="canceled") | {
        "canceled_at": at("2026-01-20"),
        "ended_at": at("2026-02-10"),
        "cancellation_details": {
            "reason": "cancellation_requested",
            "feedback": "too_expensive",
        },
    }
    # Twelve decimals of a cent, and a currency without cents.
    tiny = item("2900.000000000001", quantity=3)
    yen = item("5000", currency="jpy")
    return {
        "subscriptions": [
            subscription("monthly", tiny, since=START),
            subscription("yearly", item("120000", "year"), since=START),
            subscription("free", item("900"), since=START, discounts=[discount(whole)]),
            subscription("part", item("4000"), since=START, discounts=part),
            subscription("yen", yen, since=START),
            subscription("taxed", item("1210", tax_behavior="inclusive"), since=START),
            subscription("tries", item("700"), since=START, status="trialing"),
            subscription("tiers", item(None), since=START),  # type: ignore[arg-type]
            left,
            *(grows, loses, unpaid, stops),
        ],
        "events": [
            changed(unpaid, "2026-02-10", status="past_due"),
            # In front of its neighbours, as events come in no order.
            changed(
                *(loses, "2026-02-20"),
                items=items(item("1000"), item("12000", "year")),
            ),
            changed(grows, "2026-01-10", items=items(item("5000"))),
        ],
        "coupons": [
            coupon("quarter", percent_off=25),
            coupon("ten", amount_off=1000, currency="eur", duration="repeating"),
        ],
        "invoices": [
            invoice("saved", "paid", "pi_1", paid_at=at("2026-01-12")),
            invoice("void", "void", "pi_2", voided_at=at("2026-01-06")),
            invoice("open", "open", "pi_3"),
        ],
        "charges": [
            charge("pi_1", "failed", "2026-01-05"),
            charge("pi_1", "succeeded", "2026-01-12"),
            charge("pi_2", "failed", "2026-01-05"),
            charge("pi_3", "failed", "2026-01-05"),
            charge("pi_elsewhere", "failed", "2026-01-05"),
        ],
    }


def as_files() -> RawFile:
    """The same, as a file tells it."""
    later = {"status": "cancelled", "ended_at": "2026-02-10"}
    unpaid = {"effective_from": "2026-02-10", "status": "unpaid"}
    yearly = {"billing_interval": "year", "item_id": "year"}
    rows = [
        paid("monthly", 87, START),
        paid("yearly", 1200, START, billing_interval="year"),
        paid("free", 9, START, discount_percent=100),
        paid("part", 40, START, discount_percent=25, discount_amount=10),
        paid("part", 40, START, discount_percent=25, effective_from="2026-02-01"),
        paid("yen", 5000, START, currency_code="JPY"),
        paid("taxed", 10, START),
        paid("tries", 7, START, status="trialing"),
        paid("tiers", None, START),
        paid("left", 20, START, cancellation_reason="too_expensive", **later),
        paid("grows", 50, START),
        paid("grows", 100, START, effective_from="2026-01-10"),
        paid("loses", 10, START, item_id="month"),
        paid("loses", 120, START, ended_at="2026-02-20", **yearly),
        paid("unpaid", 40, START, status="past_due"),
        paid("unpaid", 40, START, **unpaid),
        paid("stops", None, START),
    ]
    return file(*({**row, "account_id": f"cus_{row['account_id']}"} for row in rows))


def test_the_api_makes_the_mrr_that_a_file_makes(
    warehouse: Warehouse, pair: Pair
) -> None:
    filed = warehouse.add_pair()
    yens = rates(("2025-11-30", "JPY", "EUR", "0.006"))
    # Of a subscription that Stripe tells, what a file says counts nothing.
    stale = paid("monthly", 990, START, subscription_id="sub_monthly")
    with stripe(**lists()) as api:
        settings = {"schema": "raw_stripe", "company_id": pair.acme}
        Loader(warehouse.url).load(*api.read().messages, **settings)
    warehouse.load(pair.acme, yens, file(stale))
    warehouse.load(pair.bolt, file(stale))
    warehouse.load(filed.acme, yens, as_files())
    companies = pair.acme, pair.bolt, filed.acme
    as_of = dict.fromkeys(companies, AS_OF)
    warehouse.build(*companies, as_of=as_of, only=MARTS)

    told = movements(warehouse, pair.acme)
    assert told == movements(warehouse, filed.acme)
    new = [("2025-12-05", "new", amount, "None") for amount in ("87.00", "100.00")]
    assert [row[1:] for row in told if row[0] in {"cus_monthly", "cus_yearly"}] == new
    assert [row for row in told if row[2] != "new"] == [
        ("cus_grows", "2026-01-10", "expansion", "50.00", "None"),
        ("cus_left", "2026-02-10", "churn", "-20.00", "voluntary"),
        ("cus_loses", "2026-02-20", "contraction", "-10.00", "None"),
        ("cus_part", "2026-02-01", "expansion", "10.00", "None"),
        ("cus_unpaid", "2026-02-10", "churn", "-40.00", "involuntary"),
    ]
    # 87 + 100 + 20 + 30 + 10 + 20 + 50 + 20 + 40, and 50 more in January.
    ends = {
        month: row["end_mrr"] for month, row in months(warehouse, pair.acme).items()
    }
    assert ends == {"2025-12": 377, "2026-01": 427, "2026-02": 367}
    assert reasons(warehouse, pair.acme) == reasons(warehouse, filed.acme)
    assert reasons(warehouse, pair.acme)["cus_tiers"] == "no_amount"
    assert months(warehouse, pair.bolt)["2025-12"]["end_mrr"] == 990
    dunning = warehouse.rows(
        "select failed_invoice_count, recovered_invoice_count"
        " from marts.dunning_months where company_id in (%s, %s)",
        [pair.acme, pair.bolt],
    )
    assert [tuple(row.values()) for row in dunning] == [(2, 1)]
