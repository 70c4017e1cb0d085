"""Marketing and Simulador: channels and budgets, in words and numbers people read."""

from __future__ import annotations

import json

import pytest

from metabase.content.errors import ContentError
from metabase.content.validate import file_problems
from tests.metabase.conftest import Edit
from tests.metabase.pages.drawn_cards import (
    answer_of,
    card_named,
    chart,
    plotted,
    shown,
)


def test_channels_are_ranked_by_what_one_more_unit_brings(shops_url: str) -> None:
    rows = shown(shops_url, "next_euro")

    assert [row[:2] for row in rows] == [["Google Ads", "Verde"], ["Meta Ads", "Rojo"]]
    assert rows[1][4:6] == ["20\xa0%", "100,00\xa0€"]
    assert rows[1][6:9] == ["-0,38", "-0,63", "-0,13"]
    google, meta = shown(shops_url, "next_euro_returns")
    assert (google[0], meta[0]) == ("Google Ads", "Meta Ads")
    assert meta[1:4] == ["2,50", "1,50", "3,50"]
    assert meta[4:] == ["1,25", "0,75", "1,75", "1,00"]


def test_where_a_channel_saturates_stands_beside_what_was_ever_spent(
    shops_url: str,
) -> None:
    (meta,) = shown(shops_url, "saturation_points", channel="Meta Ads")

    euros = [f"{one}\xa0€" for one in ("10,00", "12,50", "6,25", "25,00", "12,50")]
    assert meta[1:] == [*euros, "10,00\xa0€"]


def test_campaigns_that_cost_and_lose_their_customers_come_first(
    shops_url: str,
) -> None:
    rows = shown(shops_url, "campaign_quality", "bolt")

    # Of the one with 29 customers nothing is told.
    assert [row[:4] for row in rows] == [
        ["Verano TikTok Ads", "TikTok Ads", "40", "90\xa0%"],
        ["Otoño TikTok Ads", "TikTok Ads", "40", "10\xa0%"],
    ]
    assert rows[1][-1] == "—"


def test_a_channel_can_be_looked_at_alone(shops_url: str) -> None:
    for name in ("channel_verdicts", "returns_by_channel", "shares_by_rule"):
        card = card_named(name)
        alone = answer_of(shops_url, card, channel="Meta Ads").column("channel_label")
        assert set(alone) == {"Meta Ads"}, name
        assert answer_of(shops_url, card, channel="' or true --").rows == ()
        assert len(answer_of(shops_url, card).rows) > len(alone)
    (row,) = shown(shops_url, "next_euro", channel="Meta Ads")
    assert row[0] == "Meta Ads"
    curves = plotted(chart(shops_url, "response_curves", channel="Meta Ads"))
    assert {row["series"] for row in curves} == {"Meta Ads", "Meta Ads (ahora)"}


def test_the_range_is_of_one_channel_the_chosen_one_or_the_dearest(
    shops_url: str,
) -> None:
    assert shown(shops_url, "response_channel")[0][0] == "Google Ads"
    chosen = answer_of(shops_url, card_named("response_channel"), channel="Meta Ads")
    assert chosen.column("channel_name") == ["Meta Ads"]

    card = card_named("response_range")
    answer = answer_of(shops_url, card, channel="Meta Ads")

    # 1.25 a unit: 0, 10 spent today, and 20, which was never tried.
    assert answer.column("expected") == [0, 12.5, None]
    assert answer.column("expected_untried") == [None, None, 25]
    assert answer.column("expected_today") == [None, 12.5, None]
    assert answer.column("expected_lower") == [0, 6.25, 12.5]
    assert answer.column("expected_upper") == [0, 25, 50]


def test_todays_spend_is_a_point_of_its_own_on_the_curve(shops_url: str) -> None:
    spec = chart(shops_url, "response_curves")

    series: dict[str, list[tuple[float, float]]] = {}
    for row in plotted(spec):
        series.setdefault(row["series"], []).append((row["spend"], row["value"]))
    assert series == {
        "Google Ads": [(0, 0), (10, 25), (20, 50)],
        "Google Ads (ahora)": [(10, 25)],
        "Meta Ads": [(0, 0), (10, 12.5), (20, 25)],
        "Meta Ads (ahora)": [(10, 12.5)],
    }
    lines, marks = spec["layer"]
    assert lines["encoding"]["x"]["type"] == "quantitative"
    assert marks["transform"][-1] == {"filter": "datum.points == 1"}


