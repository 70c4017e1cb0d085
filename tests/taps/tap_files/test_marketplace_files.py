"""A marketplace's files are told apart by their headers, and read row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from taps.tap_files.contract import load_contracts
from taps.tap_files.headers import recognise
from taps.tap_files.settings import Settings
from tests.taps.tap_files.conftest import RunTap

USERS = "user_id,rut,registered_at,has_marketing_consent\n"
ORDERS = "order_id,user_id,status,total,created_at,paid_at\n"
HEADERS = {
    "marketplace_users": "user_id,email,rut,region,comuna,created_at,onboarded_at",
    "marketplace_carts": "cart_id,user_id,service,price,created_at,order_id",
    "marketplace_orders": "order_id,user_id,status,service,total,created_at,paid_at",
    "marketplace_order_items": "order_id,product_id,quantity,price",
    "marketplace_payments": "payment_id,order_id,user_id,method,amount,created_at",
    "marketplace_ratings": "rating_id,order_id,user_id,score,rated_at",
    "marketplace_sessions": "session_id,user_id,started_at,channel",
    # Olist's own headers.
    "olist marketplace_users": "customer_id,customer_unique_id,customer_city,"
    "customer_zip_code_prefix,customer_state",
    "olist marketplace_orders": "order_id,customer_id,order_status,"
    "order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,"
    "order_delivered_customer_date,order_estimated_delivery_date",
    "olist marketplace_order_items": "order_id,order_item_id,product_id,seller_id,"
    "shipping_limit_date,price,freight_value",
    "olist marketplace_payments": "order_id,payment_sequential,payment_type,"
    "payment_installments,payment_value",
    "olist marketplace_ratings": "review_id,order_id,review_score,"
    "review_comment_title,review_creation_date,review_answer_timestamp",
    # A purchase log stays one, whatever else it says of its purchases.
    "purchases": "customer_id,date,amount",
    "with status purchases": "user_id,created_at,amount,status,order_id,region,rut",
    "with rating purchases": "order_id,customer_id,date,amount,rating,session_id",
    "with lines purchases": "order_id,product_id,quantity,price,customer_id,date",
}


@pytest.mark.parametrize("case", HEADERS)
def test_the_header_says_which_file_it_is(case: str) -> None:
    header = HEADERS[case].split(",")

    binding = recognise("export.csv", header, Settings(paths=()))

    assert binding.contract.name == case.rsplit(maxsplit=1)[-1]


@pytest.mark.parametrize("name", [n for n in load_contracts() if n != "shopify_orders"])
def test_a_file_with_a_contract_s_own_columns_is_read_as_that(name: str) -> None:
    columns = [each.name for each in load_contracts()[name].columns if each.loaded]

    binding = recognise("export.csv", columns, Settings(paths=()))

    assert binding.contract.name == name


def test_cells_are_read_by_their_declared_type(read_text: RunTap) -> None:
    run = read_text(f"{USERS}u1,11.111.111-1,2024-04-06 23:30,sí\nu2,,,\n")

    first, second = run.records("marketplace_users")
    assert first["registered_at"] == "2024-04-06T23:30:00+00:00"
    assert first["has_marketing_consent"] is True
    assert (second["rut"], second["registered_at"]) == (None, None)


def test_what_cannot_be_goes_to_quarantine(read_text: RunTap) -> None:
    run = read_text(
        "order_id,rating_id,score,rated_at\n"
        "o1,r1,5,2024-01-05\n"
        "o1,r1,5,2024-01-05\n"
        "o2,r2,6,2024-01-05\n"
        "o3,r3,,2024-01-05\n"
    )

    assert len(run.records("marketplace_ratings")) == 1
    assert run.rejects == {
        "log.csv line 3": "duplicate: equal to an earlier row",
        "log.csv line 4": "score is above 5",
        "log.csv line 5": "score is missing",
    }


def test_a_cart_too_dear_to_be_true_goes_to_quarantine(read_text: RunTap) -> None:
    run = read_text(
        "cart_id,user_id,order_id,product_id,quantity,price,created_at\n"
        "c1,u,,p,1000000,9999999.99,2024-01-05\n"
        "c2,u,,p,1000000,10000000.00,2024-01-05\n"
    )

    assert [row["cart_id"] for row in run.records("marketplace_carts")] == ["c1"]
    assert run.rejects == {"log.csv line 3": "the amount is too large to be true"}


def test_words_days_and_whole_numbers_are_read_as_declared(read_text: RunTap) -> None:
    run = read_text(
        "sponsorship_id,sponsor_name,starts_on,ends_on,amount,currency_code\n"
        "s,Banco,2026-03-30,2026-04-01,1500.50,EUR\n"
    )
    (row,) = run.records("sponsorships")
    assert (row["starts_on"], row["ends_on"]) == ("2026-03-30", "2026-04-01")


def test_what_ends_before_it_begins_is_set_aside(read_text: RunTap) -> None:
    run = read_text(
        "sponsorship_id,sponsor_name,starts_on,ends_on,amount,currency_code\n"
        "s,Banco,2026-03-30,2026-03-30,1500.50,EUR\n"
        "t,Banco,2026-03-30,2026-03-29,1500.50,EUR\n"
    )
    assert [row["sponsorship_id"] for row in run.records("sponsorships")] == ["s"]
    assert run.rejects == {"log.csv line 3": "ends_on is before starts_on"}


def test_a_word_that_is_not_in_the_list_is_set_aside(read_text: RunTap) -> None:
    run = read_text(
        "message_id,message_event,occurred_at,channel\n"
        "1,Delivered,2026-03-01 10:00,email\n"
        "2,teleported,2026-03-01 10:00,email\n"
    )
    assert [row["message_event"] for row in run.records("message_events")] == [
        "delivered"
    ]
    (reason,) = run.rejects.values()
    assert reason.startswith("message_event is none of sent, delivered, opened")


def test_equal_rows_without_a_number_of_their_own_are_kept(read_text: RunTap) -> None:
    run = read_text("order_id,product_id,price\no1,jardin,1500\no1,jardin,1500\n")

    assert len(run.records("marketplace_order_items")) == 2
    assert "equal to an earlier row" in run.records("files")[0]["notes"][-1]


def test_totals_are_taken_from_the_declared_amount(read_text: RunTap) -> None:
    rows = "o1,u1,paid,1990.50,2024-01-05,2024-01-05\no2,u1,paid,,2024-01-06,\n"
    run = read_text(ORDERS + rows + "o3,u1,paid,-1,2024-01-07,\n")

    (file,) = run.records("files")
    assert file["loaded_total"] == Decimal("1990.50")
    assert file["rejected_total"] == Decimal(-1)
    assert (file["first_date"], file["last_date"]) == ("2024-01-05", "2024-01-06")
