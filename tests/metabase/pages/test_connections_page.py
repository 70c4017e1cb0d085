"""Conexiones y salud de datos: what fails, since when, and what was done."""

from __future__ import annotations

import pytest

from tests.metabase.pages.drawn_cards import (
    answer_of,
    card_named,
    chart,
    plotted,
    shown,
)

_CARDS = (
    *("connection_lights", "service_level_states", "event_delays", "recent_runs"),
    *("activity_sentences", "reliability", "rows_per_day", "rejected_records"),
    "alert_settings",
)


def test_a_connection_that_fails_comes_first_with_its_error(shops_url: str) -> None:
    assert shown(shops_url, "connection_lights") == [
        ["Rojo: No se puede leer", "Meta Ads (ads)", "50,0", "3", "Caducó."],
        ["Verde: Al día", "Shopify (shop)", "2,0", "0", "—"],
    ]


def test_a_level_says_whether_it_is_met_and_which_source_is_behind(
    shops_url: str,
) -> None:
    assert shown(shops_url, "service_level_states") == [
        ["Táctico (5 minutos)", "Sí", "3", "Shopify", "98\xa0%"],
        ["Operativo (1 hora)", "No", "3.000", "Meta Ads", "50\xa0%"],
    ]


def test_a_delay_is_told_once_however_many_promises_are_made_of_its_source(
    shops_url: str,
) -> None:
    assert [row[2:] for row in shown(shops_url, "event_delays")] == [["4", "9", "30"]]


def test_runs_and_activities_come_newest_first_with_their_minute(
    shops_url: str,
) -> None:
    assert shown(shops_url, "recent_runs") == [
        ["1997-09-30 12:00", "Falló", "0,5", "Caducó."],
        ["1997-09-29 23:30", "Bien", "1,5", "—"],
        ["1997-09-29 12:00", "Se detuvo", "0,1", "—"],
    ]
    log = dict(shown(shops_url, "activity_sentences"))
    assert list(log) == ["1997-09-30 12:00", "1997-09-29 23:30"]
    # A source is called by its title; what it answered stands as it was.
    told = "La lectura de Meta Ads falló: no field meta_ads."
    assert log["1997-09-30 12:00"] == told


def test_rules_say_past_what_people_are_told_the_most_severe_first(
    shops_url: str,
) -> None:
    assert shown(shops_url, "alert_settings") == [
        ["Crítica", "Churn", "más de", "10,0", "%", "No"],
        ["Alta", "Un cálculo falló", "—", "—", "—", "Sí"],
    ]


def test_the_last_30_days_come_before_the_months(shops_url: str) -> None:
    assert [row[0] for row in shown(shops_url, "reliability")] == [
        "Últimos 30 días",
        "1997-09",
    ]


def test_rows_are_counted_per_day_not_twice_by_the_hour(shops_url: str) -> None:
    spec = chart(shops_url, "rows_per_day")

    (point,) = plotted(spec)
    assert (point["read_date"], point["series"], point["value"]) == (
        *("1997-09-29", "Shopify"),
        250,
    )


def test_records_that_wait_for_somebody_come_before_those_decided(
    shops_url: str,
) -> None:
    assert [row[2:] for row in shown(shops_url, "rejected_records")] == [
        ["sin importe", "Pendiente", "2"],
        ["sin fecha", "Descartada", "9"],
    ]


@pytest.mark.parametrize("name", _CARDS)
def test_a_company_sees_its_own_operations_only(shops_url: str, name: str) -> None:
    card = card_named(name)

    rows = repr(answer_of(shops_url, card, "bolt").rows)

    assert "acme" not in rows
    assert rows != "()"
    assert answer_of(shops_url, card, "nueva").rows == ()
