"""Programa: what it returns, with its interval, and what cannot be told."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import shown


def test_the_return_stands_with_its_interval_and_its_formula(shops_url: str) -> None:
    (row,) = shown(shops_url, "programme_return")

    assert row[:4] == ["200\xa0%", "-40\xa0%", "440\xa0%", "No se puede decir"]


def test_the_effect_on_churn_is_in_points(shops_url: str) -> None:
    ((part, effect, lower, *_),) = shown(shops_url, "programme_parts")

    assert (part, effect, lower) == ("Cuentas que se quedan", "-3,12", "-5")


def test_a_review_says_how_many_cases_would_tell(shops_url: str) -> None:
    (row,) = shown(shops_url, "programme_reviews")

    assert row[7:9] == ["2.256", "Aún no se puede decir"]


def test_costs_of_the_newest_month_stand_by_kind(shops_url: str) -> None:
    assert [row[1] for row in shown(shops_url, "programme_costs")] == [
        *("Equipo", "Herramientas")
    ]
