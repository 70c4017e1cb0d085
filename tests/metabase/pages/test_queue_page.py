"""Señales y cola: what is due, who does it, and whether it helps."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import shown


def test_what_is_late_comes_first_and_who_is_watched_is_not_shown(
    shops_url: str,
) -> None:
    first, second = shown(shops_url, "queue_list")

    assert first[:5] == [
        *("Estudio 1", "Ana", "Urgente", "Entra poco, Usa poco", "Llamada (día 14)")
    ]
    assert second[:2] == ["Taller 1", "Eva (por sorteo)"]


def test_each_owner_has_what_is_theirs(shops_url: str) -> None:
    assert shown(shops_url, "queue_owners") == [
        ["Ana", "1", "1", "1", "90,00\xa0€"],
        ["Eva", "1", "0", "0", "90,00\xa0€"],
    ]


def test_a_side_with_few_is_told_and_makes_no_difference(shops_url: str) -> None:
    ((effect, verdict, acted, ratio, *_, last),) = shown(shops_url, "queue_effects")

    assert (effect, verdict) == ("Se fueron", "Aún no se puede saber.")
    assert (acted, ratio, last) == ("20", "25,0\xa0%", "—")


def test_signals_and_ends_are_counted(shops_url: str) -> None:
    (late, few, rare) = shown(shops_url, "queue_signals")

    assert late[:3] == ["Pago atrasado", "0", "0"]
    assert (few[:3], rare[:3]) == (["Entra poco", "1", "1"], ["Usa poco", "1", "1"])
    assert shown(shops_url, "queue_ends") == [["Sin señales", "1", "0", "1,0"]]


def test_mails_of_a_series_are_shown_with_the_opens_of_people(shops_url: str) -> None:
    ((series, step, name, _, *shares),) = shown(shops_url, "sequence_mails")

    assert (series, step, name) == ("Bienvenida", "2", "Marzo de acme")
    assert shares == ["100", "3,5", "80\xa0%", "50\xa0%", "25\xa0%", "10\xa0%"]
