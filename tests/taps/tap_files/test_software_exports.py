"""Exports of subscription tools, help desks, mailers and CRMs, read as they are."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from taps.tap_files.presets import load_presets
from tests.taps.tap_files.conftest import Run, RunTap

EXPORTS = Path(__file__).parent / "exports"


def export(name: str) -> str:
    """A file that a program exports."""
    (file,) = EXPORTS.rglob(f"{name}.csv")
    return file.read_text("utf-8")


def told(run: Run, stream: str, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of the rows of a stream."""
    return [tuple(row[column] for column in columns) for row in run.records(stream)]


#: Preset -> stream, columns, what its rows say.
ROWS: dict[str, tuple[str, tuple[str, ...], list[tuple[Any, ...]]]] = {
    # One has begun a trial, one ended; Start (UTC) is when it last changed.
    "stripe_subscriptions": (
        "subscriptions",
        ("subscription_id", "account_id", "amount", "currency_code", "status",
         "billing_interval", "started_at", "ended_at"),
        [
            ("sub_1", "cus_1", Decimal("29.00"), "EUR", "trialing", "month",
             "2026-01-10T09:00:00+00:00", None),
            ("sub_2", "cus_2", Decimal("1290.00"), "USD", "cancelled", "year",
             "2025-01-10T09:00:00+00:00", "2026-01-10T09:00:00+00:00"),
        ],
    ),
    # A draft has no day but that of its making; what is void has nothing paid.
    "stripe_invoices": (
        "invoices",
        ("invoice_id", "account_id", "subscription_id", "status", "amount_due",
         "amount_paid", "currency_code", "issued_at", "paid_at", "voided_at"),
        [
            ("in_1", "cus_1", "sub_1", "paid", Decimal("121.00"), Decimal("121.00"),
             "EUR", "2026-01-10T10:00:00+00:00", "2026-01-10T10:01:00+00:00", None),
            ("in_2", "cus_2", "sub_2", "open", Decimal("1290.00"), Decimal("0.00"),
             "USD", "2026-01-11T10:00:00+00:00", None, None),
            ("in_3", "cus_3", None, "void", Decimal("29.00"), Decimal("0.00"),
             "EUR", "2026-01-12T10:00:00+00:00", None, "2026-01-13T08:00:00+00:00"),
            ("in_4", "cus_3", None, "draft", Decimal("29.00"), Decimal("0.00"),
             "EUR", "2026-01-14T09:00:00+00:00", None, None),
        ],
    ),
    # One is past its attempts, one was made void; what was given back it does not tell.
    "chargebee_invoices": (
        "invoices",
        ("invoice_id", "account_id", "status", "amount_due", "issued_at", "paid_at"),
        [
            ("INV-1", "c1", "paid", Decimal("121.00"), "2025-03-04T10:00:00+00:00",
             "2025-03-04T10:01:00+00:00"),
            ("INV-2", "c2", "open", Decimal("150.00"), "2025-03-05T10:00:00+00:00",
             None),
            ("INV-3", "c3", "uncollectible", Decimal("29.00"),
             "2025-03-06T10:00:00+00:00", None),
            ("INV-4", "c3", "void", Decimal("10.00"), "2025-03-07T10:00:00+00:00",
             None),
        ],
    ),
    "chargebee_subscriptions": (
        "subscriptions",
        ("subscription_id", "unit_amount", "quantity", "status", "started_at",
         "ended_at"),
        [
            ("s1", Decimal("29.00"), 3, "active", "2025-01-10T09:00:00+00:00", None),
            ("s2", Decimal("29.00"), 1, "cancelled", "2025-01-11T09:00:00+00:00",
             "2025-12-01T10:00:00+00:00"),
            ("s3", Decimal("49.00"), 1, "trialing", "2025-01-12T09:00:00+00:00", None),
            ("s4", Decimal("49.00"), 1, "active", "2025-01-12T09:00:00+00:00",
             "2027-01-12T09:00:00+00:00"),
        ],
    ),
    "freshdesk_tickets": (
        "tickets",
        ("ticket_id", "account_id", "status", "first_replied_at", "solved_at",
         "channel"),
        [
            ("1", "Acme", "closed", "2026-01-10T09:12:00+00:00",
             "2026-01-10T13:00:00+00:00", "Email"),
            ("2", "Beta", "pending", None, None, "Portal"),
            ("3", "Beta", "solved", None, "2026-01-12T09:00:00+00:00", "Email"),
        ],
    ),
    "zendesk_tickets": (
        "tickets",
        ("ticket_id", "account_id", "status", "first_reply_business_minutes",
         "reopen_count", "solved_at"),
        [
            ("101", "Acme", "closed", 12, 1, "2026-01-11T09:00:00+00:00"),
            ("102", "Beta", "hold", None, 0, None),
        ],
    ),
    "mailchimp_members": (
        "contacts",
        ("contact_id", "email", "registered_at"),
        [
            ("e1", "ana@x.es", "2025-01-10T09:00:00+00:00"),
            # Whoever was imported confirmed and never signed up.
            ("e2", "leo@x.es", "2025-02-10T09:01:00+00:00"),
        ],
    ),
    "mailchimp_unsubscribed": (
        "contacts",
        ("contact_id", "email", "has_email_consent"),
        [("e3", "mar@x.es", False)],
    ),
    "mailchimp_campaigns": (
        "message_campaigns",
        ("campaign_id", "campaign_name", "channel", "started_at"),
        [("abc123", "Enero", "email", "2026-01-15T09:00:00+00:00")],
    ),
    "klaviyo_campaigns": (
        "message_campaigns",
        ("campaign_id", "campaign_name", "channel", "started_at"),
        [
            ("01JRA", "Opt Out", "email", "2025-04-09T09:38:00+00:00"),
            ("01JRB", "Text", "sms", "2025-04-10T09:38:00+00:00"),
        ],
    ),
    "hubspot_contacts": (
        "contacts",
        ("contact_id", "email", "registered_at", "source"),
        [
            ("101", "ana@x.es", "2025-01-10T09:00:00+00:00", "Organic Search"),
            ("102", "leo@x.es", "2025-02-10T09:00:00+00:00", "Paid Social"),
        ],
    ),
    "hubspot_companies": (
        "accounts",
        ("account_id", "account_name", "cs_manager", "signed_up_at"),
        [("77", "Acme", "Marta", None), ("78", "Beta", None, None)],
    ),
    "typeform_nps": (
        "survey_responses",
        ("response_id", "survey_kind", "score", "scale_max", "account_id",
         "answered_at"),
        [
            ("a1", "nps", 10, 10, "acc1", "2026-01-10T09:01:00+00:00"),
            ("a2", "nps", 0, 10, "acc2", "2026-01-10T23:30:00+00:00"),
        ],
    ),
    # A second line of headers names the choices of a question.
    "surveymonkey_nps": (
        "survey_responses",
        ("response_id", "survey_kind", "score", "scale_max", "respondent_id",
         "answered_at"),
        [
            ("118052219061", "nps", 9, 10, "a@x.com", "2025-01-15T10:05:00+00:00"),
            ("118052219062", "nps", 10, 10, "b@x.com", "2025-01-16T10:05:00+00:00"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_an_export_is_read_without_a_setting(name: str, read_text: RunTap) -> None:
    stream, columns, expected = ROWS[name]

    run = read_text(export(name), currency_code="EUR")

    assert (run.failures, run.rejects) == ([], {})
    assert f"read as {load_presets()[name].title}" in run.file["notes"]
    assert told(run, stream, *columns) == expected


def test_times_of_programs_that_say_utc_are_in_utc(read_text: RunTap) -> None:
    run = read_text(export("typeform_nps"), time_zone="America/Santiago")

    assert run.file["last_date"] == "2026-01-10"
    assert told(run, "survey_responses", "answered_at")[1] == (
        "2026-01-10T23:30:00+00:00",
    )


def test_who_has_not_answered_to_the_end_is_left_out_and_told(
    read_text: RunTap,
) -> None:
    notes = read_text(export("typeform_nps")).file["notes"]

    assert "1 rows say nothing where others are told; left out" in notes


def test_of_two_questions_that_could_be_the_score_none_is(read_text: RunTap) -> None:
    text = export("typeform_nps").replace("main reason", "reason to recommend us")

    run = read_text(text)
    header = "How likely are you to recommend us to a friend?"
    answered = read_text(text, columns={"score": header})

    assert "no column for score of the contract Typeform, an NPS" in run.failures[0]
    assert told(answered, "survey_responses", "score") == [(10,), (0,)]


def test_whether_a_price_is_of_one_seat_is_asked(read_text: RunTap) -> None:
    text = export("stripe_subscriptions").replace("price_1,1,eur", "price_1,5,eur")

    run = read_text(text)
    of_all = read_text(text, ignored_columns="Quantity")
    of_one = read_text(
        text, columns={"amount": "", "unit_amount": "Amount", "quantity": "Quantity"}
    )

    assert "line 2: the column 'Quantity' says '5'" in run.failures[0]
    assert told(of_all, "subscriptions", "amount", "quantity")[0] == (29, None)
    assert told(of_one, "subscriptions", "amount", "unit_amount", "quantity")[0] == (
        *(None, 29, 5),
    )


def test_a_coupon_that_nobody_explains_is_asked(read_text: RunTap) -> None:
    header = "subscription_id,account_id,interval,amount,status,started_at,cupon"
    row = "s1,a1,month,29,active,2026-01-15"

    none = read_text(f"{header}\n{row},\n")
    some = read_text(f"{header}\n{row},SAVE20\n")
    ignored = read_text(f"{header}\n{row},SAVE20\n", ignored_columns="cupon")

    assert (none.failures, ignored.failures) == ([], [])
    assert "the column 'cupon' may change what a row is worth" in some.failures[0]
    assert "columns.discount_percent=cupon" in some.failures[0]


def test_a_subscription_without_a_price_is_set_aside(read_text: RunTap) -> None:
    run = read_text(export("stripe_subscriptions").replace("month,29.00", "month,"))

    assert run.rejects == {"log.csv line 2": "amount is missing"}


def test_a_payment_that_was_given_back_in_part_is_asked(read_text: RunTap) -> None:
    text = (
        "payment_id,invoice_id,account_id,status,amount,attempted_at,amount_refunded\n"
        "p1,i1,a1,succeeded,100,2026-01-15,{}\n"
    )

    whole, part = read_text(text.format("0.00")), read_text(text.format("20"))

    assert whole.failures == []
    assert "'amount_refunded' may change what a row is worth" in part.failures[0]


INVOICES = "invoice_id,account_id,status,total,issued_at,product\n"


def test_lines_of_an_invoice_are_no_invoices(read_text: RunTap) -> None:
    run = read_text(
        f"{INVOICES}i1,a1,paid,60,2026-01-15,x\ni1,a1,paid,40,2026-01-15,y\n"
    )

    assert run.records("invoices") == []
    assert "stand for rows of different amounts (lines 2 and 3)" in run.failures[0]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("10.50", "10.5"),
        ('"1,234.50"', "1234.5"),
        ('"10,50"', '"10,5 €"'),
        ('"1.200,00"', '"1.200"'),
        ("$10.00", "10"),
        ("(10.50)", "-10.5"),
    ],
)
def test_one_amount_may_be_written_in_two_ways(
    first: str, second: str, read_text: RunTap
) -> None:
    run = read_text(
        f"{INVOICES}i1,a1,open,{first},2026-01-15,x\ni1,a1,paid,{second},2026-01-15,x\n"
    )

    assert run.failures == []
    (amount,) = {row["amount_due"] for row in run.records("invoices")}
    assert amount


@pytest.mark.parametrize(
    ("first", "second"),
    [('"1.200,00"', '"1,20"'), ("10.50", "-10.5"), ("10.05", "10.5"), ("100", "10")],
)
def test_two_amounts_of_one_invoice_are_refused(
    first: str, second: str, read_text: RunTap
) -> None:
    run = read_text(
        f"{INVOICES}i1,a1,open,{first},2026-01-15,x\ni1,a1,paid,{second},2026-01-15,x\n"
    )

    assert "stand for rows of different amounts" in run.failures[0]


def test_an_invoice_said_again_once_it_is_paid_is_read(read_text: RunTap) -> None:
    run = read_text(
        f"{INVOICES}i1,a1,open,60,2026-01-15,x\ni1,a1,paid,60.00,2026-01-15,x\n"
        "Total,,,120,,\n"
    )

    assert (run.failures, run.rejects) == ([], {})
    assert told(run, "invoices", "status") == [("open",), ("paid",)]
    assert "1 rows of totals are left out" in run.file["notes"]


def test_a_known_export_that_lacks_a_column_is_told_by_its_name(
    read_text: RunTap,
) -> None:
    header, row = export("freshdesk_tickets").splitlines()[:2]

    run = read_text(f"{header.replace('Company Name', 'Notes')}\n{row}\n")

    assert (
        "no column for account_id of the contract Freshdesk, tickets" in run.failures[0]
    )


@pytest.mark.parametrize(
    ("written", "score"),
    [("9 - muy probable", 9), ("10 (Extremely likely)", 10), ("0: nada", 0)],
)
def test_an_answer_may_have_words_beside_it(
    written: str, score: int, read_text: RunTap
) -> None:
    run = read_text(
        f"response_id,survey_kind,score,answered_at\nr1,nps,{written},2026-01-15\n"
    )

    assert told(run, "survey_responses", "score") == [(score,)]


@pytest.mark.parametrize("written", ["9 - 10", "muy probable", "5-7"])
def test_an_answer_that_is_two_or_none_is_set_aside(
    written: str, read_text: RunTap
) -> None:
    run = read_text(
        f"response_id,survey_kind,score,answered_at\nr1,nps,{written},2026-01-15\n"
    )

    assert list(run.rejects) == ["log.csv line 2"]
