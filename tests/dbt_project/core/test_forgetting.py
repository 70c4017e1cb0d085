"""A person who asks is forgotten in every table, and nobody else is."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.core.secrets import SecretsUnreadable, new_key
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.customer_identities import keep_apart
from orchestration.lib.tenancy.privacy.erasure import forget, forget_returned
from orchestration.lib.tenancy.privacy.erasure_log import forgotten_names
from orchestration.lib.tenancy.privacy.person import PersonUnknown
from orchestration.lib.tenancy.privacy.refusals import refusals
from tests.dbt_project.exported_files import load_folder, write_csv
from tests.dbt_project.marketplace_rows import (
    cart,
    marketplace_file,
    rating,
    session,
    user,
)
from tests.dbt_project.marketplace_rows import order as order_by
from tests.dbt_project.raw_files import RawFile, purchase, shopify_row
from tests.dbt_project.raw_shopify import customer, order
from tests.dbt_project.warehouse import Pair, Warehouse

ANA = "Ana@Example.com"
DAY = "2026-01-05 12:00+00"


@pytest.fixture
def shops(warehouse: Warehouse, pair: Pair) -> Pair:
    """Two companies of which Ana is a customer, each beside Bea.

    At Acme, Ana (7) bought once with her account, once as a guest and once in an
    export, for 10, 20 and 40; her guest order names a second address, by which she
    wrote to a log for 80.
    """
    for company in (pair.acme, pair.bolt):
        warehouse.land(company, "customers", customer("7", ANA))
        warehouse.land(company, "customers", customer("70", "bea@example.com"))
        warehouse.land(
            company,
            "orders",
            order("1", "2026-01-05T10:00:00Z", 10, email=ANA),
            order("2", "2026-01-06T10:00:00Z", 20, customer_id=None, email=ANA.lower()),
            order("3", "2026-01-07T10:00:00Z", 5, customer_id="70"),
        )
    warehouse.load(
        pair.acme,
        RawFile(
            "export.csv",
            [shopify_row("9", "2026-01-08T10:00:00Z", 40, email=ANA)],
            contract="shopify_orders",
        ),
        RawFile("log.csv", [purchase(f" {ANA}", "2026-01-09T10:00:00Z", 80)]),
    )
    warehouse.execute(
        """insert into ops.quarantined_records
            (company_id, source, stream, record_hash, reason, record)
        values (%s, 'files', 'purchases', 'h', 'no date', %s)""",
        [pair.acme, '{"buyer": "ANA@example.com"}'],
    )
    return pair


@pytest.fixture
def plaza(warehouse: Warehouse, pair: Pair) -> Pair:
    """A marketplace where Ana is two users, u7 and U8; u70 and mariana are others.

    At Acme she ordered once by each, for 10 and 20, left a cart, came back and rated;
    a row of hers was set aside. Mariana ordered for 5.
    """
    for company in (pair.acme, pair.bolt):
        ana = {"person_id": "P1", "has_marketing_consent": True}
        warehouse.load(
            company,
            marketplace_file(
                "users",
                user("u7", DAY, email=ANA, rut="12.345.678-5", **ana),
                user("U8", DAY, email=None, **ana),
                user("u70", DAY, email="mariana@example.com", rut="9.999.999-3"),
            ),
            marketplace_file(
                "orders",
                order_by("1", "u7", DAY, total=10),
                order_by("2", "U8", DAY, total=20),
                order_by("3", "u70", DAY, total=5),
            ),
            marketplace_file("carts", cart("c1", "u7", DAY), cart("c2", "u70", DAY)),
            marketplace_file("sessions", session("s1", "U8", DAY)),
            marketplace_file("ratings", rating("1", 5, DAY, user_id="u7")),
        )
    warehouse.execute(
        """insert into ops.quarantined_records
            (company_id, source, stream, record_hash, reason, record)
        values (%s, 'files', 'marketplace_users', 'h', 'no date', %s)""",
        [pair.acme, '{"rut": "12345678-5", "note": "llamar\\nana@example.com"}'],
    )
    return pair


def _revenue(warehouse: Warehouse, company_id: str) -> tuple[object, object]:
    (row,) = warehouse.rows(
        """select sum(net_revenue) as net, count(distinct customer_id) as customers
        from marts.orders where company_id = %s""",
        [company_id],
    )
    return row["net"], row["customers"]


def _dumped(warehouse: Warehouse, company_id: str) -> dict[str, str]:
    """Every row of the company, as lower-case text: in tables, and in what is personal.

    Other views say nothing that no table holds, and take most of the time.
    """
    tables = warehouse.rows(
        """select table_schema as s, table_name as t from information_schema.columns
        join information_schema.tables using (table_schema, table_name)
        where column_name = 'company_id'
            and (table_type = 'BASE TABLE' or table_schema = 'personal')"""
    )
    return {
        f"{table['s']}.{table['t']}": "\n".join(
            str(row).lower()
            for row in warehouse.rows(
                f'select * from "{table["s"]}"."{table["t"]}" where company_id = %s',
                [company_id],
            )
        )
        for table in tables
    }


def _holding(warehouse: Warehouse, company_id: str, text: str) -> list[str]:
    """Tables with the text in a row of the company: dumped, then read."""
    dumped = _dumped(warehouse, company_id)
    return [table for table, rows in dumped.items() if text in rows]


def test_a_forgotten_customer_is_in_no_table_of_the_company(
    warehouse: Warehouse, settings: Settings, shops: Pair
) -> None:
    warehouse.build(shops.acme, shops.bolt)
    assert len(_holding(warehouse, shops.acme, "ana@example.com")) >= 4

    done = forget(warehouse.url, settings, shops.acme, "ana@example.com")

    assert done.rows["raw_shopify.orders"] == 2
    assert _holding(warehouse, shops.acme, "ana@example.com") == []
    assert _holding(warehouse, shops.acme, "'shopify/7'") == []
    assert _holding(warehouse, shops.bolt, "ana@example.com") != []

    warehouse.build(shops.acme)

    # 10 + 20 + 40 + 80 of Ana stay revenue, of nobody; Bea is as she was.
    assert _revenue(warehouse, shops.acme) == (155, 1)
    assert _revenue(warehouse, shops.bolt) == (35, 2)
    assert _holding(warehouse, shops.acme, "ana@example.com") == []


def test_she_is_found_by_the_customer_id_of_marts(
    warehouse: Warehouse, settings: Settings, shops: Pair
) -> None:
    forget(warehouse.url, settings, shops.acme, "shopify/7")

    assert _holding(warehouse, shops.acme, "ana@example.com") == []
    assert _holding(warehouse, shops.acme, "bea@example.com") != []


@pytest.mark.parametrize("name", ["shopify/7", "shopify/8"])
def test_a_person_of_two_ids_is_forgotten_by_either(
    warehouse: Warehouse, settings: Settings, shops: Pair, name: str
) -> None:
    both = (shops.acme, shops.bolt)
    for company in both:
        warehouse.land(
            company, "customers", {**customer("8", f" {ANA} "), "verified_email": True}
        )
        warehouse.execute(
            """update raw_shopify.customers set verified_email = true
            where company_id = %s""",
            [company],
        )
        warehouse.land(
            company, "orders", order("4", "2026-01-10T10:00:00Z", 3, customer_id="8")
        )
    warehouse.build(*both)
    for company in both:
        assert "marts.customer_identities" in _holding(warehouse, company, "shopify/8")
    # At Bolt somebody had said that the two are two people.
    keep_apart(warehouse.url, shops.bolt, "8", "ana")

    for company in both:
        done = forget(warehouse.url, settings, company, name)

        assert done.rows["raw_shopify.customers"] == 2
        for trace in ("'shopify/7'", "'shopify/8'", "ana@example.com"):
            assert _holding(warehouse, company, trace) == []
    warehouse.build(*both)
    # All that Ana bought stays revenue, of nobody: 10 + 20 + 3, at Acme 40 + 80 too.
    assert _revenue(warehouse, shops.acme) == (158, 1)
    assert _revenue(warehouse, shops.bolt) == (38, 1)


def test_who_comes_back_is_forgotten_again(
    warehouse: Warehouse, settings: Settings, shops: Pair
) -> None:
    forget(warehouse.url, settings, shops.acme, ANA)
    warehouse.land(shops.acme, "customers", customer("7", ANA))
    warehouse.land(
        shops.acme, "orders", order("4", "2026-02-01T10:00:00Z", 9, email=ANA)
    )

    assert forget_returned(warehouse.url, settings, shops.acme) == 1

    assert _holding(warehouse, shops.acme, "ana@example.com") == []
    assert forget_returned(warehouse.url, settings, shops.acme) == 0
    assert forget_returned(warehouse.url, settings, shops.bolt) == 0


def test_a_stranger_is_refused_and_nothing_changes(
    warehouse: Warehouse, settings: Settings, shops: Pair
) -> None:
    with pytest.raises(PersonUnknown, match=r"Nobody at .* is known by that"):
        forget(warehouse.url, settings, shops.acme, "nobody@example.com")

    assert _holding(warehouse, shops.acme, "ana@example.com") != []


def test_readers_cannot_see_who_was_forgotten(
    warehouse: Warehouse, settings: Settings, shops: Pair
) -> None:
    forget(warehouse.url, settings, shops.acme, ANA)
    role = warehouse.add_reader(shops.acme)

    for table in ("forgotten_people", "erasure_keys"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            warehouse.rows(f"select * from ops.{table}", role=role)


def _kept_hashes(warehouse: Warehouse, company_id: str) -> set[object]:
    return {
        row["identifier_hash"]
        for row in warehouse.rows(
            "select identifier_hash from ops.forgotten_people where company_id = %s",
            [company_id],
        )
    }


def test_who_has_a_dump_without_the_key_confirms_no_guess(
    warehouse: Warehouse, settings: Settings, shops: Pair
) -> None:
    forget(warehouse.url, settings, shops.acme, ANA)
    forget(warehouse.url, settings, shops.bolt, ANA)

    guess = hashlib.sha256(b"ana@example.com").hexdigest()
    assert _holding(warehouse, shops.acme, guess) == []
    kept = _kept_hashes(warehouse, shops.acme)
    assert not kept & _kept_hashes(warehouse, shops.bolt)
    # With the key the guess is confirmed: that is what a reader of the dump lacks.
    names = forgotten_names(warehouse.url, settings, shops.acme)
    (key,) = names.keys.values()
    assert hmac.new(key, guess.encode(), "sha256").hexdigest() in kept
    (row,) = warehouse.rows(
        "select encrypted_secrets as s from ops.erasure_keys where company_id = %s",
        [shops.acme],
    )
    assert key not in bytes(row["s"])
    assert key.hex().encode() not in bytes(row["s"])
    with pytest.raises(SecretsUnreadable, match="no key at hand"):
        forgotten_names(
            warehouse.url,
            Settings(settings.home, warehouse.url, secret_keys=(new_key(),)),
            shops.acme,
        )


def test_who_was_forgotten_before_there_were_keys_is_keyed_and_known(
    warehouse: Warehouse, settings: Settings, shops: Pair
) -> None:
    old = hashlib.sha256(b"ana@example.com").hexdigest()
    warehouse.execute(
        """insert into ops.forgotten_people (company_id, identifier_hash)
        values (%s, %s)""",
        [shops.acme, old],
    )
    settings.home.mkdir()
    (settings.home / "erasures.csv").write_text(f"{shops.acme},{old}\ngone,{old}\n")

    assert forget_returned(warehouse.url, settings, shops.acme) == 1

    assert _holding(warehouse, shops.acme, "ana@example.com") == []
    assert old not in _kept_hashes(warehouse, shops.acme)
    assert old not in (settings.home / "erasures.csv").read_text()
    names = forgotten_names(warehouse.url, settings, shops.acme)
    assert "ana@example.com" in names
    assert "bea@example.com" not in names


def test_who_comes_back_in_a_file_never_lies_in_raw(
    warehouse: Warehouse, settings: Settings, plaza: Pair, tmp_path: Path
) -> None:
    acme = plaza.acme
    forget(warehouse.url, settings, acme, ANA)
    folder = tmp_path / "exports"
    folder.mkdir()
    write_csv(
        folder / "users.csv",
        ["user_id", "created_at", "email", "rut", "person_id"],
        [
            ["u7", "2026-01-05 12:00", ANA, "12.345.678-5", ""],
            ["u9", "2026-01-05 12:00", "ana.2@example.com", "12345678-5", ""],
            ["u71", "2026-01-05 12:00", "cleo@example.com", "8.888.888-8", ""],
        ],
    )
    refused = refusals(warehouse.url, settings, acme, "raw_files")

    load_folder(warehouse, acme, folder, refused)

    for text in (*HERS, "ana.2@example.com", "'u9'"):
        assert _holding(warehouse, acme, text) == []
    assert "raw_files.marketplace_users" in _holding(warehouse, acme, "'u71'")
    assert warehouse.rows(
        """select row_count, loaded_row_count from raw_files.files
        where company_id = %s and file_name = 'users.csv'""",
        [acme],
    ) == [{"row_count": 3, "loaded_row_count": 1}]
    # Her new names are known from now on, and nothing is left to forget.
    names = forgotten_names(warehouse.url, settings, acme)
    assert "ana.2@example.com" in names
    assert "marketplace/u9" in names
    assert forget_returned(warehouse.url, settings, acme) == 0


def test_a_buyer_is_forgotten_by_the_telephone_and_known_by_it_again(
    warehouse: Warehouse, settings: Settings, pair: Pair
) -> None:
    def export(order_id: str) -> RawFile:
        row = shopify_row(order_id, "2026-01-08T10:00:00Z", 40, email=None)
        return RawFile(
            f"{order_id}.csv",
            [{**row, "phone": "+56 9 8765 4321"}],
            contract="shopify_orders",
        )

    warehouse.load(pair.acme, export("9"))
    forget(warehouse.url, settings, pair.acme, "+56987654321")
    assert _holding(warehouse, pair.acme, "8765 4321") == []

    warehouse.load(pair.acme, export("10"))

    assert forget_returned(warehouse.url, settings, pair.acme) == 1
    assert _holding(warehouse, pair.acme, "8765 4321") == []


def test_only_raw_rows_and_contacts_hold_a_name_in_clear(
    warehouse: Warehouse, shops: Pair
) -> None:
    warehouse.build(shops.acme)

    held = _holding(warehouse, shops.acme, "ana@example.com")

    assert {table for table in held if not table.startswith("raw_")} == {
        "personal.contacts",
        "ops.quarantined_records",
    }


HERS = (
    *(" ana@example.com", "'ana@example.com", "12.345.678-5", "12345678-5"),
    *("'u7'", "'u8'", "marketplace/u7'", "marketplace/u8'", "marketplace/p1'"),
)


def _holding_any(warehouse: Warehouse, company_id: str) -> dict[str, list[str]]:
    """What is left of Ana's accounts: names, and where they are."""
    dumped = _dumped(warehouse, company_id)
    held = {
        text: [table for table, rows in dumped.items() if text in rows] for text in HERS
    }
    return {text: tables for text, tables in held.items() if tables}


