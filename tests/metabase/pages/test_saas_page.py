"""Ejecutivo SaaS: MRR, what moved it, and the rates as each tool counts them."""

from __future__ import annotations

import psycopg
import pytest

from tests.metabase.pages.drawn_cards import chart, shown


def test_headlines_are_of_the_last_month(shops_url: str) -> None:
    told = {
        "saas_mrr": "10.152,00\xa0€",
        "saas_mrr_change": "150,00\xa0€",
        "saas_nrr": "112,5\xa0%",
        "saas_grr": "90,0\xa0%",
        "saas_quick_ratio": "1,10",
        "saas_arpa": "100,50\xa0€",
    }

    assert {name: shown(shops_url, name)[0][0] for name in told} == told


def test_churn_stands_with_its_interval_and_its_year(shops_url: str) -> None:
    ((month, churned, start, *rates, short),) = shown(shops_url, "saas_churn_facts")

    assert (month, churned, start, short) == ("sept 1997", "1", "100", "1")
    assert rates == ["1,0\xa0%", "0,2\xa0%", "5,4\xa0%", "3,0\xa0%", "11,4\xa0%"]


def test_movements_stand_upon_each_other_and_go_both_ways(shops_url: str) -> None:
    spec = chart(shops_url, "saas_movements")

    assert "xOffset" not in spec["encoding"]
    (rows,) = spec["datasets"].values()
    last = [row["mrr_movement"] for row in rows if row["calendar_month"] == "sept 1997"]
    assert last == [250, 400, -200, -300, -10]
    # In the first month rates moved nothing, so there is no bar of it.
    assert sum(row["calendar_month"] == "jul 1997" for row in rows) == 4


def test_each_tool_shows_what_it_divides(shops_url: str) -> None:
    assert shown(shops_url, "saas_definitions") == [
        ["Cancelación de cuentas", "Timonel", "1,0 %", "1 / 100", "Como Timonel"],
        ["Cancelación de cuentas", "Stripe", "2,0 %", "2 / 102", "Como Stripe"],
        ["Quick ratio", "Timonel", "1,10", "550 / 500", "Como Timonel"],
        ["NRR a 12 meses", "Timonel", "—", "—", "Como Timonel"],
    ]


def test_a_young_month_does_not_tell_yet_what_was_recovered(shops_url: str) -> None:
    rows = shown(shops_url, "saas_churn_kinds")

    assert [(row[0], row[-1]) for row in rows] == [
        ("sept 1997", "—"),
        ("ago 1997", "1"),
        ("jul 1997", "1"),
    ]


def test_survival_is_drawn_while_many_are_followed(shops_url: str) -> None:
    spec = chart(shops_url, "saas_survival")

    (rows,) = spec["datasets"].values()
    assert [row["month_number"] for row in rows] == [1, 2]
    assert shown(shops_url, "saas_survival_ages") == [
        ["1996", "1", "60", "80\xa0%", "70\xa0%", "90\xa0%"],
        ["1996", "3", "20", "60\xa0%", "50\xa0%", "70\xa0%"],
    ]


def test_a_flaw_comes_before_a_rule(shops_url: str) -> None:
    assert shown(shops_url, "saas_left_out") == [
        ["Sin precio", "1", "Corregir el dato en su origen"],
        ["En prueba", "7", "Nada: es la regla"],
    ]


def test_reasons_are_of_the_last_year_the_commonest_first(shops_url: str) -> None:
    assert [row[:3] for row in shown(shops_url, "saas_exit_reasons")] == [
        ["El precio", "3", "75\xa0%"],
        ["Nada", "1", "25\xa0%"],
    ]


def test_a_figure_stands_beside_its_target_and_what_is_stated(shops_url: str) -> None:
    churn, kept = shown(shops_url, "saas_target_shares")

    assert churn == [
        *("Cuentas que se van", "sept 1997", "1,0\xa0%", "-2,0\xa0p.\xa0p."),
        *("3,5\xa0%", "2,5\xa0p.\xa0p.", "1 ene 1998", "5,2\xa0%"),
    ]
    assert (kept[0], kept[4]) == ("GRR de 12 meses", "—")
    ((mrr, _, amount, *_),) = shown(shops_url, "saas_target_amounts")
    assert (mrr, amount) == ("MRR", "10.152,00\xa0€")
    ((nps, _, score, *_),) = shown(shops_url, "saas_target_scores")
    assert (nps, score) == ("NPS", "45,0")


def test_mrr_of_today_stands_beside_that_of_the_month(shops_url: str) -> None:
    assert shown(shops_url, "saas_mrr_today")[0][0] == "9.900,00\xa0€"


def test_what_an_account_pays_over_its_cost_has_a_light(shops_url: str) -> None:
    # Of 3 that the registry proposes, as the company has told no target.
    assert shown(shops_url, "saas_worth_light") == [
        ["Verde", "5,0\xa0\xd7", "3,0\xa0\xd7", "Propuesta", "Alcanza la meta"]
    ]


@pytest.mark.parametrize(
    ("times", "target", "light", "told_by"),
    [
        (3, None, "Verde", "Propuesta"),
        (2.9, None, "Ámbar", "Propuesta"),
        (5, 11, "Ámbar", "La empresa"),
        (11, 11, "Verde", "La empresa"),
        (2, 1.5, "Verde", "La empresa"),
        (1, None, "Ámbar", "Propuesta"),
        (0.9, None, "Rojo", "Propuesta"),
        (None, None, None, None),
    ],
)
def test_the_light_is_by_the_companys_target_and_red_below_one(
    reporting_url: str,
    times: float | None,
    target: float | None,
    light: str | None,
    told_by: str | None,
) -> None:
    with psycopg.connect(reporting_url) as database:
        database.execute(
            "update reporting.programme_standing set clv_to_cac = %s", [times]
        )
        if target is not None:
            database.execute(
                """insert into reporting.saas_kpis (company_id, metric_name, unit,
                    place, month_start_date, target_value)
                values ('acme', 'clv_to_cac', 'score', 1, '1997-06-01', %s)""",
                [target],
            )
    rows = shown(reporting_url, "saas_worth_light")

    assert [(row[0], row[3]) for row in rows] == ([(light, told_by)] if light else [])
