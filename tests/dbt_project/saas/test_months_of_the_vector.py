"""The month of the definitions, to the cent, and what is no MRR."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile, Row, rates
from tests.dbt_project.warehouse import Pair, Warehouse

MARTS = ("saas_months", "mrr_movements", "dunning_months", "subscription_gaps")
AS_OF = "2026-03-15"


def paid(account_id: str, amount: object, since: str, **others: object) -> Row:
    """A subscription per month in the company's currency."""
    return {
        "subscription_id": f"s-{account_id}",
        "account_id": account_id,
        "billing_interval": "month",
        "amount": amount,
        "status": "active",
        "started_at": since,
        **others,
    }


def file(*rows: Row, name: str = "subscriptions.csv", version: int = 1) -> RawFile:
    return RawFile(name, rows, contract="subscriptions", version=version)


def built(warehouse: Warehouse, pair: Pair) -> None:
    as_of = {pair.acme: AS_OF, pair.bolt: AS_OF}
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=MARTS)


def months(warehouse: Warehouse, company_id: str) -> dict[str, dict[str, Any]]:
    query = "select * from reporting.saas_by_month where company_id = %s"
    rows = warehouse.rows(query, [company_id])
    return {f"{row['month_start_date']:%Y-%m}": row for row in rows}


def movements(warehouse: Warehouse, company_id: str) -> list[tuple[str, ...]]:
    query = """
        select account_id, movement_date, movement, mrr_change, end_kind
        from marts.mrr_movements where company_id = %s
        order by account_id, movement_date, movement
    """
    rows = warehouse.rows(query, [company_id])
    return [tuple(str(value) for value in row.values()) for row in rows]


def reasons(warehouse: Warehouse, company_id: str) -> dict[str, str | None]:
    query = """
        select account_id, left_out_reason from marts.subscription_versions
        where company_id = %s
    """
    rows = warehouse.rows(query, [company_id])
    return {row["account_id"]: row["left_out_reason"] for row in rows}


def test_the_vector_of_the_definitions(warehouse: Warehouse, pair: Pair) -> None:
    stayed = [paid(f"a{n}", 90, "2025-12-01") for n in range(96)]
    warehouse.load(
        pair.acme,
        file(
            *stayed,
            paid("rest", 160, "2025-12-01"),
            paid("leaves", 300, "2025-12-01", ended_at="2026-01-20"),
            paid("halves", 400, "2025-12-01"),
            paid("halves", 200, "2025-12-01", effective_from="2026-01-10"),
            paid("grows", 500, "2025-12-01"),
            paid("grows", 800, "2025-12-01", effective_from="2026-01-11"),
            paid("back", 70, "2025-06-01", ended_at="2025-08-01"),
            paid("back", 100, "2025-06-01", effective_from="2026-01-12"),
            paid("joins", 250, "2026-01-05"),
            paid("tries", 250, "2026-01-05", ended_at="2026-01-25"),
        ),
    )
    warehouse.load(pair.bolt, file(paid("joins", 990, "2025-12-01")))
    built(warehouse, pair)

    month = months(warehouse, pair.acme)["2026-01"]
    assert (month["start_account_count"], month["start_mrr"]) == (100, 10_000)
    assert (month["churned_account_count"], month["logo_churn_ratio"]) == (1, 0.01)
    assert month["joined_and_left_account_count"] == 1
    told = [
        month[f"{name}_mrr"]
        for name in ("churned", "contraction", "expansion", "reactivation", "new")
    ]
    assert told == [300, 200, 300, 100, 250]
    assert month["gross_mrr_churn_ratio"] == pytest.approx(0.05)
    assert month["net_mrr_churn_ratio"] == pytest.approx(0.01)
    assert month["quick_ratio"] == pytest.approx(1.1)
    assert month["end_mrr"] == 10_150
    assert month["quarterly_logo_churn_ratio"] == pytest.approx(1 - 0.99**3)
    assert month["annual_logo_churn_ratio"] == pytest.approx(1 - 0.99**12)
    # Wilson for 1 of 100, as published tables have it.
    bounds = month["logo_churn_ratio_lower"], month["logo_churn_ratio_upper"]
    assert bounds == pytest.approx((0.0017674, 0.0544862), abs=1e-6)
    # A month that is not over has no row, and the other company its own.
    assert "2026-03" not in months(warehouse, pair.acme)
    assert months(warehouse, pair.bolt)["2026-01"]["end_mrr"] == 990


