"""Adquisición, Engagement, Operaciones, Retención: numbers, lines, and what is missing.

`bolt` is a marketplace that tells all; `acme` a purchase log; `nueva` has nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from metabase.content.entities import Placement
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT
from metabase.rendering.cards import draw_card
from tests.metabase.pages.drawn_cards import (
    answer_of,
    card_named,
    chart,
    plotted,
    shown,
)

_SCALARS_OF_A_MARKETPLACE = {
    # Two months of ten users, five of them onboarded, eight with a RUT.
    "new_users": 20,
    "onboarding_rate": 0.5,
    "rut_validation_rate": 0.8,
    "new_customers": 6,
    "cart_abandonment_rate": 0.6,
    "average_order_value": 50,
    "purchase_frequency": 1.75,
    "purchases": 14,
    "service_cycle": 48,
    "cancellation_rate": 0.125,
    "rating_average": 4.5,
    "rating_count": 4,
    "repurchase_rate": 0.4,
    "historic_value_per_customer": 116.5,
    "monthly_active_users": 25,
    "known_customers": 30,
}
_NOT_TOLD_BY_A_LOG = (
    *("new_users", "onboarding_rate", "rut_validation_rate"),
    *("cart_abandonment_rate", "service_cycle", "rating_average", "rating_count"),
)
_CHARTS_NOT_TOLD = (
    *("acquisition_channels", "registration_regions", "service_sales"),
    *("service_conversion", "order_hours", "order_comunas", "activation_by_month"),
    *("abandonment_by_month", "rating_by_month", "region_tiles", "comuna_tiles"),
)


def _scalar(url: str, name: str, company: str, **chosen: Any) -> Any:
    rows = answer_of(url, card_named(name), company, **chosen).rows
    return rows[0][0] if rows else None


@pytest.mark.parametrize(("name", "value"), _SCALARS_OF_A_MARKETPLACE.items())
def test_a_number_is_that_of_the_last_twelve_months(
    shops_url: str, name: str, value: float
) -> None:
    assert float(_scalar(shops_url, name, "bolt")) == pytest.approx(value)


def test_the_reader_chooses_how_many_months(shops_url: str) -> None:
    def users(months: float) -> Any:
        return _scalar(shops_url, "new_users", "bolt", months=months)

    # September; with August; with August of the year before.
    assert [users(1), users(2), users(14)] == [10, 20, 30]
    # What makes no sense is drawn to what does.
    assert [users(0), users(-5), users(1e9)] == [10, 10, 30]


def test_the_page_tells_its_first_and_last_day(shops_url: str) -> None:
    assert shown(shops_url, "page_period") == [["1 oct 1996", "30 sept 1997"]]
    assert shown(shops_url, "page_period", months=1) == [
        ["1 sept 1997", "30 sept 1997"]
    ]


@pytest.mark.parametrize("name", _NOT_TOLD_BY_A_LOG)
def test_what_nobody_told_is_no_nought(shops_url: str, name: str) -> None:
    assert _scalar(shops_url, name, "acme") is None
    assert card_named(name).when_empty


@pytest.mark.parametrize("name", [*_NOT_TOLD_BY_A_LOG, *_CHARTS_NOT_TOLD])
def test_an_empty_card_says_what_is_missing(shops_url: str, name: str) -> None:
    card = card_named(name)
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    place = Placement("a", "b", 0, 0, 12, 9)
    answer = answer_of(shops_url, card, "acme")

    drawn = draw_card(card, place, answer, labels, card.when_empty or "")

    assert drawn.chart is None
    assert drawn.empty_reason == card.when_empty
    assert len(drawn.empty_reason or "") > 30


def test_lines_hold_finished_months_only(shops_url: str) -> None:
    points = plotted(chart(shops_url, "registrations_by_month", "bolt"))

    assert [row["calendar_month"] for row in points] == ["ago 1997"]


def test_regions_have_a_bar_even_where_nobody_registered(shops_url: str) -> None:
    points = plotted(chart(shops_url, "registration_regions", "bolt"))

    assert [(row["region_name"], row["new_user_count"]) for row in points] == [
        ("Ñuble", 6),
        ("Sin ubicación conocida", 1),
        ("Tarapacá", 0),
    ]


def test_channels_outside_the_period_do_not_count(shops_url: str) -> None:
    points = plotted(chart(shops_url, "acquisition_channels", "bolt"))

    assert [(row["channel_label"], row["new_user_count"]) for row in points] == [
        ("Directo", 12),
        ("WhatsApp", 6),
    ]


def test_services_are_shown_by_sales_and_by_conversion_in_one_order(
    shops_url: str,
) -> None:
    sold = plotted(chart(shops_url, "service_sales", "bolt"))
    converted = plotted(chart(shops_url, "service_conversion", "bolt"))

    assert [(one["product_name"], one["sales_count"]) for one in sold] == [
        ("Mudanza", 12),
        ("Pintura", 6),
    ]
    assert [(one["product_name"], one["value"]) for one in converted] == [
        ("Mudanza", 0.5),
        ("Pintura", 0.25),
    ]


def test_the_ring_names_the_means_of_payment_in_words(shops_url: str) -> None:
    marketplace = chart(shops_url, "payment_methods", "bolt")
    log = chart(shops_url, "payment_methods", "acme")

    arcs, _ = marketplace["layer"]
    assert arcs["mark"]["type"] == "arc"
    assert arcs["mark"]["innerRadius"]["expr"].startswith("0.58 * ")
    assert plotted(marketplace)[0]["payment_method"] == "Mercado Pago"
    assert plotted(log)[0]["payment_method"] == "Sin informar"


def test_comunas_after_the_twentieth_are_one_bar_at_the_end(shops_url: str) -> None:
    points = plotted(chart(shops_url, "order_comunas", "bolt"))

    assert len(points) == 22
    assert points[0]["comuna_name"] == "Comuna 0"
    # Comunas 20, 21 and Iquique; the order of no known place is no comuna among them.
    assert [(p["comuna_name"], p["orders_count"]) for p in points[-2:]] == [
        ("Otras comunas", 80 + 79 + 3),
        ("Sin ubicación conocida", 1),
    ]


def test_regions_are_tiles_from_north_to_south(shops_url: str) -> None:
    registered = shown(shops_url, "region_tiles", "bolt")
    ordered = shown(shops_url, "comuna_tiles", "bolt")

    assert registered == [["Tarapacá", "0"], ["Ñuble", "6"]]
    assert [row[:2] for row in ordered] == [
        ["Tarapacá", "3"],
        ["Metropolitana", f"{sum(range(79, 101)):,}".replace(",", ".")],
    ]
    assert [row[2] for row in ordered] == [
        "Iquique 3",
        ", ".join(f"Comuna {place} {100 - place}" for place in range(5)),
    ]


def test_the_line_of_hours_goes_from_0_to_23(shops_url: str) -> None:
    points = plotted(chart(shops_url, "order_hours", "bolt"))

    assert [row["hour_of_day"] for row in points] == list(range(24))
    assert max(points, key=lambda row: row["orders_count"])["hour_of_day"] == 20


def test_cohorts_are_darker_the_more_came_back(shops_url: str) -> None:
    card = card_named("retention_cohorts")
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    place = Placement("a", "b", 0, 0, 24, 14)
    answer = answer_of(shops_url, card, "bolt")

    august, september = draw_card(card, place, answer, labels, "").rows

    assert [cell.text for cell in august[:4]] == ["ago 1997", "4", "50\xa0%", "25\xa0%"]
    assert [cell.shade for cell in august[:5]] == [
        *(None, None, "#7fb2d9", "#bfd8ec", None),
    ]
    assert {cell.text for cell in september[2:]} == {"—"}


def test_a_cohort_is_told_by_its_months_and_as_it_stands_now(shops_url: str) -> None:
    card = card_named("cohort_payback")

    assert answer_of(shops_url, card, "acme").rows == (
        (
            date(1997, 8, 1),
            4,
            25,
            20,
            None,
            None,
            None,
            Decimal("55.5"),
            Decimal("2.75"),
            1,
        ),
    )


def test_customers_are_counted_by_their_band_of_risk(shops_url: str) -> None:
    found = answer_of(shops_url, card_named("risk_bands"), "acme").rows

    assert [row[:4] for row in found] == [
        ("Alto", 1, 50, 10),
        ("Medio", 1, 900, 90),
        ("Bajo", 1, 9, 70),
    ]


def test_days_between_purchases_are_of_those_who_came_back(shops_url: str) -> None:
    assert answer_of(shops_url, card_named("purchase_gaps"), "acme").rows == (
        ("1 → 2", 5, 3, 15, 20.5, 40),
    )


@pytest.mark.parametrize(
    "name",
    [
        "page_period",
        "new_users",
        "order_comunas",
        "purchase_gaps",
        "retention_cohorts",
        "cohort_payback",
    ],
)
def test_a_company_without_data_has_an_empty_card_and_no_error(
    shops_url: str, name: str
) -> None:
    assert answer_of(shops_url, card_named(name), "nueva").rows == ()
