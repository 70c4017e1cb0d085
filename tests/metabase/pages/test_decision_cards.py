"""What writing and coupons brought, and which published amounts moved since."""

from __future__ import annotations

import pytest

from tests.metabase.pages.drawn_cards import answer_of, card_named, shown

_CARDS = (
    *("audience_results", "coupon_requests", "discount_break_evens"),
    *("merged_customers", "moved_amounts"),
)


def test_what_writing_brought_has_its_range_and_few_customers_a_reason(
    shops_url: str,
) -> None:
    small, gained = shown(shops_url, "audience_results")

    assert gained[:7] == [
        *("VIP de julio", "1 ago 1997", "900", "100"),
        *("20,0\xa0%", "15,0\xa0%", "RESCATE1"),
    ]
    assert [text.split(",")[0] for text in gained[7:10]] == ["3.200", "400", "6.000"]
    assert gained[10] == "Trajo ventas."
    assert small[7:] == ["—", "—", "—", "Demasiado pequeña."]


def test_a_coupon_says_its_code_and_a_refused_one_why(shops_url: str) -> None:
    refused, made = shown(shops_url, "coupon_requests")

    assert refused[1:4] == ["?", "No se pudo", "20 % es más."]
    assert made[1:] == [
        *("VIP de julio", "En la tienda", "—", "RESCATE1", "12,5\xa0%"),
        *("900", "1997-08-15 12:00"),
    ]


def test_the_smallest_discount_that_makes_sense_is_named(shops_url: str) -> None:
    lost, smallest, larger, dear = shown(shops_url, "discount_break_evens")

    assert smallest[:5] == ["10,0\xa0%", "8,0\xa0%", "10,7\xa0%", "2,7", "1.471"]
    assert [row[5].split(",")[0] for row in (lost, smallest, larger)] == [
        "Se probó y costó margen",
        "El menor con sentido",
        "Pruebe antes uno menor",
    ]
    assert dear[2:] == ["—", "—", "—", "No se paga aunque vuelvan todos"]


def test_an_amount_that_moved_says_of_what_and_why(shops_url: str) -> None:
    rows = shown(shops_url, "moved_amounts")

    # What people are not shown by name, such as a count of orders, is left out.
    assert [(row[1], row[2], row[6]) for row in rows] == [
        ("Gasto", "Meta Ads", "Corregido"),
        ("Ingresos", "Toda la empresa", "Reembolso"),
    ]
    assert rows[1][5].endswith("50,00\xa0€")


def test_who_is_one_person_is_told_with_what_keeps_them_apart(shops_url: str) -> None:
    assert shown(shops_url, "merged_customers") == [
        [
            *("shopify/8", "shopify/7", "1997-08-01"),
            "timonel customers split shopify/8 --company acme",
        ]
    ]


@pytest.mark.parametrize("name", _CARDS)
def test_a_company_sees_its_own_only(shops_url: str, name: str) -> None:
    card = card_named(name)

    rows = repr(answer_of(shops_url, card, "bolt").rows)

    assert "acme" not in rows
    assert rows != "()"
    assert answer_of(shops_url, card, "nueva").rows == ()
