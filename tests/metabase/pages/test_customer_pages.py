"""Segments, smart filters and the sheet of one customer, and what people type there."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from metabase.content.company import EXAMPLE
from metabase.content.entities import Placement
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.warehouse import Result
from metabase.rendering.cards import draw_card
from tests.metabase.pages.drawn_cards import (
    answer_of,
    card_named,
    chart,
    plotted,
    shown,
)
from tests.metabase.pages.shops import HASHED, HOSTILE

_HOSTILE = (
    "x' or true --",
    "x') or true; delete from reporting.rfm_customers; --",
    "' union select company_id, null, null, 0, 0, 0, null from reporting.kpi_months --",
    "{{segment}}",
    "%s",
    "\\' or 1=1 --",
)
_TEXT_CARDS = (
    ("segment_customers", "segment"),
    ("segment_consents", "segment"),
    ("customer_facts", "customer"),
    ("customer_next_order", "customer"),
    ("customer_timeline", "customer"),
    ("customer_explorer", "value_segment"),
    ("customer_explorer", "risk_band"),
    ("customer_explorer", "customer_search"),
)


def test_segments_stand_by_value_and_one_without_customers_is_there(
    shops_url: str,
) -> None:
    points = plotted(chart(shops_url, "segment_sizes"))

    assert [(row["segment_label"], row["value"]) for row in points] == [
        ("Campeones", 1002),
        ("En riesgo", 0),
    ]


def test_the_list_keeps_the_customers_of_the_chosen_segment(
    shops_url: str,
) -> None:
    everyone = shown(shops_url, "segment_customers")
    chosen = shown(shops_url, "segment_customers", segment="En riesgo")

    assert [row[:2] for row in everyone] == [
        ["acme-1", "Campeones"],
        ["acme-2", "En riesgo"],
    ]
    assert [row[:2] for row in chosen] == [["acme-2", "En riesgo"]]


def test_who_refused_advertising_is_in_no_list_and_in_the_count_above_it(
    shops_url: str,
) -> None:
    """acme-9 spent most, and said no."""
    refused = {"acme-9"}

    choices: list[dict[str, str]] = [{}, {"segment": "Campeones"}]
    for segment in choices:
        listed = {row[0] for row in shown(shops_url, "segment_customers", **segment)}
        assert listed & refused == set()
    everyone = shown(shops_url, "segment_customers")
    assert {row[0]: row[6] for row in everyone} == {
        "acme-1": "Sí",
        "acme-2": "No se sabe",
    }
    assert shown(shops_url, "segment_consents") == [
        [
            "De 1.002 clientes, 1.000 no han aceptado publicidad y no están en la "
            "lista; de 1 no se sabe."
        ]
    ]
    assert shown(shops_url, "segment_consents", segment="En riesgo") == []


def test_every_segment_on_offer_finds_its_customers(shops_url: str) -> None:
    offered = answer_of(shops_url, card_named("segment_sizes"))

    found = {
        row[1]
        for segment in offered.column("segment_label")
        for row in shown(shops_url, "segment_customers", segment=segment)
    }

    assert found == set(offered.column("segment_label"))


@pytest.mark.parametrize(("name", "slug"), _TEXT_CARDS)
def test_what_people_type_is_a_value_and_never_sql(
    shops_url: str, name: str, slug: str
) -> None:
    card = card_named(name)

    for text in (*_HOSTILE, "bolt-1"):
        assert answer_of(shops_url, card, "acme", **{slug: text}).rows == ()

    assert answer_of(shops_url, card, "bolt").rows != ()


def test_a_value_is_bound_and_stands_nowhere_in_the_sql() -> None:
    card = card_named("segment_customers")

    sql, values = card.chosen_sql({"segment": _HOSTILE[0]})

    assert values == [_HOSTILE[0]]
    assert _HOSTILE[0] not in sql
    assert "= %s" in sql


@pytest.mark.parametrize(
    ("name", "chosen", "found"),
    [
        ("leaving_customers", {}, ["8"]),
        ("leaving_customers", {"probability": 60}, ["7", "8"]),
        ("quiet_vips", {}, ["7"]),
        ("quiet_vips", {"quiet_days": 62}, []),
        ("promising_newcomers", {}, ["7"]),
        ("promising_newcomers", {"newcomer_days": 1}, []),
    ],
)
def test_a_smart_filter_has_a_default_and_takes_another(
    shops_url: str, name: str, chosen: dict[str, float], found: list[str]
) -> None:
    assert [row[0] for row in shown(shops_url, name, "bolt", **chosen)] == found


@pytest.mark.parametrize(
    ("company", "chosen", "found"),
    [
        ("acme", {}, ["7", HASHED, HOSTILE]),
        ("acme", {"probability": 50}, [HASHED, HOSTILE]),
        ("acme", {"quiet_days": 89}, [HASHED, HOSTILE]),
        ("acme", {"quiet_days": 90}, [HASHED]),
        ("acme", {"customer_search": "AB12"}, [HASHED]),
        ("acme", {"value_segment": "POTENCIAL BALLENA"}, ["7"]),
        ("acme", {"value_segment": "CLIENTE PERDIDO"}, []),
        ("bolt", {"value_segment": "POTENCIAL BALLENA", "probability": 90}, []),
        ("bolt", {}, ["7"]),
    ],
)
def test_the_explorer_lists_everybody_by_future_value_until_somebody_chooses(
    shops_url: str, company: str, chosen: dict[str, Any], found: list[str]
) -> None:
    card = card_named("customer_explorer")

    answer = answer_of(shops_url, card, company, **chosen)

    assert answer.column("customer_id") == found


def test_a_segment_leads_to_its_customers_from_both_pages() -> None:
    content = load_content(CONTENT_ROOT, EXAMPLE)
    pages = {page.path.stem: page for page in content.dashboards}
    (chosen,) = (
        one for one in pages["clientes"].parameters if one.slug == "value_segment"
    )
    explorer = card_named("customer_explorer")

    for name in ("panel", "clientes"):
        targets = {
            (link.dashboard_id, link.parameter_id)
            for at in pages[name].placements
            for link in at.links
            if link.column == "segment_label"
        }
        assert targets == {(pages["clientes"].entity_id, chosen.parameter_id)}
    # A click lands on the first tab: that of the list.
    _, first = pages["clientes"].sheets()[0]
    assert explorer.entity_id in {at.card_id for at in first}


def test_a_sheet_is_of_the_customer_clicked_or_else_of_the_best(
    shops_url: str,
) -> None:
    best = shown(shops_url, "customer_facts")
    clicked = shown(shops_url, "customer_facts", customer="<script>alert(1)</script>")

    assert best[0][:2] == ["7", "12.345,67\xa0€"]
    assert clicked == []


def test_a_sheet_leads_to_the_customer_in_the_shop_and_nowhere_else() -> None:
    card = card_named("customer_facts")
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    columns = card.shown_columns()
    place = Placement("a", "b", 0, 0, 12, 9)

    def told(address: str) -> Any:
        row = tuple(address if one == "customer_admin_url" else 1 for one in columns)
        drawn = draw_card(card, place, Result(columns, (row,)), labels, "")
        return drawn.rows[0][columns.index("customer_admin_url")]

    address = "https://admin.shopify.com/store/acme/customers/7"
    assert (told(address).text, told(address).address) == ("Abrir en Shopify", address)
    assert told("javascript:alert(1)").address is None


def test_only_a_customer_that_shopify_numbered_has_an_address_there(
    shops_url: str,
) -> None:
    card = card_named("customer_facts")
    address = "https://admin.shopify.com/store/acme/customers/"
    found = {}
    with psycopg.connect(shops_url) as database:
        database.execute(
            "insert into reporting.shop_admins values ('acme', %s)", [address]
        )
        for customer in ("shopify/77", "shopify/8f3a", "marketplace/9"):
            database.execute(
                "insert into reporting.customer_values (company_id, customer_id)"
                " values ('acme', %s)",
                [customer],
            )
            text, values = card.chosen_sql({"customer": customer})
            row = database.execute(text.encode(), values).fetchone()
            assert row
            found[customer] = row[card.shown_columns().index("customer_admin_url")]
        database.rollback()

    assert found == {
        "shopify/77": f"{address}77",
        "shopify/8f3a": None,
        "marketplace/9": None,
    }


def test_a_timeline_is_of_one_customer_and_ends_with_what_is_expected(
    shops_url: str,
) -> None:
    rows = shown(shops_url, "customer_timeline", customer="7")

    assert [row[:2] for row in rows] == [
        ["20 oct 1997", "Pedirá"],
        ["30 sept 1997", "Pidió"],
    ]


def test_what_a_customer_bought_is_told_line_by_line(shops_url: str) -> None:
    rows = shown(shops_url, "customer_purchases", customer="7")

    assert rows == [
        ["30 sept 1997", "Tostadora", "2,00", "20,00", "EUR", "A1"],
        ["1 ago 1997", "Té", "1,50", "9,75", "EUR", "A0"],
    ]


def test_the_next_order_comes_with_its_range_and_a_dash_for_what_is_unlikely(
    shops_url: str,
) -> None:
    (row,) = shown(shops_url, "customer_next_order", customer="7")

    assert row[:4] == ["20 oct 1997", "—", "5 oct 1997", "—"]


def test_who_is_not_expected_within_a_year_is_said_not_to_be(
    reporting_url: str,
) -> None:
    with psycopg.connect(reporting_url) as admin:
        admin.execute("update reporting.customer_values set next_order_date = null")

    (row,) = shown(reporting_url, "customer_next_order", customer="7")

    assert row[:2] == ["—", "Poco probable en los próximos 365 días"]


def test_a_long_list_says_how_long_it_is(shops_url: str) -> None:
    card = card_named("segment_customers")
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    (one, *_) = answer_of(shops_url, card).rows
    columns = answer_of(shops_url, card).columns

    def drawn(count: int, width: int) -> Any:
        place = Placement("a", "b", 0, 0, width, 14)
        return draw_card(card, place, Result(columns, (one,) * count), labels, "")

    assert (len(drawn(60, 24).rows), drawn(60, 24).more_rows) == (60, None)
    assert len(drawn(1200, 24).rows) == 25
    assert drawn(1200, 24).more_rows == "Aquí las primeras 25 de 1.200 filas."
    assert len(drawn(1200, 12).rows) == 10
