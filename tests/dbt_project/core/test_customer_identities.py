"""Two ids of one shop with one confirmed address are one customer; it can be undone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from ml_assets.assets.audience_tables import CountedAudience, read_members
from orchestration.lib.activation.audiences.holdouts import kept_back_now
from orchestration.lib.tenancy.customer_identities import (
    Identity,
    NotMerged,
    keep_apart,
    list_identities,
    undo_split,
)
from tests.dbt_project.marketplace_rows import marketplace_file, user
from tests.dbt_project.mart_hashes import hashes
from tests.dbt_project.raw_files import RawFile, shopify_row
from tests.dbt_project.raw_shopify import Row, customer, order, shop
from tests.dbt_project.warehouse import Pair, Warehouse

ANA = "ana@example.com"
AT = "2026-01-05 10:00+00"
AS_OF = "2026-02-01"
READ = (
    *("orders", "customers", "customer_summaries", "carts", "customer_events"),
    *("customer_consents", "users", "customer_identities"),
)


def person(id_: str, created: str, **known: object) -> Row:
    """An account that the shop has confirmed and may write to, of Ana."""
    return {
        **customer(id_, ANA),
        "created_at": f"{created} 10:00+00",
        "verified_email": True,
        "state": "enabled",
        "email_marketing_state": "subscribed",
        **known,
    }


@pytest.fixture
def shops(warehouse: Warehouse, pair: Pair) -> Pair:
    """At Acme 7 and 8 are Ana, confirmed; 8 changed last and refused mail.

    7 bought for 10, 8 for 20, Ana as a guest for 40; 8 left a checkout. Customer 9 is
    somebody else. At Bolt the same ids have addresses of their own.
    """
    for company in (pair.acme, pair.bolt):
        warehouse.land(company, "shop", shop("Europe/Madrid"))
        warehouse.land(
            company,
            "orders",
            order("1", AT, 10, customer_id="7"),
            order("2", "2026-01-06 10:00+00", 20, customer_id="8"),
            order("3", "2026-01-07 10:00+00", 40, customer_id=None, email=f" {ANA}"),
            order("4", "2026-01-08 10:00+00", 80, customer_id="9"),
        )
        checkout = {"id": "c", "customer_id": "8", "created_at": AT}
        warehouse.land(company, "abandoned_checkouts", {**checkout, "total_price": 5})
    later = {"updated_at": "2026-06-30 10:00+00"}
    warehouse.land(
        pair.acme,
        "customers",
        person("7", "2025-01-01"),
        person("8", "2025-06-01", email_marketing_state="unsubscribed", **later),
        person("9", "2024-01-01", email="bea@example.com"),
    )
    warehouse.land(
        pair.bolt,
        "customers",
        person("7", "2025-01-01", email="one@example.com"),
        person("8", "2025-06-01", email="two@example.com"),
    )
    return pair


def build(warehouse: Warehouse, *companies: str) -> None:
    warehouse.build(*companies, as_of=dict.fromkeys(companies, AS_OF), only=READ)


def buyers(warehouse: Warehouse, company_id: str) -> dict[str, str]:
    """The number of each order's customer, by the order's."""
    return {
        id_.removeprefix("shopify/"): str(row["customer_id"]).removeprefix("shopify/")
        for id_, row in warehouse.orders(company_id).items()
    }


def named(warehouse: Warehouse, company_id: str, mart: str) -> list[Any]:
    """The customers that a mart names, each once."""
    rows = warehouse.rows(
        f"select distinct customer_id from marts.{mart} where company_id = %s"
        " order by 1",
        [company_id],
    )
    return [row["customer_id"] for row in rows]


def reached(warehouse: Warehouse, company_id: str) -> object:
    """For how many orders the last build made `orders`; None of all of them."""
    (row,) = warehouse.rows(
        """select changed_key_count from ops.mart_builds
        where company_id = %s and mart = 'orders'""",
        [company_id],
    )
    return row["changed_key_count"]


def assert_as_if_built_whole(warehouse: Warehouse, *companies: str) -> None:
    """What the builds so far made is what one from nothing makes."""
    step_by_step = _rows(warehouse, companies)
    warehouse.execute(
        "delete from ops.mart_builds where company_id = any(%s)", [list(companies)]
    )
    build(warehouse, *companies)
    assert step_by_step == _rows(warehouse, companies)


def _rows(warehouse: Warehouse, companies: Sequence[str]) -> dict[str, Any]:
    found = hashes(warehouse, companies)
    return {mart: found[mart] for mart in READ}


def test_two_ids_of_one_confirmed_address_are_one_customer_in_every_mart(
    warehouse: Warehouse, shops: Pair
) -> None:
    build(warehouse, shops.acme, shops.bolt)

    assert buyers(warehouse, shops.acme) == {"1": "7", "2": "7", "3": "7", "4": "9"}
    rows = warehouse.rows(
        """select customer_id, order_count, historic_value from marts.customers
        where company_id = %s order by 1""",
        [shops.acme],
    )
    assert [tuple(row.values()) for row in rows] == [
        ("shopify/7", 3, Decimal(70)),
        ("shopify/9", 1, Decimal(80)),
    ]
    for mart in ("carts", "customer_events", "customer_consents", "users"):
        assert named(warehouse, shops.acme, mart) == ["shopify/7", "shopify/9"], mart
    # One refusal is enough, by whichever id.
    (consent,) = warehouse.rows(
        """select has_marketing_consent from marts.customer_consents
        where company_id = %s and customer_id = 'shopify/7'""",
        [shops.acme],
    )
    assert consent["has_marketing_consent"] is False
    (account,) = warehouse.rows(
        """select user_id, registered_date::text, has_marketing_consent
        from marts.users where company_id = %s and customer_id = 'shopify/7'""",
        [shops.acme],
    )
    assert tuple(account.values()) == ("shopify/7", "2025-01-01", False)
    assert [
        (each.customer_id, each.person_customer_id, each.state)
        for each in list_identities(warehouse.url, shops.acme)
    ] == [("shopify/8", "shopify/7", "merged")]


def test_ids_that_another_company_shares_stay_two(
    warehouse: Warehouse, shops: Pair
) -> None:
    build(warehouse, shops.acme, shops.bolt)

    found = buyers(warehouse, shops.bolt)
    assert (found["1"], found["2"]) == ("7", "8")
    assert list_identities(warehouse.url, shops.bolt) == []


@pytest.mark.parametrize("verified", [False, None])
def test_an_address_that_was_not_confirmed_merges_nobody(
    warehouse: Warehouse, shops: Pair, verified: bool | None
) -> None:
    warehouse.execute(
        """update raw_shopify.customers set verified_email = %s
        where company_id = %s and id = '7'""",
        [verified, shops.acme],
    )
    build(warehouse, shops.acme)

    # The guest is the one of whom the shop knows the address.
    assert buyers(warehouse, shops.acme) == {"1": "7", "2": "8", "3": "8", "4": "9"}
    assert named(warehouse, shops.acme, "customer_identities") == []


def test_who_is_kept_apart_is_two_until_that_is_undone(
    warehouse: Warehouse, shops: Pair
) -> None:
    build(warehouse, shops.acme, shops.bolt)
    build(warehouse, shops.acme, shops.bolt)
    assert reached(warehouse, shops.acme) == 0

    keep_apart(warehouse.url, shops.acme, "8", "ana", "brothers")
    build(warehouse, shops.acme, shops.bolt)

    assert buyers(warehouse, shops.acme) == {"1": "7", "2": "8", "3": "7", "4": "9"}
    assert named(warehouse, shops.acme, "customers") == [
        *("shopify/7", "shopify/8", "shopify/9")
    ]
    assert reached(warehouse, shops.acme) == 1
    (told,) = list_identities(warehouse.url, shops.acme)
    assert told == Identity(
        *("shopify/8", None, "kept_apart", told.since, "ana", "brothers")
    )
    assert_as_if_built_whole(warehouse, shops.acme, shops.bolt)

    undo_split(warehouse.url, shops.acme, "shopify/8", "ana")
    build(warehouse, shops.acme, shops.bolt)

    assert buyers(warehouse, shops.acme) == {"1": "7", "2": "7", "3": "7", "4": "9"}
    assert reached(warehouse, shops.acme) == 1
    assert_as_if_built_whole(warehouse, shops.acme, shops.bolt)


def test_who_is_merged_with_nobody_cannot_be_kept_apart(
    warehouse: Warehouse, shops: Pair
) -> None:
    build(warehouse, shops.acme, shops.bolt)

    with pytest.raises(NotMerged, match=r"shopify/9 of .* is merged with nobody"):
        keep_apart(warehouse.url, shops.acme, "9", "ana")
    with pytest.raises(NotMerged, match="is merged with nobody"):
        keep_apart(warehouse.url, shops.bolt, "8", "ana")
    with pytest.raises(NotMerged, match="is not kept apart"):
        undo_split(warehouse.url, shops.acme, "8", "ana")


def test_a_changed_address_reaches_both_customers(
    warehouse: Warehouse, shops: Pair
) -> None:
    build(warehouse, shops.acme)
    warehouse.execute(
        """update raw_shopify.customers set email = 'other@example.com'
        where company_id = %s and id = '8'""",
        [shops.acme],
    )
    build(warehouse, shops.acme)

    assert buyers(warehouse, shops.acme) == {"1": "7", "2": "8", "3": "7", "4": "9"}
    assert_as_if_built_whole(warehouse, shops.acme)


def test_the_id_created_first_stays_whichever_changes_later(
    warehouse: Warehouse, shops: Pair
) -> None:
    build(warehouse, shops.acme)
    for id_ in "78":
        warehouse.execute(
            """update raw_shopify.customers set updated_at = updated_at
            + interval '1 year', number_of_orders = 5 where company_id = %s
            and id = %s""",
            [shops.acme, id_],
        )
        build(warehouse, shops.acme)

        assert buyers(warehouse, shops.acme)["3"] == "7"
        assert reached(warehouse, shops.acme) == 0


def test_buyers_of_an_export_and_users_of_a_marketplace_are_the_same_person(
    warehouse: Warehouse, shops: Pair
) -> None:
    export = RawFile(
        "export.csv",
        [shopify_row("90", "2026-01-09T10:00:00Z", 160, email=ANA.upper())],
        contract="shopify_orders",
    )
    warehouse.load(shops.acme, export)
    warehouse.load(shops.acme, marketplace_file("users", user("u1", AT, email=ANA)))
    build(warehouse, shops.acme)

    assert buyers(warehouse, shops.acme)["90"] == "7"
    assert "shopify/8" not in named(warehouse, shops.acme, "users")

    keep_apart(warehouse.url, shops.acme, "7", "ana")
    build(warehouse, shops.acme)

    # The address is the one's who is left; 7 keeps what it bought itself.
    assert buyers(warehouse, shops.acme) == {
        **{"1": "7", "2": "8", "3": "8", "4": "9"},
        "90": "8",
    }
    assert_as_if_built_whole(warehouse, shops.acme)


def test_a_number_refused_by_one_account_of_a_mailbox_is_refused_by_both(
    warehouse: Warehouse, shops: Pair
) -> None:
    answers = {"7": "subscribed", "8": "unsubscribed", "9": "subscribed"}
    for id_, answer in answers.items():
        warehouse.execute(
            """update raw_shopify.customers set phone = '+34 600 000 001',
            phone_marketing_state = %s where company_id = %s and id = %s""",
            [answer, shops.acme, id_],
        )

    rows = warehouse.rows(
        """select customer_id, has_phone_consent from personal.contacts
        where company_id = %s and starts_with(customer_id, 'shopify/')""",
        [shops.acme],
    )
    assert {row["customer_id"]: row["has_phone_consent"] for row in rows} == {
        **{"shopify/7": False, "shopify/8": False},
        "shopify/9": True,
    }


def test_who_was_kept_back_or_written_to_by_another_id_is_the_same_person(
    warehouse: Warehouse, shops: Pair
) -> None:
    build(warehouse, shops.acme, shops.bolt)
    audience_id = audience(warehouse, shops.acme, {"7": False, "8": True, "9": True})
    counted = CountedAudience(
        *(shops.acme, audience_id, date(2026, 1, 5), date(2026, 1, 6)),
        *(date(2026, 2, 1), "EUR", None),
    )
    with psycopg.connect(warehouse.url) as database:
        found = read_members(database, counted)

    # Ana was written to by one of her ids, and bought for 10 and 20 on the two days.
    assert found[["is_held_back", "order_count", "net_revenue"]].values.tolist() == [
        [False, 2, 30.0],
        [True, 0, 0.0],
    ]

    audience(warehouse, shops.acme, {"8": True})
    audience(warehouse, shops.bolt, {"8": True})
    assert kept_back_now(warehouse.url, shops.acme) == {
        *("shopify/7", "shopify/8", "shopify/9")
    }
    assert kept_back_now(warehouse.url, shops.bolt) == {"shopify/8"}


def audience(
    warehouse: Warehouse, company_id: str, held_back: dict[str, bool]
) -> uuid.UUID:
    """An audience built today; whether each member is kept back, by the shop's id."""
    audience_id = uuid.uuid4()
    warehouse.execute(
        """insert into ops.audiences (company_id, audience_id, name, segment_id,
            holdout_share, segment_customer_count, without_consent_count,
            without_address_count, built_by)
        values (%s, %s, %s, 'standard', 0.5, 3, 0, 0, 'ana')""",
        [company_id, audience_id, str(audience_id)],
    )
    for number, is_held_back in held_back.items():
        warehouse.execute(
            "insert into ops.audience_members values (%s, %s, %s, %s, 5)",
            [company_id, audience_id, f"shopify/{number}", is_held_back],
        )
    return audience_id
