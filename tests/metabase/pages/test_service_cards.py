"""Support, surveys and seats on the pages of a subscription business."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import chart, plotted, shown


def test_in_time_stands_with_its_target_and_interval(shops_url: str) -> None:
    (_, tier, target, *rest), *others = shown(shops_url, "support_sla")

    assert (tier, target, rest[1]) == ("1", "120", "80\xa0%")
    assert [row[1] for row in others] == ["2", "1"]


def test_nps_stands_with_its_interval(shops_url: str) -> None:
    (_, place, *rest), (_, touchpoint, *_) = shown(shops_url, "saas_satisfaction")

    assert touchpoint == "Soporte"
    assert (place, rest[1:4]) == ("Todos (NPS)", ["45,0", "34,7", "55,3"])


def test_seats_are_drawn_by_month(shops_url: str) -> None:
    (month,) = plotted(chart(shops_url, "seat_use"))

    assert (month["seat_dau_ratio"], month["stickiness_ratio"]) == (0.35, 0.5)
