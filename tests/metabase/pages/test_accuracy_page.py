"""¿Acertamos?: what was said beside what came, and why something cannot be said yet."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from metabase.content.entities import Placement
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT
from metabase.content.warehouse import connect_as, run
from metabase.rendering.cards import draw_card
from metabase.rendering.charts import chart_spec
from metabase.rendering.preview import render_preview
from tests.metabase.pages.drawn_cards import card_named
from tests.metabase.pages.rows.model_health_rows import (
    Forecast,
    ModelHealth,
    fill_health,
)

TOTALS = """insert into reporting.accuracy_totals values
    (%s, 1, 'Pedidos de los próximos 30 días', 40, 10, 0.8, 0.9, 0.125, '1997-10-02'),
    (%s, 4, 'Escenarios guardados', 2, 0, null, null, null, '1997-11-30')"""
TOLD = """insert into reporting.recommendations values
    (%s, 'a', '1997-08-31', 'Repartir mejor el mismo presupuesto.', 'Seguido', true,
        0.55, 2000, 100, 4000, 1500, true, 'dismissed'),
    (%s, 'b', '1997-09-30', 'Demasiado incierto.', 'No pedía hacer nada', false,
        null, null, null, null, null, null, 'open')"""
PLANS = """insert into reporting.scenario_grades values
    (%s, '11', 'Otoño', 'graded', '1997-09-01', '1997-09-30', 100, 120, 1000, 800,
        0.25, true),
    (%s, '12', 'Navidad', 'not_due', '1997-12-01', '1997-12-31', 100, null, 1000, null,
        null, null),
    (%s, '13', 'Sin Meta', 'not_followed', '1997-08-01', '1997-08-31', 10, 120, 1000,
        800, null, null)"""


def fill(url: str, company: str) -> None:
    with psycopg.connect(url) as admin:
        for statement in (TOTALS, TOLD, PLANS):
            admin.execute(statement.encode(), [company] * statement.count("%s"))


def shown(url: str, name: str, company: str = "acme") -> list[list[str]]:
    labels, one = read_labels(CONTENT_ROOT / "labels", "es"), card_named(name)
    with connect_as(url, f"bi_{company}") as connection:
        result = run(connection, one.sql)
    drawn = draw_card(one, Placement("a", "b", 0, 0, 24, 8), result, labels, "")
    return [[cell.text for cell in row] for row in drawn.rows]


def test_what_was_said_stands_beside_what_came(reporting_url: str) -> None:
    fill(reporting_url, "acme")

    totals, advice, plans = (
        shown(reporting_url, name)
        for name in ("accuracy_totals", "followed_recommendations", "graded_scenarios")
    )

    assert [row[1:6] for row in totals] == [
        ["40", "10", "80\u00a0%", "90\u00a0%", "13\u00a0%"],
        ["2", "0", "—", "—", "—"],
    ]
    assert totals[1][6] == "30 nov 1997"
    assert [row[1] for row in advice] == [
        "Demasiado incierto.",
        "Repartir mejor el mismo presupuesto.",
    ]
    assert advice[1][2] == "Seguido"
    # What people answered, though facts tell otherwise.
    assert [row[3] for row in advice] == ["Sin responder", "Se descartó"]
    assert advice[1][4] == "55\u00a0%"
    assert advice[1][5].startswith("2.000")
    assert advice[1][8].startswith("1.500")
    assert [row[9] for row in advice] == ["—", "Sí"]
    assert [(row[0], row[3]) for row in plans] == [
        ("Navidad", "En plazo"),
        ("Otoño", "Comprobado"),
        ("Sin Meta", "No seguido"),
    ]
    assert [row[9] for row in plans] == ["—", "Sí", "—"]
    assert plans[1][8] == "25\u00a0%"
    for name in ("accuracy_totals", "followed_recommendations", "graded_scenarios"):
        assert shown(reporting_url, name, "bolt") == []


def test_the_line_of_what_came_ends_where_the_days_are_not_over(
    reporting_url: str,
) -> None:
    later = (Forecast(date(1997, 9, 20), 30, 440),)
    with psycopg.connect(reporting_url) as admin:
        fill_health(admin, "acme", ModelHealth(forecasts=later))
    line = card_named("forecasts_and_orders")

    with connect_as(reporting_url, "bi_acme") as connection:
        result = run(connection, line.sql)

    assert [row[:3] for row in result.rows] == [
        (date(1997, 7, 30), 410, 500),
        (date(1997, 8, 30), 420, 430),
        (date(1997, 10, 20), 440, None),
    ]
    assert len(chart_spec(line, result, "es")["layer"]) == 4


@pytest.mark.parametrize(
    ("language", "says"),
    [("es", "Se llena al guardar un escenario"), ("en", "Fills when a scenario")],
)
def test_who_has_nothing_to_compare_yet_is_told_what_brings_it(
    shops_url: str, language: str, says: str
) -> None:
    page = render_preview(shops_url, ["acme"], root=CONTENT_ROOT, language=language)

    assert says in page
