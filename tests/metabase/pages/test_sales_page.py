"""Ventas: what was sold by month, as the shop's own report of sales names it."""

from __future__ import annotations

from datetime import date

from tests.metabase.pages.drawn_cards import answer_of, card_named, drawn, shown


def euros(*amounts: str) -> list[str]:
    return [f"{amount}\xa0€" for amount in amounts]


def test_a_month_is_told_from_gross_to_total(shops_url: str) -> None:
    assert shown(shops_url, "sales_statement") == [
        [
            *("sept 1997", "12", *euros("500,00", "-100,00", "-50,00", "350,00")),
            *(*euros("20,00", "50,00", "420,00"), "Sin IVA"),
        ],
        [
            *("ago 1997", "12", *euros("1.000,00", "-100,00", "-50,00", "850,00")),
            *(*euros("20,00", "0,00", "870,00"), "Con IVA: la fuente no lo dice"),
        ],
    ]


def test_the_reader_chooses_how_many_months(shops_url: str) -> None:
    def months(name: str, count: int) -> list[str]:
        answer = answer_of(shops_url, card_named(name), months=count)
        return [str(row[0]) for row in answer.rows]

    for name in ("sales_statement", "months_of_business"):
        assert months(name, 1) == ["1997-09-01"], name
        assert months(name, 2) == ["1997-09-01", "1997-08-01"], name
    # Of months that are over, whichever goes on.
    assert months("net_sales_by_month", 1) == ["1997-08-01"]


def test_only_what_was_charged_is_set_aside(shops_url: str) -> None:
    assert shown(shops_url, "sales_set_aside") == [
        ["sept 1997", *euros("0,00", "50,00", "0,00", "0,00")]
    ]


def test_headlines_are_of_the_last_month_that_is_over(shops_url: str) -> None:
    told = {
        "month_net_sales": "850,00\xa0€",
        "month_orders": "12",
        "month_average_order": "85,00\xa0€",
        "month_new_customers": "300,00\xa0€",
        "month_returning_customers": "540,00\xa0€",
        "month_spend": "100,00\xa0€",
        "month_blended_return": "8,5\xa0\N{MULTIPLICATION SIGN}",
        "month_contribution": "227,50\xa0€",
        "month_conversion": "2,3\xa0%",
        "month_new_return": "3,0\xa0\N{MULTIPLICATION SIGN}",
        "month_gross_margin": "340,00\xa0€",
    }

    assert {name: shown(shops_url, name) for name in told} == {
        name: [[text]] for name, text in told.items()
    }


def test_headlines_stand_beside_a_year_before_and_their_target(shops_url: str) -> None:
    def told(name: str) -> list[tuple[str, str]]:
        trend = drawn(shops_url, name).trend
        assert trend is not None
        return [(one.text, one.meaning) for one in trend.lines]

    assert told("month_net_sales") == [
        ("ago 1997: ▲ 50\xa0% frente a un año antes", "good"),
        ("▼ 15\xa0% frente a su objetivo", "bad"),
    ]
    # More spend is neither better nor worse.
    assert told("month_spend") == [("ago 1997: ▲ 25\xa0% frente a un año antes", "")]
    assert told("month_orders") == [("ago 1997", "")]


def test_changes_are_of_that_month_in_their_order(shops_url: str) -> None:
    assert shown(shops_url, "month_changes") == [
        ["Ventas netas", "850 EUR", "-13\xa0%", "50\xa0%", "1.000 EUR", "-15\xa0%"],
        ["Gasto", "100 EUR", "—", "25\xa0%", "—", "—"],
        [
            *("Ventas por unidad gastada en publicidad", "8,5 \N{MULTIPLICATION SIGN}"),
            *("10\xa0%", "—", "10,0 \N{MULTIPLICATION SIGN}", "-15\xa0%"),
        ],
        ["Conversión de visitas", "2,3 %", "13\xa0%", "—", "2,0 %", "13\xa0%"],
    ]
    assert shown(shops_url, "month_period") == [["1 ago 1997", "31 ago 1997"]]
    mixed = "Parte con IVA: no todos los pedidos lo dicen"
    assert shown(shops_url, "revenue_basis") == [["1 ago 1997", "31 ago 1997", mixed]]


def test_a_week_and_a_quarter_say_what_they_cannot_be_compared_with(
    shops_url: str,
) -> None:
    assert shown(shops_url, "week_changes") == [
        ["Ventas netas", "2.150 EUR", "20\xa0%", "—", "Sin un año anterior completo"],
        ["Gasto", "70 EUR", "—", "—", "Nada que comparar hace un año"],
    ]
    assert shown(shops_url, "quarter_changes") == [
        ["Ventas netas", "2.150 EUR", "20\xa0%", "—", "Sin un año anterior completo"],
        [
            *("Ventas por unidad gastada en publicidad", "8,5 \N{MULTIPLICATION SIGN}"),
            *("0\xa0%", "100\xa0%", "—"),
        ],
    ]
    assert shown(shops_url, "week_period") == [["22 sept 1997", "28 sept 1997"]]
    assert shown(shops_url, "quarter_period") == [["1 jul 1997", "30 sept 1997"]]


def test_a_month_without_ads_or_margin_says_so(shops_url: str) -> None:
    current, august = shown(shops_url, "months_of_business")

    assert current[0] == "sept 1997"
    assert current[4:11] == ["—"] * 7
    assert august[4:7] == ["100,00\xa0€", "8,5\xa0\N{MULTIPLICATION SIGN}", "3,0"]
    # 340 - 12.50 - 100 stay; a margin of 112.50 / 850 would just pay for both.
    assert august[7:10] == ["340,00\xa0€", "12,50\xa0€", "227,50\xa0€"]
    assert august[10] == "13\xa0%"


def test_orders_stand_beside_the_visits_of_their_days(shops_url: str) -> None:
    assert shown(shops_url, "visits_and_orders") == [
        ["ago 1997", "400", "9", "2,3\xa0%", "3"]
    ]


def test_only_months_that_are_over_stand_beside_each_other(shops_url: str) -> None:
    rows = answer_of(shops_url, card_named("net_sales_by_month")).rows

    assert [(month, int(net)) for month, net in rows] == [(date(1997, 8, 1), 850)]


def test_findings_are_of_the_newest_month_in_their_order(shops_url: str) -> None:
    assert [row[0] for row in shown(shops_url, "month_findings")] == [
        "Hallazgo 1 de acme en 1997-08-01.",
        "Hallazgo 2 de acme en 1997-08-01.",
    ]
