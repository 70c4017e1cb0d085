"""Ventas: what was sold by month, as the shop's own report of sales names it."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import answer_of, card_named, shown


def euros(*amounts: str) -> list[str]:
    return [f"{amount}\xa0€" for amount in amounts]


def test_a_month_is_told_from_gross_to_total(shops_url: str) -> None:
    assert shown(shops_url, "sales_statement") == [
        [
            *("1997-09", "12", *euros("500,00", "-100,00", "-50,00", "350,00")),
            *(*euros("20,00", "50,00", "420,00"), "Sin IVA"),
        ],
        [
            *("1997-08", "12", *euros("1.000,00", "-100,00", "-50,00", "850,00")),
            *(*euros("20,00", "0,00", "870,00"), "Con IVA: la fuente no lo dice"),
        ],
    ]


def test_only_what_was_charged_is_set_aside(shops_url: str) -> None:
    assert shown(shops_url, "sales_set_aside") == [
        ["1997-09", *euros("0,00", "50,00", "0,00", "0,00")]
    ]


def test_months_stand_in_their_order(shops_url: str) -> None:
    rows = answer_of(shops_url, card_named("net_sales_by_month")).rows

    assert [(month, int(net)) for month, net in rows] == [
        ("1997-08", 850),
        ("1997-09", 350),
    ]
