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

    # Of the third month of the later ones nobody tells who came, nor of June's first,
    # whose people are not among those who could have come.
    assert list(rows) == [
        (0, "De antes", 0.375),
        (0, "De los últimos seis meses", 0.5),
        (1, "De antes", 0.25),
        (1, "De los últimos seis meses", 0.3),
    ]
    assert len(shown(shops_url, "webinar_cohort_list")) == 7
    ((_, sentence, trace),) = shown(shops_url, "webinar_cohort_findings")
    assert (sentence, trace) == ("Vuelve el 1 %.", "abc")


def test_the_matrix_has_a_row_per_cohort_and_a_column_per_age(shops_url: str) -> None:
    august, june, january = shown(shops_url, "webinar_cohort_matrix")

    assert august[1:] == ["80", "50\xa0%", "30\xa0%", *["—"] * 11]
    assert june[1:] == ["80", *["—"] * 13]
    assert january[1:5] == ["80", "38\xa0%", "25\xa0%", "13\xa0%"]
    bolt = answer_of(shops_url, card_named("webinar_cohort_matrix"), "bolt").rows
    assert [row[1] for row in bolt] == [240, 240, 240]


def test_a_cohort_adds_up_over_the_months_that_are_known(shops_url: str) -> None:
    august, june, january = shown(shops_url, "webinar_cohort_values")

    # 64 visits of half an hour and 2,560 of revenue; shares of months do not add up.
    assert august[1:5] == ["2", "80", "64", "30,0"]
    assert august[5:] == ["50,3", "8", "1\xa0%", "2.560,00\xa0€", "32,00\xa0€"]
    assert january[1:4] == ["3", "80", "60"]
    # A month of which nobody tells who came is not known.
    assert june[1:] == ["0", "80", *["—"] * 7]
    bolt = answer_of(shops_url, card_named("webinar_cohort_values"), "bolt").rows
    assert [row[3] and int(row[3]) for row in bolt] == [192, None, 180]
    assert [row[-1] and float(row[-1]) for row in bolt] == [32, None, 30]


def test_buyers_stand_by_what_they_told_of_their_company(shops_url: str) -> None:
    rows = shown(shops_url, "trait_conversions")

    assert [row[:5] for row in rows] == [
        ["Industria", "Retail", "40", "8", "20\xa0%"],
        ["Industria", "Sin dato", "10", "1", "10\xa0%"],
    ]


def test_attendance_stands_by_the_messages_of_the_week(shops_url: str) -> None:
    rows = shown(shops_url, "message_pressure")

    assert [row[:4] for row in rows] == [
        ["0", "40", "20", "50\xa0%"],
        ["5 o más", "10", "3", "30\xa0%"],
    ]