def test_a_user_of_a_marketplace_is_forgotten_with_all_her_accounts(
    warehouse: Warehouse, settings: Settings, plaza: Pair
) -> None:
    acme = plaza.acme
    warehouse.build(acme, plaza.bolt)
    before = _holding_any(warehouse, acme)
    assert "raw_files.marketplace_sessions" in before["'u8'"]
    assert "personal.contacts" in before["'ana@example.com"]
    assert "ops.quarantined_records" in before["12345678-5"]
    assert "marts.users" in before["marketplace/p1'"]

    forget(warehouse.url, settings, acme, ANA)

    assert _holding_any(warehouse, acme) == {}
    warehouse.build(acme)
    assert _holding_any(warehouse, acme) == {}
    # 10 + 20 stay revenue, of nobody.
    assert _revenue(warehouse, acme) == (35, 1)
    assert _revenue(warehouse, plaza.bolt) == (35, 2)
    assert "raw_files.marketplace_users" in _holding(warehouse, plaza.bolt, "'u7'")


@pytest.mark.parametrize("name", ["12.345.678-5", "marketplace/u8", "marketplace/P1"])
def test_a_user_is_found_by_the_tax_id_and_by_each_account(
    warehouse: Warehouse, settings: Settings, plaza: Pair, name: str
) -> None:
    forget(warehouse.url, settings, plaza.acme, name)

    assert _holding_any(warehouse, plaza.acme) == {}


