"""Monedas: what currencies are worth today, and how they moved in a year."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import answer_of, card_named, shown


def test_the_rates_of_the_newest_day_say_when_they_were_published(
    shops_url: str,
) -> None:
    assert shown(shops_url, "newest_exchange_rates") == [
        ["CLP", "0,00", "1.000,00", "25 sept 1997"],
        ["USD", "1,60", "0,63", "26 sept 1997"],
    ]


def test_a_currency_moves_from_the_first_day_of_its_year(shops_url: str) -> None:
    rows = answer_of(shops_url, card_named("exchange_rate_by_day")).rows

    # A dollar was 0.80 and is 1.60; the day before that year is not looked at.
    assert [(str(day), code, float(change)) for day, code, change in rows] == [
        ("1997-09-26", "CLP", 0),
        ("1996-12-01", "USD", 0),
        ("1997-09-26", "USD", 1),
    ]
