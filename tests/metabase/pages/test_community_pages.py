"""Comunidad: the three pages of a programme, card by card."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest

from tests.metabase.pages.drawn_cards import (
    answer_of,
    card_named,
    chart,
    plotted,
    shown,
)

_NUMBERS = {
    # The fourteenth month is the last that is over, and that flagship figures are of.
    "month_active_people": 230,
    "month_registrations": 10,
    "month_k_factor": 0.2,
    "month_retention": 0.5,
}
_TABLES = {
    "community_figures": [
        [
            *("Profesionales activos", "oct 1997", "230", "100 %", "—"),
            *("250", "-8 %", "Por debajo"),
        ],
        ["Factor K", "oct 1997", "0,20", "100 %", "—", "0,20", "0 %", "Bien"],
        [
            "Retención a 30 días",
            "oct 1997",
            "50,0 %",
            "100 %",
            "—",
            "—",
            "—",
            "Crítico",
        ],
        [
            *("Ingresos por patrocinio", "oct 1997", "3.000 EUR", "100 %"),
            *("—", "—", "—", "Sin meta"),
        ],
    ],
    "community_week": [["Profesionales activos", "60", "40", "50 %", "25 %"]],
    "community_quarter": [["Profesionales activos", "300", "40", "650 %", "—"]],
    "community_week_days": [["22 sept 1997", "28 sept 1997"]],
    "community_month_days": [["1 oct 1997", "31 oct 1997"]],
    "community_quarter_days": [["1 jul 1997", "30 sept 1997"]],
    "funnel_by_source": [
        # Of twenty visitors no share is given.
        ["(none)", "20", "0 %", "0", "0", "0", "—"],
        ["linkedin", "20", "50 %", "8", "4", "2", "—"],
    ],
    "web_by_source": [
        ["google", "60", "50 %", "10", "2"],
        ["(direct)", "20", "50 %", "10", "2"],
    ],
    "web_left_out": [["oct 1997", "100", "10", "1", "0", "1", "0", "2"]],
    "channel_results": [
        ["Correo", "100", "80", "8", "2", "20", "80 %", "10 %", "2,5 %"],
    ],
    "retention_families": [
        ["En el tramo que acaba ese día (la de la casa)", *row, "—", "—"]
        for row in (
            ["30", "sept 1996", "80", "50 %"],
            ["60", "sept 1996", "80", "25 %"],
            ["90", "sept 1996", "80", "13 %"],
        )
    ],
    "content_pieces": [["Liderar en acme", "Pódcast", "gestión", "4", "90", "75 %"]],
    "top_referrers": [["contacts/acme", "3", "2"]],
    "flow_health": [["bienvenida", "97,5 %", "10", "2", "20,0 %", "1", "45"]],
    "failure_reasons": [
        ["Correo", "550", "5", "83 %"],
        ["Correo", "Sin motivo", "1", "17 %"],
    ],
    "community_event_names": [
        ["rareza", "Nada: no se entiende", "2", "29 sept 1997"],
        ["login", "Inicio de sesión", "8", "29 sept 1997"],
    ],
    "refused_access": [["metabase", "9", "3", "29 sept 1997"]],
    # The week of the 29th is not over.
    "usage_by_role": [["Dirección", "1", "10", "1", "1"]],
    "report_minutes": [["Semanal", "29 sept 1997", "60,0", "240", "75 %"]],
    "webhook_latency": [
        [
            *("29 sept 1997", "whatsapp", "50", "20", "2", "40"),
            *("90 %", "1,5", "30,0", "61,0"),
        ],
    ],
}


@pytest.mark.parametrize(("name", "value"), _NUMBERS.items())
def test_a_number_is_of_the_last_month_that_can_be_told(
    reporting_url: str, name: str, value: float
) -> None:
    # Behind the month and its number may stand the target.
    *_, number = answer_of(reporting_url, card_named(name)).rows[-1][:2]
    assert number == value


@pytest.mark.parametrize(("name", "rows"), _TABLES.items())
def test_a_table_says_what_was_counted(
    reporting_url: str, name: str, rows: list[list[str]]
) -> None:
    spaced = [
        [cell.replace("\xa0", " ") for cell in row]
        for row in shown(reporting_url, name)
    ]
    assert spaced == rows


def test_a_campaign_shows_both_ways_to_open(reporting_url: str) -> None:
    (row,) = shown(reporting_url, "campaign_results")
    assert row[0] == "Marzo de acme"
    assert [cell.replace("\xa0", " ") for cell in row[3:9]] == [
        "100",
        "80 %",
        "50 %",
        "25 %",
        "10 %",
        "2,5 %",
    ]


def test_the_steps_of_the_funnel_stand_in_order(reporting_url: str) -> None:
    rows: list[dict[str, Any]] = plotted(chart(reporting_url, "funnel_steps"))
    assert [list(row.values())[:2] for row in rows] == [
        ["Visitantes", 40],
        ["Se registraron", 8],
        ["Asistieron", 4],
        ["Siguieron activos", 2],
    ]


def test_what_was_advised_stands_beside_what_was_answered(reporting_url: str) -> None:
    query = """insert into reporting.recommendations
        (company_id, trace_id, as_of_date, rule_id, sentence_es, answer, answer_note,
        acted_on)
        values (%s, %s, '1997-09-29', %s, 'Ofrezca renovarlo.', 'followed', 'Sí',
        true)"""
    with psycopg.connect(reporting_url) as admin:
        admin.execute(query, ["acme", "abc", "sponsorship_ending"])
        # A shop's own advice stands on the shop's pages.
        admin.execute(query, ["acme", "abd", "move_budget"])
        admin.execute(query, ["bolt", "abe", "sponsorship_ending"])

    assert shown(reporting_url, "community_recommendations") == [
        ["29 sept 1997", "Ofrezca renovarlo.", "Se siguió", "Sí", "abc"]
    ]


def test_what_was_acted_on_is_counted_by_month(reporting_url: str) -> None:
    query = """insert into reporting.recommendations
        (company_id, trace_id, as_of_date, rule_id, acted_on)
        values (%s, %s, %s, 'sponsorship_ending', %s)"""
    told = [
        ("acme", "1997-09-29", True),
        ("acme", "1997-09-02", False),
        ("acme", "1997-09-03", None),
        ("acme", "1997-09-04", None),
        ("acme", "1997-08-31", True),
        ("bolt", "1997-09-29", True),
    ]
    with psycopg.connect(reporting_url) as admin:
        for number, (company, day, acted_on) in enumerate(told):
            admin.execute(query, [company, str(number), day, acted_on])

    assert [row[1:] for row in shown(reporting_url, "advice_acted_on")] == [
        ["4", "1", "1", "2"],
        ["1", "1", "0", "0"],
    ]


def test_lines_hold_complete_months_only(reporting_url: str) -> None:
    answer = answer_of(reporting_url, card_named("active_people_by_month"))
    assert len(answer.rows) == 14
    assert answer.rows[-1][0] == date(1997, 10, 1)


def test_the_reader_chooses_period_source_and_channel(reporting_url: str) -> None:
    query = """insert into reporting.community_funnel
        (company_id, month_start_date, utm_source, visitor_count) values
        ('acme', '1997-07-01', 'linkedin', 7), ('acme', '1997-08-01', 'linkedin', 4),
        ('bolt', '1997-08-01', 'linkedin', 9)"""
    with psycopg.connect(reporting_url) as admin:
        admin.execute(query)

    def visitors(**chosen: Any) -> dict[str, int]:
        answer = answer_of(reporting_url, card_named("funnel_by_source"), **chosen)
        return {row[0]: int(row[1]) for row in answer.rows}

    # October has 20 of each source; three months begin with August.
    assert visitors() == {"linkedin": 31, "(none)": 20}
    assert visitors(months=3) == {"linkedin": 24, "(none)": 20}
    assert visitors(months=4, utm_source="linkedin") == {"linkedin": 31}
    # Steps and source choose together.
    steps = card_named("funnel_steps")
    answer = answer_of(reporting_url, steps, months=1, utm_source="(none)")
    assert [row[1] for row in answer.rows] == [20, 0, 0, 0]
    for name in ("campaign_results", "channel_results"):
        told = [
            len(answer_of(reporting_url, card_named(name), message_channel=one).rows)
            for one in ("Correo", "WhatsApp")
        ]
        assert told == [1, 0], name


def test_another_company_reads_its_own(reporting_url: str) -> None:
    people = answer_of(reporting_url, card_named("month_active_people"), "bolt").rows
    assert people[-1][1] == 690
    assert answer_of(reporting_url, card_named("campaign_results"), "nueva").rows == ()


def test_no_line_is_drawn_of_a_handful(reporting_url: str) -> None:
    """Eight people of August 1996 have no point; eighty of September have three."""
    found = answer_of(reporting_url, card_named("retention_by_cohort")).rows
    assert [(row[0], row[2]) for row in found] == [
        (date(1996, 9, 1), ratio) for ratio in (0.5, 0.25, 0.125)
    ]
