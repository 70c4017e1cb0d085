"""Webinar: operativo: the webinar that is on, or the last that began."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import answer_of, card_named, shown


def test_headlines_are_of_the_last_webinar_that_began(shops_url: str) -> None:
    names = ("live_registrants", "live_attendees", "live_present", "live_conversions")

    assert [shown(shops_url, name) for name in names] == [
        [["100"]],
        [["46"]],
        [["40"]],
        [["6"]],
    ]
    present = answer_of(shops_url, card_named("live_present"), "bolt")
    assert [int(row[0]) for row in present.rows] == [120]


def test_counters_stand_beside_their_targets_and_say_whose(shops_url: str) -> None:
    rows = shown(shops_url, "live_counters")

    assert [row[:2] for row in rows[::3]] == [
        ["En marcha", "Crece"],
        ["Por venir", "Vende"],
        ["Terminado", "Automatiza"],
    ]
    assert [row[3:8] for row in rows[:3]] == [
        ["Registrados", "100", "200", "50\xa0%", "Propuesta"],
        ["Asistentes", "46", "200", "23\xa0%", "La empresa"],
        ["Compradores", "6", "200", "3\xa0%", "Propuesta"],
    ]


def test_lines_and_traits_are_of_one_webinar(shops_url: str) -> None:
    engagement = answer_of(shops_url, card_named("live_engagement_line"))
    present = answer_of(shops_url, card_named("live_present_line"))
    industries = answer_of(shops_url, card_named("live_industries"))
    sizes = answer_of(shops_url, card_named("live_company_sizes"))

    assert list(engagement.rows) == [(0, 2, 1, 0, 3), (5, 7, 1, 0, 3)]
    assert list(present.rows) == [(0, 30), (5, 35)]
    assert [(name, int(n)) for name, n in industries.rows] == [
        ("11-50", 80),
        ("Sin dato", 20),
    ]
    assert list(sizes.rows) == [("11-50", 80, 11), ("Sin dato", 20, 10)]


def test_sections_are_told_by_webinar_with_their_interval(shops_url: str) -> None:
    newest, older = shown(shops_url, "section_heat_map")

    assert newest[:6] == [
        *("14 ago 1997", "Crece", "Inicio", "60", "90\xa0%", "80\xa0%"),
    ]
    assert older[:2] == ["10 jul 1997", "Automatiza"]


def test_ratings_tell_their_interval_and_the_worst_section_is_first(
    shops_url: str,
) -> None:
    (webinar,) = shown(shops_url, "webinar_rating_list")
    worst, best = shown(shops_url, "section_rating_list")

    assert webinar == ["10 jul 1997", "Automatiza", "20", "8,4", "7,9", "8,9", "1"]
    assert [worst[0], best[0]] == ["Nudo", "Fin"]


def test_the_worst_site_makes_the_line_and_unknown_hours_are_told(
    shops_url: str,
) -> None:
    line = answer_of(shops_url, card_named("website_uptime_line"))

    assert [ratio for _, ratio in line.rows] == [0.96, 0.48]
    assert shown(shops_url, "website_list") == [
        ["b.test/x", "100", "48", "48,0\xa0%", "12"],
        ["a.test", "200", "186", "93,0\xa0%", "3"],
    ]


def test_what_no_source_tells_of_slides_is_nothing_and_not_zero(shops_url: str) -> None:
    newest, older = shown(shops_url, "webinar_content_list")

    assert newest[:6] == ["14 ago 1997", "W2", "7", "—", "85\xa0%", "—"]
    assert older[5] == "95,5"
    # A month back from 14 August begins after 14 July.
    month = answer_of(shops_url, card_named("webinar_content_list"), months=1)
    assert month.column("webinar_title") == ["W2"]
    bolt = answer_of(shops_url, card_named("webinar_content_list"), "bolt")
    assert [row[2] for row in bolt.rows] == [21, 21]
