"""Rows of a spend report that hold the money of its other rows again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.taps.tap_files.conftest import Run, RunTap

META = (
    "Inicio del informe,Fin del informe,Nombre de la campaña,Edad,Importe gastado (CLP)"
)
MARCH = "2025-03-01,2025-03-31"


def spend(run: Run) -> Decimal:
    return sum((row["spend"] for row in run.records("ad_spend")), Decimal(0))


@pytest.mark.parametrize(
    "rows",
    [
        [",,1000", "Marca,,600", "Resto,,400"],
        ["Marca,18-24,200", "Marca,25-34,400", "Resto,18-24,400", ",,1000"],
        # One for the report, one per campaign.
        [",,1000", "Marca,All,600", "Marca,18-24,200", "Marca,25-34,400", "Resto,,400"],
        # Of a single campaign the total is the same.
        [",,1000", "Marca,,1000"],
    ],
)
def test_a_row_that_adds_up_the_others_is_no_further_spend(
    rows: list[str], read_text: RunTap
) -> None:
    run = read_text("\n".join([META, *(f"{MARCH},{row}" for row in rows)]) + "\n")

    assert (run.failures, run.rejects) == ([], {})
    assert spend(run) == 1000
    assert any("add up the others" in note for note in run.file["notes"])
    assert Decimal(run.file["control_total"]) == 1000


def test_a_total_of_each_day_is_held_against_its_day(read_text: RunTap) -> None:
    rows = [
        *("2025-03-01,2025-03-01,,,30", "2025-03-02,2025-03-02,,,50"),
        *("2025-03-01,2025-03-01,Marca,,10", "2025-03-01,2025-03-01,Resto,,20"),
        *("2025-03-02,2025-03-02,Marca,,50",),
    ]

    run = read_text("\n".join([META, *rows]) + "\n")

    assert run.failures == []
    assert spend(run) == 80


def test_a_total_of_campaigns_that_are_not_there_is_refused(read_text: RunTap) -> None:
    run = read_text(f"{META}\n{MARCH},,,1000\n{MARCH},Marca,,600\n{MARCH},Resto,,300\n")

    assert "line 2: the row names no campaign" in run.failures[0]
    assert "1000 is not the 900" in run.failures[0]


def test_in_a_list_of_ones_own_money_without_a_campaign_counts(
    read_text: RunTap,
) -> None:
    run = read_text(
        "fecha,canal,campaña,gasto\n2025-03-01,Meta,Marca,100\n2025-03-01,Meta,,100\n"
        "2025-03-02,Meta,Marca,70\n2025-03-02,Meta,,20\n"
    )

    assert run.failures == []
    assert spend(run) == 290


def test_a_report_of_google_without_impressions_is_googles(read_text: RunTap) -> None:
    rows = 'Día,Campaña,Código de moneda,Coste\n2025-03-01,Marca,EUR,"1.010,00"\n'

    (row,) = read_text(rows).records("ad_spend")

    assert (row["channel"], row["spend"]) == ("Google Ads", 1010)


@pytest.mark.parametrize("between", [" - ", "-", " al ", "~"])
def test_a_week_by_its_ends_is_spread_over_its_days(
    between: str, read_text: RunTap
) -> None:
    week = f"17/03/2025{between}23/03/2025"

    (row,) = read_text(f"Semana,Canal,Gasto\n{week},Meta,70\n").records("ad_spend")

    assert (row["spend_date"], row["period_end"]) == ("2025-03-17", "2025-03-23")


def test_a_week_by_its_number_is_spread_over_its_days(read_text: RunTap) -> None:
    run = read_text("Semana,Canal,Inversión\n2025-W09,Meta,700\n2025-W10,Meta,70\n")

    (first, second) = run.records("ad_spend")
    assert run.failures == []
    assert (first["spend_date"], first["period_end"]) == ("2025-02-24", "2025-03-02")
    assert second["spend_date"] == "2025-03-03"