def test_what_is_no_mrr_says_why(warehouse: Warehouse, pair: Pair) -> None:
    warehouse.load(
        pair.acme,
        file(
            paid("pays", 50, "2026-01-05"),
            paid("late", 50, "2026-01-05", status="past_due"),
            paid("trial", 50, "2026-01-05", status="trialing"),
            paid("coupon", 50, "2026-01-05", discount_percent=100),
            paid("metered", 50, "2026-01-05", usage_type="metered"),
            paid("never", 50, "2026-01-05", status="incomplete"),
            paid("silent", 50, "2026-01-05", status="cancelled"),
            paid("asleep", 50, "2026-01-05", status="paused"),
            paid("pounds", 50, "2026-01-05", currency_code="GBP"),
            paid("priceless", None, "2026-01-05"),
            paid("odd", 50, "2026-01-05", ended_at="2026-01-01"),
        ),
    )
    warehouse.load(pair.bolt, file(paid("trial", 50, "2026-01-05")))
    built(warehouse, pair)

    assert reasons(warehouse, pair.acme) == {
        "pays": None,
        "late": None,
        "trial": "trial",
        "coupon": "free",
        "metered": "metered",
        "never": "incomplete",
        "silent": "unknown_end",
        "asleep": "unknown_since_when",
        "pounds": "missing_currency_rate",
        "priceless": "no_amount",
        "odd": "ends_before_it_begins",
    }
    assert reasons(warehouse, pair.bolt) == {"trial": None}
    assert months(warehouse, pair.acme)["2026-01"]["end_mrr"] == 100
    told = warehouse.rows(
        "select left_out_reason, is_flaw from reporting.subscriptions_left_out"
        " where company_id = %s and left_out_subscription_count = 1",
        [pair.acme],
    )
    flaws = {row["left_out_reason"] for row in told if row["is_flaw"]}
    assert (len(told), len(flaws)) == (9, 5)
    assert "ends_before_it_begins" in flaws


def test_a_day_is_the_companys_and_who_stops_paying_says_how(
    warehouse: Warehouse, pair: Pair
) -> None:
    rows = [
        # Midnight in UTC is one o'clock in Madrid and nine in the evening in Santiago.
        paid("a", 40, "2026-01-01 12:00+00"),
        paid("a", 60, "2026-01-01 12:00+00", effective_from="2026-02-01 00:00+00"),
        paid("b", 40, "2026-01-10", status="past_due"),
        paid("b", 40, "2026-01-10", effective_from="2026-02-10", status="unpaid"),
        paid(
            "c",
            40,
            "2026-01-10",
            status="cancelled",
            cancelled_at="2026-01-20",
            ended_at="2026-02-10",
            cancellation_reason="Too_expensive",
        ),
        # Two items with two intervals; losing one is a contraction.
        paid("d", 10, "2026-01-10", item_id="seat"),
        paid(
            "d",
            120,
            "2026-01-10",
            item_id="api",
            billing_interval="year",
            ended_at="2026-02-20",
        ),
        # A trial that became a customer, an account that became another.
        paid("e", 20, "2026-01-10", trial_ends_at="2026-02-05"),
        paid("old", 30, "2026-01-10", ended_at="2026-02-15"),
        paid("f", 30, "2026-02-15"),
    ]
    merged = RawFile(
        "accounts.csv",
        [{"account_id": "old", "merged_into_account_id": "f"}],
        contract="accounts",
    )
    warehouse.load(pair.acme, file(*rows), merged)
    warehouse.load(pair.bolt, file(*rows[:2]))
    built(warehouse, pair)

    assert movements(warehouse, pair.acme) == [
        ("a", "2026-01-01", "new", "40.00", "None"),
        ("a", "2026-02-01", "expansion", "20.00", "None"),
        ("b", "2026-01-10", "new", "40.00", "None"),
        ("b", "2026-02-10", "churn", "-40.00", "involuntary"),
        ("c", "2026-01-10", "new", "40.00", "None"),
        ("c", "2026-02-10", "churn", "-40.00", "voluntary"),
        ("d", "2026-01-10", "new", "20.00", "None"),
        ("d", "2026-02-20", "contraction", "-10.00", "None"),
        ("e", "2026-02-05", "new", "20.00", "None"),
        ("f", "2026-01-10", "new", "30.00", "None"),
    ]
    assert movements(warehouse, pair.bolt)[1][:2] == ("a", "2026-01-31")
    february = months(warehouse, pair.acme)["2026-02"]
    assert february["involuntary_churned_account_count"] == 1
    assert february["voluntary_churned_mrr"] == 40


