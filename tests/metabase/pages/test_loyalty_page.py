"""Lealtad y referidos: tiers, points, and who is owed something."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import shown


def test_a_reward_is_owed_only_where_nobody_has_to_look(shops_url: str) -> None:
    first, second = shown(shops_url, "referrers")

    assert first[:7] == ["Estudio 1", "3", "2", "1", "0", "2", "9,00\xa0€"]
    assert second[:5] == ["Taller 1", "1", "0", "0", "1"]


def test_what_is_to_be_looked_at_comes_first(shops_url: str) -> None:
    rows = shown(shops_url, "referral_list")

    assert rows[0][:5] == [
        *("Rara", "Estudio 1", "AMIGO1", "Por revisar", "Se refieren entre sí")
    ]
    assert len(rows) == 4


def test_tiers_and_points_are_of_the_company(shops_url: str) -> None:
    assert shown(shops_url, "loyalty_tiers") == [["Plata", "10", "12", "5", "20", "0"]]
    (account,) = shown(shops_url, "loyalty_accounts")
    assert account[1:6] == [
        *("Plata", "Oro", "8 meses activa; se piden 12.", "8", "120")
    ]
