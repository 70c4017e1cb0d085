"""Cohortes y segmentos: kinds of people, how sure, and cohorts at the same age."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import answer_of, card_named, shown


def test_kinds_are_named_by_what_they_do_and_advised_by_rule(shops_url: str) -> None:
    large, keen = shown(shops_url, "segment_list")

    assert large[:3] == ["1. se registran más veces", "70", "70\xa0%"]
    assert large[-1] == "Nada en particular"
    assert keen[0] == "4. escriben más en el chat"
    assert keen[-1] == (
        "Contenido premium (prioridad alta); Venta adicional (prioridad alta)"
    )


def test_it_is_told_whether_kinds_are_stable(shops_url: str) -> None:
    assert shown(shops_url, "segment_note") == [
        ["Hay segmentos estables.", "100", "90\xa0%"]
    ]
    verdicts = [row[-1] for row in shown(shops_url, "segment_tries")]
    assert verdicts == ["El elegido", "Estable", "No se repite"]
    assert answer_of(shops_url, card_named("segment_note"), "nueva").rows == ()


def test_cohorts_are_compared_at_the_ages_that_both_have(shops_url: str) -> None:
    rows = answer_of(shops_url, card_named("webinar_cohorts_by_age")).rows

    # The second month of the later ones is not over.
    assert list(rows) == [
        (0, "De antes", 0.375),
        (0, "De los últimos seis meses", 0.5),
        (1, "De antes", 0.25),
        (1, "De los últimos seis meses", 0.3),
    ]
    assert len(shown(shops_url, "webinar_cohort_list")) == 5
    ((_, sentence, trace),) = shown(shops_url, "webinar_cohort_findings")
    assert (sentence, trace) == ("Vuelve el 1 %.", "abc")