def test_sales_come_from_the_last_quarter_or_the_chosen_months(shops_url: str) -> None:
    # The first of May is five months from the end of September, and not four.
    for months, sold in (("", 42), (4, 42), (5, 51)):
        values = plotted(chart(shops_url, "sales_origins", months=months))
        told = {row["component_label"]: row["value"] for row in values}
        assert told == {"Meta Ads": sold, "Google Ads": sold}


def test_a_point_of_the_scatter_plot_is_named_and_as_large_as_it_won(
    shops_url: str,
) -> None:
    spec = chart(shops_url, "cost_against_value")

    circles, names = spec["layer"]
    place = [circles["encoding"][axis]["field"] for axis in ("x", "y", "size")]
    assert place == ["customer_acquisition_cost", "value", "new_customer_count"]
    assert names["encoding"]["text"]["field"] == "series"
    assert {row["series"] for row in plotted(spec)} == {"Meta Ads", "Google Ads"}


def test_a_return_that_is_not_known_has_no_bar(shops_url: str) -> None:
    spec = chart(shops_url, "returns_by_channel")

    bars = {
        (row["channel_label"], row["series"]): row["value"] for row in plotted(spec)
    }
    assert bars == {
        ("Meta Ads", "Retorno según la plataforma"): 2,
        ("Meta Ads", "Retorno ya comprado"): 1,
        ("Meta Ads", "Retorno a 12 meses, último clic"): 3,
        ("Google Ads", "Retorno ya comprado"): 1,
        ("Google Ads", "Retorno a 12 meses, último clic"): 3,
    }
    # A colour belongs to its metric, present or not.
    series = spec["encoding"]["color"]["scale"]["domain"]
    assert series[3] == "Retorno a 12 meses, incremental"


def test_every_rule_of_attribution_is_a_series(shops_url: str) -> None:
    spec = chart(shops_url, "shares_by_rule", "bolt")

    assert [
        (row["channel_label"], row["series"], row["value"]) for row in plotted(spec)
    ] == [
        ("TikTok Ads", "Último clic", 250.0),
        ("TikTok Ads", "Primer clic", 750.0),
    ]


def test_checks_of_the_mix_come_worst_first(shops_url: str) -> None:
    assert [row[:2] for row in shown(shops_url, "mix_gates")] == [
        ["Sin patrón", "Aviso"],
        ["Hay solución", "Superada"],
    ]


@pytest.mark.parametrize(
    ("budget", "spend", "income", "sentence"),
    [
        ("", "500", "1.000", "Con 500 EUR en 30 días, bien repartidos,"),
        ("600", "600", "1.020", "Con 600 EUR en 30 días, bien repartidos,"),
        ("99999", "1000", "1.100", "fuera de lo que se puede estimar"),
    ],
)
def test_one_budget_moves_split_projection_and_sentence_alike(
    shops_url: str, budget: str, spend: str, income: str, sentence: str
) -> None:
    (told,) = shown(shops_url, "budget_sentence", "bolt", budget=budget)
    (split,) = answer_of(
        shops_url, card_named("recommended_split"), "bolt", budget=budget
    ).rows
    projection = shown(shops_url, "projection", "bolt", budget=budget)

    assert sentence in told[0]
    assert f"ventas de {income}" in told[0]
    assert int(split[2]) == int(spend)
    assert projection[0][2].startswith(income)


def test_the_sentence_is_written_as_the_language_writes_numbers(
    shops_url: str,
) -> None:
    (told,) = shown(shops_url, "budget_sentence", "bolt", budget="600")

    assert told == [
        "Con 600 EUR en 30 días, bien repartidos, se esperan ventas de 1.020 EUR: "
        "+2,0 % respecto a seguir como ahora. De ellas, la publicidad traería entre "
        "60 EUR y 300 EUR. La diferencia con ahora va de -1.480 EUR a +1.620 EUR "
        "(90 %); la probabilidad de vender más es del 99 %. Si cuenta lo que comprarán "
        "en 12 meses los clientes que se ganan, el mejor reparto es el de la tarjeta "
        "de abajo: +200 EUR de valor respecto a ahora, de -1.300 EUR a +1.800 EUR "
        "(90 %)."
    ]


