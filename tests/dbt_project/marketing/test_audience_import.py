"""A message of the past: who got it is told by a file, what it brought is measured."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.lib.activation.audiences.imports import (
    SentBefore,
    import_audience,
    read_recipients,
)
from orchestration.lib.activation.audiences.membership import AudienceRefused
from orchestration.lib.tenancy.companies import load_company
from tests.dbt_project.raw_shopify import customer, order, shop
from tests.dbt_project.warehouse import Pair, Warehouse

SENT_ON = date(2026, 1, 5)


@pytest.fixture(scope="module")
def shops(warehouse: Warehouse) -> Pair:
    """Two shops with the same three customers."""
    pair = warehouse.add_pair()
    for company in (pair.acme, pair.bolt):
        warehouse.land(company, "shop", shop("Europe/Madrid"))
        people = [customer(str(n), f"Buyer{n}@Example.com") for n in (1, 2, 3)]
        warehouse.land(company, "customers", *people)
        orders = [
            order(str(n), "2026-01-02 10:00+00", 10, customer_id=str(n))
            for n in (1, 2, 3)
        ]
        warehouse.land(company, "orders", *orders)
    warehouse.build(pair.acme, pair.bolt)
    return pair


def sent(name: str, **recipients: bool) -> SentBefore:
    told = {f"{who}@example.com": is_kept for who, is_kept in recipients.items()}
    return SentBefore(name, SENT_ON, told, "ana")


def test_customers_are_known_by_their_address_and_counted_from_the_day_after(
    warehouse: Warehouse, shops: Pair
) -> None:
    company = load_company(warehouse.url, shops.acme)

    done = import_audience(
        warehouse.url,
        company,
        sent("autumn", buyer1=False, buyer2=True, buyer3=False, nobody=False),
    )

    assert done.unknown_count == 1
    assert (done.audience.contacted_count, done.audience.held_back_count) == (2, 1)
    rows = warehouse.rows(
        """select company_id, contacted_count, held_back_count, counted_from
        from reporting.audience_uplift where name = 'autumn'"""
    )
    assert [tuple(row.values()) for row in rows] == [
        (shops.acme, 2, 1, date(2026, 1, 6))
    ]


@pytest.mark.parametrize(
    ("recipients", "complaint"),
    [
        ({"nobody": False}, "None of these addresses"),
        ({"buyer1": True, "buyer2": True, "buyer3": False}, "the other way round"),
    ],
)
def test_what_cannot_be_a_lot_is_refused_and_leaves_nothing(
    warehouse: Warehouse, shops: Pair, recipients: dict[str, bool], complaint: str
) -> None:
    company = load_company(warehouse.url, shops.bolt)

    with pytest.raises(AudienceRefused, match=complaint):
        import_audience(warehouse.url, company, sent("refused", **recipients))

    query = "select 1 from ops.audiences where company_id = %s"
    assert warehouse.rows(query, [shops.bolt]) == []


def test_a_name_that_is_taken_or_a_day_to_come_is_refused(
    warehouse: Warehouse, shops: Pair
) -> None:
    company = load_company(warehouse.url, shops.bolt)
    import_audience(warehouse.url, company, sent("taken", buyer1=False))
    tomorrow = SentBefore("later", date(2999, 1, 1), {"buyer1@example.com": True}, "a")

    with pytest.raises(AudienceRefused, match="another --name"):
        import_audience(warehouse.url, company, sent("taken", buyer2=False))
    with pytest.raises(AudienceRefused, match="has not come yet"):
        import_audience(warehouse.url, company, tomorrow)


def test_a_file_tells_address_and_lot(tmp_path: Path) -> None:
    file = tmp_path / "sent.csv"
    file.write_text(
        "name,email,kept_back\nAna, Ana@Example.com ,no\nBea,b@example.com,Sí\n",
        encoding="utf-8",
    )

    assert read_recipients(file) == {"ana@example.com": False, "b@example.com": True}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("email\na@b.c\n", "no column kept_back"),
        ("email,kept_back\na@b.c,perhaps\n", "line 2: .*yes or no in kept_back"),
        ("email,kept_back\n,yes\n", "line 2"),
        ("email,kept_back\na@b.c,yes\nA@b.c,no\n", "line 3: this address"),
    ],
)
def test_a_file_that_leaves_a_doubt_is_refused(
    tmp_path: Path, text: str, complaint: str
) -> None:
    file = tmp_path / "sent.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(AudienceRefused, match=complaint):
        read_recipients(file)
