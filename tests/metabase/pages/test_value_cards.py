"""First values on the page of a subscription business."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import chart, plotted, shown


def test_the_median_stands_with_its_interval_and_those_who_wait(shops_url: str) -> None:
    (row,) = shown(shops_url, "value_pace")

    # Its upper end is open: too many still wait.
    assert row == ["Desde que paga", "50", "30", "20", "4", "12", "9", "—", "—"]


def test_the_curve_is_drawn_by_day(shops_url: str) -> None:
    days = plotted(chart(shops_url, "value_curve"))

    assert [day["day_number"] for day in days] == [0, 1]


def test_steps_stand_by_day(shops_url: str) -> None:
    ((step, first, *rest),) = shown(shops_url, "onboarding")

    assert (step, first, rest[-1]) == ("Llegó al primer valor", "12,5\xa0%", "48")


def test_who_stays_stands_with_its_interval(shops_url: str) -> None:
    (row,) = shown(shops_url, "value_stay")

    assert row[:3] == ["Menos de 7 días", "20", "18"]
    assert row[4:] == ["69,9\xa0%", "97,2\xa0%"]


def test_adoption_of_a_tier_stands_with_its_interval(shops_url: str) -> None:
    (row,) = shown(shops_url, "tier_adoption")

    assert row[0] == "Básicas"
    assert row[2:4] == ["55,0\xa0%", "67,0\xa0%"]
    # Nobody set a target.
    assert row[5:7] == ["—", "—"]
