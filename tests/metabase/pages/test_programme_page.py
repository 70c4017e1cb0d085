"""Programa: what it returns, with its interval, and what cannot be told."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import shown


def test_the_return_stands_with_its_interval_and_its_formula(shops_url: str) -> None:
    (row,) = shown(shops_url, "programme_return")

    assert row[:4] == ["200\xa0%", "-40\xa0%", "440\xa0%", "No se puede decir"]


def test_the_effect_on_churn_is_in_points(shops_url: str) -> None:
    ((part, effect, lower, *_),) = shown(shops_url, "programme_parts")

    assert part == "Cuentas que se quedan"
    assert (effect, lower) == ("-3,12\xa0p.\xa0p.", "-5,00\xa0p.\xa0p.")


def test_a_review_says_how_many_cases_would_tell(shops_url: str) -> None:
    (row,) = shown(shops_url, "programme_reviews")

    assert row[7:9] == ["2.256", "Aún no se puede decir"]


def test_a_figure_stands_between_what_is_stated_and_its_target(
    shops_url: str,
) -> None:
    (churn,) = shown(shops_url, "programme_kpi_shares")

    # Stated; the month before the programme; the last; what changed; target, missing.
    assert churn == [
        *("Cuentas que se van", "5,2\xa0%", "5,0\xa0%", "sept 1997"),
        *("1,0\xa0%", "-4,0\xa0p.\xa0p.", "3,5\xa0%", "2,5\xa0p.\xa0p."),
    ]
    # Nobody knows these of before.
    ((mrr, stated, earlier, _, now, *_),) = shown(shops_url, "programme_kpi_amounts")
    assert (mrr, stated, earlier, now) == ("MRR", "40,00\xa0€", "—", "10.152,00\xa0€")
    ((nps, *_, since, _, _),) = shown(shops_url, "programme_kpi_scores")
    assert (nps, since) == ("NPS", "—")


def test_costs_of_the_newest_month_stand_by_kind(shops_url: str) -> None:
    assert [row[1] for row in shown(shops_url, "programme_costs")] == [
        *("Equipo", "Herramientas")
    ]