def test_who_is_called_alike_stays(
    warehouse: Warehouse, settings: Settings, plaza: Pair
) -> None:
    forget(warehouse.url, settings, plaza.acme, ANA)

    assert set(_holding(warehouse, plaza.acme, "mariana@example.com")) == {
        "personal.contacts",
        "raw_files.marketplace_users",
    }
    assert "raw_files.marketplace_carts" in _holding(warehouse, plaza.acme, "'u70'")
    (contact,) = warehouse.rows(
        "select * from personal.contacts where company_id = %s", [plaza.acme]
    )
    assert contact["customer_id"] == "marketplace/u70"
    assert contact["has_email_consent"] is False


def test_a_file_is_known_to_have_lost_the_forgotten_rows(
    warehouse: Warehouse, settings: Settings, plaza: Pair
) -> None:
    forget(warehouse.url, settings, plaza.acme, ANA)

    # Else every later run would call the file tampered with.
    assert warehouse.rows(
        """select row_count, loaded_row_count from raw_files.files
        where company_id = %s and contract = 'marketplace_users'""",
        [plaza.acme],
    ) == [{"row_count": 3, "loaded_row_count": 1}]


def test_a_user_who_comes_back_under_another_name_is_forgotten_by_the_tax_id(
    warehouse: Warehouse, settings: Settings, plaza: Pair
) -> None:
    forget(warehouse.url, settings, plaza.acme, ANA)
    again = user("u9", DAY, email="ana.2@example.com", rut="12345678-5")
    warehouse.load(plaza.acme, marketplace_file("users", again, version=2))

    assert forget_returned(warehouse.url, settings, plaza.acme) == 1
    assert _holding(warehouse, plaza.acme, "ana.2@example.com") == []
