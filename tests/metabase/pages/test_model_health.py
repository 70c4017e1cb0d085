"""Salud de los modelos: what was said beside what came, in words people read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from metabase.content.entities import Card, Placement
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT
from metabase.content.warehouse import Result, connect_as, run
from metabase.rendering.cards import DrawnCard, draw_card
from metabase.rendering.charts import chart_spec
from metabase.rendering.preview import render_preview
from tests.metabase.pages.drawn_cards import card_named
from tests.metabase.pages.rows.model_health_rows import (
    Forecast,
    ModelHealth,
    fill_health,
)

_WHY = "Nada que mostrar."
_ROWS = {
    "backtest_calibration": (
        ("decile", "predicted_share", "actual_share"),
        (1, None, None),
    ),
    "backtest_tracking": (
        (
            *("days", "expected_orders", "actual_orders"),
            *("expected_orders_lower", "expected_orders_upper"),
        ),
        (15, None, None, None, None),
    ),
}


def _drawn(card: Card, result: Result) -> DrawnCard:
    labels = read_labels(CONTENT_ROOT / "labels", "es")
    return draw_card(card, Placement("a", "b", 0, 0, 24, 8), result, labels, _WHY)


def _shown(url: str, name: str, company: str = "acme") -> list[list[str]]:
    """The texts of a table's rows, as one company's reader sees them."""
    card = card_named(name)
    with connect_as(url, f"bi_{company}") as connection:
        drawn = _drawn(card, run(connection, card.sql))
    return [[cell.text for cell in row] for row in drawn.rows]


def _spec(url: str, name: str, company: str = "acme") -> dict[str, Any]:
    card = card_named(name)
    with connect_as(url, f"bi_{company}") as connection:
        return chart_spec(card, run(connection, card.sql), "es")


def _values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    (values,) = spec["datasets"].values()
    return list(values)


def _lines(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """How each line is encoded, by the title it has in the legend."""
    return {
        json.loads(layer["transform"][0]["calculate"]): layer["encoding"]
        for layer in spec["layer"]
    }


def test_backtests_come_newest_first_beside_the_naive_error(
    shops_url: str,
) -> None:
    assert _shown(shops_url, "backtest_results") == [
        [
            *("30 jun 1997", "90", "1.234", "1.214", "1.254", "1.230", "Sí"),
            *("0,35", "0,50", "0,159", "0,204"),
        ],
        [
            *("31 may 1997", "90", "1.300", "1.280", "1.320", "1.400", "No"),
            *("0,40", "0,55", "0,159", "0,204"),
        ],
    ]


def test_dates_of_the_next_order_stand_beside_the_simple_ones(shops_url: str) -> None:
    expected = ["90", "40\xa0%", "21,5", "26,0", "79\xa0%"]

    assert _shown(shops_url, "next_order_results") == [
        ["30 jun 1997", *expected],
        ["31 may 1997", *expected],
    ]
    assert len(_shown(shops_url, "next_order_results", "bolt")) == 1


def test_a_backtest_that_tells_of_no_date_is_left_out(reporting_url: str) -> None:
    with psycopg.connect(reporting_url) as admin:
        admin.execute(
            "update reporting.model_backtests set next_order_share = null"
            " where origin_date = '1997-06-30'"
        )

    (row,) = _shown(reporting_url, "next_order_results")

    assert row[0] == "31 may 1997"


def test_the_value_of_channels_stands_beside_what_came(shops_url: str) -> None:
    shown = _shown(shops_url, "channel_value_results")

    assert [row[:4] for row in shown] == [
        ["30 jun 1997", "365", "Meta Ads", "12"],
        ["31 may 1997", "365", "Meta Ads", "12"],
    ]
    money = [f"{one},00\xa0€" for one in ("24.680", "24.280", "25.080", "24.600")]
    assert shown[0][4:] == [*money, "Sí"]
    assert len(_shown(shops_url, "channel_value_results", "bolt")) == 1


def test_the_mix_is_shown_beside_what_was_sold_in_money(shops_url: str) -> None:
    assert _shown(shops_url, "mix_backtest_results") == [
        [
            *("30 jun 1997", "58.000,00\xa0€", "52.200,00\xa0€", "63.800,00\xa0€"),
            *("64.000,00\xa0€", "No", "58k"),
            *("12,5\xa0%", "20,0\xa0%", "85\xa0%"),
        ],
        [
            *("31 mar 1997", "61.500,00\xa0€", "55.350,00\xa0€", "67.650,00\xa0€"),
            *("60.200,00\xa0€", "Sí", "62k"),
            *("8,4\xa0%", "20,0\xa0%", "85\xa0%"),
        ],
    ]
    assert _shown(shops_url, "mix_backtest_results", "nueva") == []
    assert len(_shown(shops_url, "mix_backtest_results", "bolt")) == 1


def test_a_backtest_without_a_range_is_neither_inside_nor_outside(
    reporting_url: str,
) -> None:
    with psycopg.connect(reporting_url) as admin:
        admin.execute(
            "update reporting.model_backtests set is_orders_total_inside = null,"
            " expected_orders_lower = null, expected_orders_upper = null"
        )

    (row,) = _shown(reporting_url, "backtest_results", "bolt")

    assert row[1:7] == ["90", "777", "—", "—", "790", "—"]


def test_the_charts_show_the_newest_backtest_only(shops_url: str) -> None:
    tracking = _values(_spec(shops_url, "backtest_tracking"))
    deciles = _values(_spec(shops_url, "backtest_calibration"))

    assert [row["days"] for row in tracking] == [30, 60, 90]
    assert (tracking[-1]["expected_orders"], tracking[-1]["actual_orders"]) == (
        1234,
        1230,
    )
    assert [row["decile"] for row in deciles] == list(range(1, 11))
    assert deciles[-1]["actual_share"] == pytest.approx(0.95)


def test_a_line_chart_has_one_line_per_metric_named_in_the_legend(
    shops_url: str,
) -> None:
    lines = _lines(_spec(shops_url, "backtest_tracking"))

    assert {title: one["y"]["field"] for title, one in lines.items()} == {
        "Pedidos esperados": "expected_orders",
        "Pedidos que llegaron": "actual_orders",
        "Mínimo esperado": "expected_orders_lower",
        "Máximo esperado": "expected_orders_upper",
    }
    assert {one["y"]["title"] for one in lines.values()} == {"Pedidos acumulados"}
    color = lines["Pedidos esperados"]["color"]
    assert color["scale"]["domain"] == list(lines)
    assert color["scale"]["range"] == ["#2F6690", "#C8553D", "#8AA9C0", "#8AA9C0"]
    assert color["legend"]["orient"] == "top"


def test_a_chart_of_shares_has_ticks_between_nothing_and_all(
    shops_url: str,
) -> None:
    lines = _lines(_spec(shops_url, "backtest_calibration"))

    axis = lines["Compraron"]["y"]["axis"]
    assert (axis["format"], axis["tickMinStep"]) == (",.0%", 0.01)


def test_one_line_alone_has_no_legend() -> None:
    card = card_named("backtest_calibration")
    alone = {**card.settings, "graph.metrics": ["actual_share"]}
    columns, _ = _ROWS["backtest_calibration"]

    rows = Result(columns, ((1, 0.5, 0.25),))
    spec = chart_spec(replace(card, settings=alone), rows, "es")

    assert _lines(spec)["Compraron"]["color"]["legend"] is None


@pytest.mark.parametrize("name", _ROWS)
def test_a_line_chart_is_empty_only_when_no_metric_has_anything(name: str) -> None:
    card = card_named(name)
    columns, nothing = _ROWS[name]
    # Only the first metric says something.
    something = (nothing[0], 0.5, *nothing[2:])

    assert _drawn(card, Result(columns, (nothing,))).empty_reason == _WHY
    assert _drawn(card, Result(columns, ())).empty_reason == _WHY
    assert _drawn(card, Result(columns, (something,))).empty_reason is None


@pytest.mark.parametrize("name", _ROWS)
def test_a_chart_of_zeros_is_drawn_as_such(name: str) -> None:
    """No order at all is an answer; that nothing was computed would be a wrong one."""
    columns, nothing = _ROWS[name]
    zeros = (nothing[0], *(0 for _ in nothing[1:]))

    assert _drawn(card_named(name), Result(columns, (zeros,))).empty_reason is None


def test_counts_that_the_sql_fills_up_with_zeros_are_nothing_to_show() -> None:
    card = card_named("no_purchase_distribution")
    columns = tuple(card.shown_columns())

    empty = _drawn(card, Result(columns, (("0 %", 0), ("10 %", 0))))

    assert empty.empty_reason == _WHY
    assert _drawn(card, Result(columns, (("0 %", 1),))).empty_reason is None


def test_gates_come_worst_first_in_words(shops_url: str) -> None:
    seen = "Faltan 1.234,5."

    assert _shown(shops_url, "publication_gates") == [
        ["Las predicciones cuadran con los pedidos", "Bloquea", seen, "30 sept 1997"],
        ["Hay clientes suficientes", "Aviso", seen, "30 sept 1997"],
        ["El último pedido es reciente", "Superada", seen, "30 sept 1997"],
    ]


def test_alerts_come_by_what_needs_somebody_most(reporting_url: str) -> None:
    with psycopg.connect(reporting_url) as admin:
        for company, severity, state, title in (
            ("acme", 3, 1, "La fuente google lleva retraso"),
            ("acme", 2, 1, "La conexión meta falla"),
            ("acme", 2, 2, "Falló la actualización completa"),
            ("acme", 1, 3, "Ya pasó"),
            ("bolt", 1, 1, "De otra empresa"),
        ):
            admin.execute(
                """insert into reporting.alerts values (%s, %s, %s, %s, %s, %s, %s,
                    'Mire', '1997-09-29 10:00+00', %s)""",
                (
                    *(company, severity, ("", "Crítica", "Alta", "Media")[severity]),
                    *(("", "open", "acknowledged", "over")[state], state),
                    *(("", "Abierta", "Atendida", "Terminada")[state], title),
                    "ana" if state == 2 else None,
                ),
            )

    assert _shown(reporting_url, "open_alerts") == [
        ["Alta", "La conexión meta falla", "29 sept 1997", "Abierta", "—", "Mire"],
        [
            *("Media", "La fuente google lleva retraso", "29 sept 1997", "Abierta"),
            *("—", "Mire"),
        ],
        [
            *("Alta", "Falló la actualización completa", "29 sept 1997", "Atendida"),
            *("ana", "Mire"),
        ],
    ]


def test_forecasts_come_graded_first_then_those_due_soonest(
    shops_url: str,
) -> None:
    assert _shown(shops_url, "forecast_results") == [
        ["31 jul 1997", "30", "30 ago 1997", "420", "400", "440", "430", "Sí"],
        ["30 jun 1997", "30", "30 jul 1997", "410", "390", "430", "500", "No"],
        ["31 ago 1997", "90", "29 nov 1997", "1.250", "1.230", "1.270", "—", "—"],
        ["31 ago 1997", "365", "31 ago 1998", "4.700", "4.680", "4.720", "—", "—"],
    ]


def test_nightly_forecasts_do_not_push_the_graded_ones_out(
    reporting_url: str,
) -> None:
    nightly = tuple(
        Forecast(date(1997, 9, 1) + timedelta(days=night), 365, 5000)
        for night in range(30)
    )
    with psycopg.connect(reporting_url) as admin:
        fill_health(admin, "acme", ModelHealth(forecasts=nightly))

    shown = _shown(reporting_url, "forecast_results")

    assert len(shown) == 25
    assert [row[6] for row in shown[:3]] == ["430", "500", "—"]


def test_each_dashboard_has_its_heading_on_the_page(shops_url: str) -> None:
    html = render_preview(shops_url, ["acme"], root=CONTENT_ROOT)

    headings = [part.split("</h1>")[0] for part in html.split("<h1>")[1:]]
    title = html.split("<title>")[1].split("</title>")[0]
    assert headings == [
        *("Ventas", "Dashboard", "¿Acertamos?", "Adquisición", "Clientes"),
        *("Engagement y Conversión", "Ficha de cliente", "Marketing"),
        *("Monedas", "Operaciones y Calidad"),
        *("Retención y Lealtad", "Segmentación y Marketing", "Simulador"),
        *("Salud de los modelos", "Conexiones y salud de datos"),
        "Lo que falta",
    ]
    assert title == "Acme Música · Timonel"


def test_a_company_sees_its_own_backtests_only(shops_url: str) -> None:
    (row,) = _shown(shops_url, "backtest_results", "bolt")
    spec = _spec(shops_url, "backtest_tracking", "bolt")

    assert row[2] == "777"
    assert "1234" not in json.dumps(_values(spec))
    assert _shown(shops_url, "publication_gates", "bolt") == []