def test_rates_of_the_months_end_are_a_movement_of_their_own(
    warehouse: Warehouse, pair: Pair
) -> None:
    dollars = paid("a", 100, "2026-01-10", currency_code="USD")
    told = rates(
        ("2025-12-31", "USD", "EUR", "0.80"),
        ("2026-01-31", "USD", "EUR", "0.90"),
        ("2026-02-28", "USD", "EUR", "0.85"),
    )
    warehouse.load(pair.acme, file(dollars), told)
    warehouse.load(pair.bolt, file(dollars))
    built(warehouse, pair)

    assert movements(warehouse, pair.acme) == [
        ("a", "2026-01-10", "new", "80.00", "None"),
        ("a", "2026-01-31", "fx", "10.00", "None"),
        ("a", "2026-02-28", "fx", "-5.00", "None"),
    ]
    told_months = months(warehouse, pair.acme)
    # Who came this month is new by the rate of its end.
    assert told_months["2026-01"]["new_mrr"] == Decimal(90)
    assert told_months["2026-02"]["fx_mrr"] == Decimal(-5)
    assert movements(warehouse, pair.bolt) == []
    assert reasons(warehouse, pair.bolt) == {"a": "missing_currency_rate"}


def test_survival_is_that_of_the_vector(warehouse: Warehouse, pair: Pair) -> None:
    # Who left on days 3, 10 and 60, and who is followed for 30 and 80.
    lives = [
        paid("a", 10, "2025-10-01", ended_at="2025-10-04"),
        paid("b", 10, "2025-10-01", ended_at="2025-10-11"),
        paid("c", 10, "2025-10-01", ended_at="2025-11-30"),
        paid("d", 10, "2025-12-01"),
        paid("e", 10, "2025-10-12"),
    ]
    warehouse.load(pair.acme, file(*lives))
    warehouse.load(pair.bolt, file(lives[2]))
    as_of = {pair.acme: "2025-12-31", pair.bolt: "2025-12-31"}
    marts = ("account_survival_months",)
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=marts)

    days = """
        select age_days, at_risk_count, left_count, round(survival_ratio::numeric, 9)
        from marts.account_survival_days where company_id = %s order by age_days
    """
    months = """
        select month_number, at_risk_count, round(survival_ratio::numeric, 9)
        from marts.account_survival_months where company_id = %s order by 1
    """
    rows = [tuple(row.values()) for row in warehouse.rows(days, [pair.acme])]
    assert [(*row[:3], float(row[3])) for row in rows] == [
        (3, 5, 1, 0.8),
        (10, 4, 1, 0.6),
        (30, 3, 0, 0.6),
        (60, 2, 1, 0.3),
        (80, 1, 0, 0.3),
    ]
    told = [tuple(row.values()) for row in warehouse.rows(months, [pair.acme])]
    assert [(*row[:2], float(row[2])) for row in told] == [(1, 2, 0.6), (2, 1, 0.3)]
    alone = [tuple(row.values()) for row in warehouse.rows(days, [pair.bolt])]
    assert alone == [(60, 1, 1, Decimal(0))]
    # Until the first has left, all are there.
    told = [tuple(row.values()) for row in warehouse.rows(months, [pair.bolt])]
    assert told == [(1, 1, Decimal(1))]


def test_a_failed_payment_is_saved_within_thirty_days(
    warehouse: Warehouse, pair: Pair
) -> None:
    def tried(number: int, invoice: str, status: str, day: str) -> Row:
        return {
            "payment_id": f"p{number}",
            "invoice_id": invoice,
            "status": status,
            "attempted_at": day,
        }

    payments = [
        tried(1, "saved", "failed", "2026-01-05"),
        tried(2, "saved", "succeeded", "2026-01-12"),
        tried(3, "late", "failed", "2026-01-05"),
        tried(4, "late", "succeeded", "2026-02-20"),
        tried(5, "lost", "failed", "2026-01-05"),
        tried(6, "void", "failed", "2026-01-05"),
        tried(7, "fine", "succeeded", "2026-01-05"),
        tried(8, "young", "failed", "2026-02-20"),
    ]
    invoices = [
        {"invoice_id": "void", "status": "open", "voided_at": "2026-01-06"},
        {"invoice_id": "lost", "status": "uncollectible"},
    ]
    warehouse.load(
        pair.acme,
        RawFile("payments.csv", payments, contract="payments"),
        RawFile("invoices.csv", invoices, contract="invoices"),
    )
    warehouse.load(pair.bolt, RawFile("p.csv", payments[4:5], contract="payments"))
    built(warehouse, pair)

    query = """
        select company_id, to_char(month_start_date, 'YYYY-MM') as month,
            failed_invoice_count, recovered_invoice_count
        from marts.dunning_months where company_id in (%s, %s) order by 1
    """
    rows = warehouse.rows(query, [pair.acme, pair.bolt])
    assert [tuple(row.values()) for row in rows] == [
        (pair.acme, "2026-01", 3, 1),
        (pair.bolt, "2026-01", 1, 0),
    ]