def test_where_value_is_not_known_the_sentence_says_that_the_split_is_by_sales(
    shops_url: str,
) -> None:
    (told,) = shown(shops_url, "budget_sentence", "bolt", budget="0")

    assert "valor respecto a ahora" not in told[0]
    assert told[0].endswith("el reparto por valor es el mismo que por ventas.")


def test_a_sentence_of_a_mix_without_gains_leaves_them_out(shops_url: str) -> None:
    (told,) = shown(shops_url, "budget_sentence", "bolt", budget="1000")

    assert told[0].endswith("la publicidad traería entre 100 EUR y 500 EUR.")


def test_a_budget_is_split_by_sales_beside_by_value(shops_url: str) -> None:
    (split,) = shown(shops_url, "split_by_value", "bolt", budget="600")

    assert split == ["TikTok Ads", "600,00\xa0€", "300,00\xa0€"]


def test_a_sentence_says_what_finds_no_place_and_what_is_worth_spending(
    shops_url: str,
) -> None:
    (told,) = shown(shops_url, "budget_sentence", "bolt", budget="99999")

    assert "De los 99.999 EUR pedidos, 98.999 EUR no encuentran sitio" in told[0]
    assert "A partir de un gasto de 900 EUR, gastar más devuelve menos" in told[0]


def test_without_a_margin_there_is_no_profit_to_tell(shops_url: str) -> None:
    *_, profit = shown(shops_url, "projection", "bolt")

    assert profit == ["Beneficio neto (margen menos gasto)", "—", "—", "—"]


def test_what_is_spent_now_is_no_scenario(shops_url: str) -> None:
    (row,) = shown(shops_url, "budget_scenarios")

    assert (row[0], row[-1]) == ("Un 20 % más", "88\xa0%")


@pytest.mark.parametrize(
    "name",
    [
        *("next_euro", "response_curves", "budget_sentence", "shares_by_rule"),
        *("campaign_quality", "next_euro_returns"),
    ],
)
def test_a_company_sees_its_own_channels_only(shops_url: str, name: str) -> None:
    card = card_named(name)

    rows = json.dumps(answer_of(shops_url, card, "bolt").rows, default=str)
    nothing = answer_of(shops_url, card, "nueva").rows

    assert "Meta" not in rows
    assert rows != "[]"
    assert nothing == ()


def test_a_card_that_gets_no_budget_from_its_page_is_named(edit: Edit) -> None:
    root = edit(
        "pages/marketing/simulador.yml",
        "  budget: {type: number, steps: budget_response.total_budget}\n",
        "",
    )

    with pytest.raises(ContentError, match=r"\{\{budget\}\}, which is no parameter"):
        file_problems(root)


def test_what_was_asked_for_is_listed_with_why_it_is_not_possible(
    shops_url: str,
) -> None:
    rows = shown(shops_url, "saved_scenarios")

    assert [row[:3] for row in rows] == [
        ["El doble", "No es posible", "Demasiado incierto"],
        ["Sin Meta Ads", "Listo", "—"],
        ["Primavera", "Listo", "—"],
    ]


def test_the_last_scenario_that_was_computed_is_compared_with_now(
    shops_url: str,
) -> None:
    rows = shown(shops_url, "scenario_comparison")

    assert [row[1] for row in rows] == [
        "Ingresos",
        "Gasto en publicidad",
        "Beneficio neto (margen menos gasto)",
        "Valor a 12 meses que trae la publicidad, en su mejor reparto",
    ]
    assert rows[-1][-1] == "< 1 %"
    assert {row[0] for row in rows} == {"Sin Meta Ads"}
    card = card_named("scenario_comparison")
    chosen = answer_of(shops_url, card, scenario="Primavera").rows
    assert [row[2:5] for row in chosen] == [
        (1000, 1100, 100),
        (500, 600, 100),
        (None, None, None),
    ]
