"""Operativo SaaS: bands, care, support of all tiers beside each, and touchpoints."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import shown


def test_bands_stand_with_their_share_of_the_accounts(shops_url: str) -> None:
    rows = shown(shops_url, "operating_bands")

    assert [row[:3] for row in rows] == [
        ["Crítica", "1", "50\xa0%"],
        ["Sana", "1", "50\xa0%"],
    ]


def test_who_only_watches_is_no_account_to_act_on(shops_url: str) -> None:
    ((coverage, managed, accounts, intervened, *counts),) = shown(
        shops_url, "operating_care"
    )

    assert (coverage, managed, accounts) == ("50\xa0%", "1", "2")
    assert (intervened, counts) == ("100\xa0%", ["1", "1", "0"])


def test_all_tiers_stand_before_each_with_the_change_of_a_month(shops_url: str) -> None:
    rows = shown(shops_url, "operating_support")

    newest = [row[1:5] for row in rows][:3]
    assert newest == [
        ["Todos", "80", "60\xa0%", "75\xa0%"],
        ["1", "60", "20\xa0%", "80\xa0%"],
        ["2", "20", "—", "60\xa0%"],
    ]


def test_of_few_tickets_of_a_tier_all_together_tell_what_was_solved(
    shops_url: str,
) -> None:
    rows = shown(shops_url, "operating_support")

    assert [row[6:] for row in rows][:3] == [
        ["83\xa0%", "40"],
        ["—", "20"],
        ["—", "20"],
    ]


def test_a_touchpoint_stands_with_its_answers(shops_url: str) -> None:
    ((_, place, answers, mean, *_),) = shown(shops_url, "operating_csat")

    assert (place, answers, mean) == ("Soporte", "40", "7,5")
