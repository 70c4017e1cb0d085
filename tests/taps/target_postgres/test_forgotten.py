"""Who was forgotten is refused before a row is made of them."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from taps.target_postgres.target import LOADED
from tests.taps.target_postgres.singer import Loader, record, schema

OLDER, NEWER = bytes(range(32)), bytes(range(32, 64))
TEXT = {"type": ["string", "null"]}
CUSTOMERS = schema(
    {"id": {"type": "string"}, "email": TEXT, "phone": TEXT}, stream="customers"
)
ORDERS = schema(
    {
        "id": {"type": "string"},
        "customer_id": TEXT,
        "email": TEXT,
        "phone": TEXT,
        "total": {"type": ["number", "null"]},
        "note": TEXT,
        "attributes": {"type": ["array", "null"]},
    },
    stream="orders",
)


def kept(name: str, key: bytes = NEWER) -> str:
    """What the platform keeps of a name: HMAC(key, SHA-256(name)), in hexadecimal."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return hmac.new(key, digest.encode(), "sha256").hexdigest()


def forgotten(*hashes: str) -> dict[str, Any]:
    return {
        "table": "ops.forgotten_people",
        "keys": {"older": OLDER.hex(), "newer": NEWER.hex()},
        "hashes": list(hashes),
        "people": {"customers": {"columns": ["id"], "prefix": "shopify/"}},
        "references": {"user_id": "marketplace/", "customer_id": "shopify/"},
        "personal": ["email", "phone", "customer_id"],
        "counted": {"file": "loaded"},
    }


@pytest.fixture
def acme(loader: Loader) -> Loader:
    """The company whose people are forgotten."""
    loader.execute("insert into ops.companies values ('acme', 'Acme', 'EUR', 'UTC')")
    return loader


ANA = kept("ana@example.com")


def test_a_forgotten_customer_never_arrives_and_her_orders_are_nobodys(
    acme: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        acme.load(
            CUSTOMERS,
            record("customers", id="7", email=" Ana@Example.com ", phone="1"),
            record("customers", id="8", email="bea@example.com", phone="1"),
            ORDERS,
            # Her account is known from her own record; the guest by the address.
            record("orders", id="1", customer_id="7", total=10, phone="2"),
            record("orders", id="2", email="ANA@example.com", total=20),
            record("orders", id="3", customer_id="8", email="bea@example.com", total=5),
            forgotten=forgotten(ANA),
        )

    assert acme.column("select id from raw_shop.customers") == ["8"]
    assert acme.rows(
        "select id, customer_id, email, phone, total::int from raw_shop.orders"
        " order by id"
    ) == [
        {"id": "1", "customer_id": None, "email": None, "phone": None, "total": 10},
        {"id": "2", "customer_id": None, "email": None, "phone": None, "total": 20},
        {
            "id": "3",
            "customer_id": "8",
            "email": "bea@example.com",
            "phone": None,
            "total": 5,
        },
    ]
    assert acme.rows("select key_id, identifier_hash from ops.forgotten_people") == [
        {"key_id": "newer", "identifier_hash": kept("shopify/7")}
    ]
    assert "customers: 1 of forgotten people left out" in caplog.messages
    assert "orders: 2 of forgotten people as of nobody" in caplog.messages
    (said,) = [line for line in caplog.messages if line.startswith(LOADED)]
    told = json.loads(said.removeprefix(LOADED))
    assert (told["row_count"], told["forgotten_count"]) == (4, 3)
    assert not any("ana@" in line.lower() for line in caplog.messages)


@pytest.mark.parametrize("name", ["ana@example.com", "shopify/7"])
def test_a_name_is_known_by_every_key_of_the_company(acme: Loader, name: str) -> None:
    acme.load(
        CUSTOMERS,
        record("customers", id="7", email="ana@example.com"),
        forgotten=forgotten(kept(name, OLDER)),
    )

    assert acme.column("select count(*) from raw_shop.customers") == [0]


def test_a_telephone_names_a_person_only_where_no_address_does(acme: Loader) -> None:
    acme.load(
        ORDERS,
        record("orders", id="1", phone="+56 9 8765 4321", total=1),
        record("orders", id="2", phone="56987654321", email="bea@example.com"),
        forgotten=forgotten(kept("56987654321")),
    )

    assert acme.column("select phone from raw_shop.orders order by id") == [
        None,
        "56987654321",
    ]


def test_an_address_is_blotted_out_of_any_text_and_no_longer_one_is(
    acme: Loader,
) -> None:
    acme.load(
        ORDERS,
        record(
            "orders",
            id="1",
            email="bea@example.com",
            note="gift of Ana@example.com, not mariana@example.com",
            attributes=[{"name": "to", "value": "ana@example.com"}],
        ),
        forgotten=forgotten(ANA),
    )

    assert acme.rows("select email, note, attributes from raw_shop.orders") == [
        {
            "email": "bea@example.com",
            "note": "gift of [forgotten], not mariana@example.com",
            "attributes": [{"name": "to", "value": "[forgotten]"}],
        }
    ]


def test_the_quarantine_holds_no_forgotten_name_either(acme: Loader) -> None:
    acme.load(
        ORDERS,
        record("orders", id="1", email="ana@example.com", total="dear"),
        schema(
            {
                **dict.fromkeys(
                    ("stream_name", "batch_id", "location", "reason"), TEXT
                ),
                "record": {"type": "object"},
            },
            stream="quarantined_records",
            keys=("stream_name", "batch_id", "location"),
        ),
        record(
            "quarantined_records",
            stream_name="users",
            batch_id="b",
            location="line 2",
            reason="no date",
            record={"rut": "12.345.678-5", "user": "7", "note": "to ana@example.com"},
        ),
        # A refusal that gives no reason is refused itself.
        record(
            "quarantined_records",
            stream_name="users",
            batch_id="b",
            location="line 3",
            reason=None,
            record={"note": "to ana@example.com"},
        ),
        forgotten=forgotten(ANA, kept("123456785"), kept("shopify/7")),
    )

    records = {row["stream"]: row["record"] for row in acme.quarantined()}
    assert records.pop("quarantined_records")["record"] == {"note": "to [forgotten]"}
    assert records == {
        "orders": {"id": "1", "email": None, "total": "dear"},
        "users": {
            "rut": "[forgotten]",
            "user": "[forgotten]",
            "note": "to [forgotten]",
        },
    }


def test_a_batch_counts_no_row_that_was_refused(acme: Loader) -> None:
    properties = {"id": {"type": "string"}, "file": TEXT, "email": TEXT}
    acme.load(
        schema(properties, stream="customers"),
        record("customers", id="7", file="f1", email="ana@example.com"),
        record("customers", id="8", file="f1", email="bea@example.com"),
        schema(
            {"file": {"type": "string"}, "loaded": {"type": "integer"}},
            stream="files",
            keys=("file",),
        ),
        record("files", file="f1", loaded=2),
        record("files", file="f2", loaded=2),
        forgotten=forgotten(ANA),
    )

    assert acme.column("select loaded from raw_shop.files order by file") == [1, 2]


def test_what_was_learnt_is_lost_with_the_batch_that_taught_it(acme: Loader) -> None:
    acme.execute("revoke insert on ops.forgotten_people from loader")

    with pytest.raises(Exception, match="permission denied"):
        acme.load(
            CUSTOMERS,
            record("customers", id="7", email="ana@example.com"),
            record("customers", id="8", email="bea@example.com"),
            forgotten=forgotten(ANA),
        )

    assert acme.column("select count(*) from raw_shop.customers") == [0]
