"""An exported plan says all it rests on, in its reader's language, and harms nobody."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from ml_assets.assets.scenario_tables import seal_of
from orchestration.lib.core.translations import LANGUAGES, read_words
from orchestration.lib.reporting.plan_pages import as_markdown, page_of
from orchestration.lib.reporting.plan_pdf import pdf_of, pictures_of
from orchestration.lib.reporting.scenario_plans import Plan, as_csv

TOTALS: dict[str, Any] = {
    "company_id": "acme",
    "scenario_id": UUID("0b8f5a52-0000-4000-8000-000000000000"),
    "name": "Navidad",
    "start_date": dt.date(2026, 12, 1),
    "end_date": dt.date(2026, 12, 10),
    "current_spend": Decimal("2000000.000000"),
    "projected_spend": Decimal("2400000.000000"),
    "current_income": 14_050_000.4,
    "projected_income": 15_050_000.4,
    "income_gain": 1_000_000.0,
    "income_gain_lower": -200_000.0,
    "income_gain_upper": 1_900_000.0,
    "probability_more_income": 0.925,
    "current_profit": 5_025_000.2,
    "projected_profit": 5_125_000.2,
    "profit_gain": 100_000.0,
    "profit_gain_lower": -500_000.0,
    "profit_gain_upper": 550_000.0,
    "probability_more_profit": 0.6025,
    "asked_budget": 2_500_000.0,
    "worthwhile_spend": 1_000_000.0,
    "margin_rate": 0.5,
    "baseline_income": 10_000_000.0,
    "currency_code": "CLP",
    "fit_id": "fit-7",
    "data_hash": "c0ffee",
    "data_through_date": dt.date(2026, 11, 30),
    "as_of_date": dt.date(2026, 11, 30),
    "model_version": "3",
}
CHANNEL: dict[str, Any] = {
    "channel_id": "meta_ads",
    "channel_label_es": "Meta Ads",
    "channel_label_en": "Meta Ads",
    "current_spend": Decimal(2000000),
    "projected_spend": Decimal(2400000),
    "minimum_spend": Decimal(0),
    "maximum_spend": Decimal(3000000),
    "current_expected": 4_050_000.0,
    "projected_expected": 5_050_000.0,
}
ASKED = {
    "payload": {"name": "Navidad", "total_budget": 2400000, "days": 10},
    "requested_by": "ana",
    "asked_on": dt.date(2026, 11, 24),
}


def plan(name: str = "Navidad", **told: Any) -> Plan:
    totals = {**TOTALS, "name": name, **told}
    totals["seal"] = seal_of(totals, [CHANNEL])
    return Plan(
        "Tienda Ñandú",
        totals,
        [CHANNEL],
        {"state": "not_due"},
        ASKED,
        {"es": name, "en": name},
    )


BY_VALUE: dict[str, Any] = {
    "value_basis": "value_12m",
    "value_reason": None,
    "current_value": 9_000_000.0,
    "projected_value": 9_400_000.0,
    "value_gain": 400_000.0,
    "value_gain_lower": 100_000.0,
    "value_gain_upper": 700_000.0,
    "probability_more_value": 0.97,
}


def plan_by_value() -> Plan:
    told = plan(**BY_VALUE)
    channel = {**CHANNEL, "value_ratio": 2.5, "value_spend": Decimal(2600000)}
    return replace(told, channels=[channel])


def rows_of(exported: Plan) -> list[dict[str, str]]:
    return list(csv.DictReader(as_csv(exported).splitlines()))


def test_a_page_says_all_that_the_plan_rests_on() -> None:
    exported = plan()

    page = as_markdown(page_of(exported, "es"))

    for told in (
        "# Navidad",
        "Tienda Ñandú",
        "1 dic 2026 a 10 dic 2026",
        "Pedido por: ana, 24 nov 2026",
        "Presupuesto de todos los días: 2.400.000.",
        "| Ingresos | 14.050.000 | 15.050.000 |",
        "| Gasto | 2.000.000 | 2.400.000 |",
        "| Beneficio neto | 5.025.000 | 5.125.000 |",
        "Beneficio: +100.000 respecto a ahora, intervalo del 90 %: de -500.000 a",
        "la probabilidad de que sea más es del 60 %",
        "| Meta Ads | 2.000.000 | 2.400.000 | 0 | 3.000.000 | 4.050.000 | 5.050.000 |",
        "se venderían 10.000.000 en estos 10 días",
        "De los 2.500.000 que se pidieron, 100.000 no encuentran sitio",
        "A partir de un gasto de 1.000.000, gastar más devuelve menos",
        "De cada unidad de ingresos queda 50 %",
        "Ajuste fit-7 del modelo 3, con datos hasta el 30 nov 2026",
        "el periodo acaba el 10 dic 2026",
        "`c0ffee`",
        exported.totals["seal"],
    ):
        assert told in page.replace("\u00a0", " "), told


def test_a_spreadsheet_gets_the_same_with_points_and_no_cents_that_do_not_exist() -> (
    None
):
    channel, total = rows_of(plan())

    assert (channel["projected_spend"], channel["maximum_spend"]) == (
        "2400000",
        "3000000",
    )
    assert total["income_gain_lower"] == "-200000"
    assert (total["profit_gain_upper"], total["probability_more_profit"]) == (
        "550000",
        "0.6025",
    )
    assert total["projected_profit"] == "5125000"
    for row in (channel, total):
        assert (row["margin_rate"], row["baseline_income"]) == ("0.5000", "10000000")
        assert (row["fit_id"], row["model_version"]) == ("fit-7", "3")
        assert (row["data_through_date"], row["data_hash"]) == ("2026-11-30", "c0ffee")
        assert row["asked"] == "days=10; total_budget=2400000"
    euros = rows_of(plan(currency_code="EUR"))
    assert euros[0]["projected_spend"] == "2400000.00"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1"])
def test_a_name_that_a_spreadsheet_would_compute_stays_text(name: str) -> None:
    assert rows_of(plan(name))[0]["name"] == f"'{name}"


def test_without_a_margin_profit_is_said_to_be_unknown() -> None:
    missing: dict[str, Any] = dict.fromkeys(
        (
            *("current_profit", "projected_profit", "profit_gain", "margin_rate"),
            *("profit_gain_lower", "profit_gain_upper", "probability_more_profit"),
        )
    )

    page = as_markdown(page_of(plan(**missing), "en"))

    assert "the company has set no gross margin" in page
    assert "| Net profit | not known | not known |" in page
    assert rows_of(plan(**missing))[1]["profit_gain"] == ""


@pytest.mark.parametrize(
    ("share", "told"),
    [(1.0, "is > 99%"), (0.0, "is < 1%"), (0.475, "is 48%")],
)
def test_a_share_of_draws_is_never_certainty(share: float, told: str) -> None:
    page = as_markdown(page_of(plan(probability_more_profit=share), "en"))

    assert told in page.replace("\u00a0", "")


def test_a_plan_that_is_spent_whole_says_nothing_of_a_rest() -> None:
    page = as_markdown(
        page_of(plan(asked_budget=2_400_000.0, worthwhile_spend=None), "en")
    )

    assert "no place" not in page
    assert "is only paid by what" not in page


def test_a_plan_says_what_is_best_by_income_and_by_value() -> None:
    page = as_markdown(page_of(plan_by_value(), "es")).replace("\u00a0", " ")

    for told in (
        "| Mínimo | Máximo | Trae ahora | Traería | Plan por valor |",
        "| 4.050.000 | 5.050.000 | 2.600.000 |",
        "Valor a 12 meses de los clientes que se ganan, con el plan por valor: "
        "+400.000 respecto a ahora, intervalo del 90 %: de +100.000 a +700.000",
        "(Meta Ads 2,50)",
    ):
        assert told in page, told
    channel, total = rows_of(plan_by_value())
    assert (channel["value_spend"], channel["value_ratio"]) == ("2600000", "2.5000")
    assert (total["value_gain"], total["probability_more_value"]) == (
        "400000",
        "0.9700",
    )
    assert "Plan por valor" in as_markdown(page_of(plan_by_value(), "es"))
    (paper,) = PdfReader(io.BytesIO(pdf_of(page_of(plan_by_value(), "es")))).pages
    assert "2.600.000" in paper.extract_text()


@pytest.mark.parametrize("reason", ["no_values", "few_customers"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_by_income_alone_says_why(language: str, reason: str) -> None:
    told = plan(value_basis="revenue", value_reason=reason)

    page = as_markdown(page_of(told, language))

    assert read_words(language, "plans")[f"no_value.{reason}"] in page
    assert read_words(language, "plans")["channels.value_spend"] not in page


def test_what_a_plan_says_by_value_is_sealed_with_it() -> None:
    channel = {**CHANNEL, "value_ratio": 2.5, "value_spend": Decimal(2600000)}
    totals = {**TOTALS, **BY_VALUE}
    sealed = seal_of(totals, [channel])

    # A plan from before value was told keeps its seal.
    nothing = dict.fromkeys(BY_VALUE)
    assert seal_of({**TOTALS, **nothing}, [CHANNEL]) == seal_of(TOTALS, [CHANNEL])
    assert seal_of({**totals, "value_gain": 1.0}, [channel]) != sealed
    assert seal_of(totals, [{**channel, "value_spend": 1}]) != sealed


def test_what_came_of_a_plan_that_nobody_followed_is_told_as_such() -> None:
    came = {
        "actual_spend": 100,
        "projected_spend": 2_400_000,
        "actual_income": 90,
        "projected_income": 15_050_000,
    }

    def told(state: str) -> str:
        return as_markdown(
            page_of(replace(plan(), grade={**came, "state": state}), "en")
        )

    assert "Spent 100, planned 2,400,000" in told("graded")
    assert "not followed" not in told("graded")
    assert "The plan was not followed" in told("not_followed")
    assert "not known: the spend of those days is missing" in told("not_known")


def test_a_plan_whose_request_is_gone_says_so() -> None:
    page = as_markdown(page_of(replace(plan(), asked=None), "en"))

    assert "not on record any more" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_is_a_pdf_that_does_not_differ_from_one_export_to_the_next(
    language: str,
) -> None:
    page = page_of(plan(), language)

    paper = pdf_of(page)

    assert paper.startswith(b"%PDF-")
    assert pdf_of(page) == paper
    assert pdf_of(page_of(plan("Pascua"), language)) != paper


def test_a_name_is_never_read_as_markup_and_a_long_one_stays_on_the_page() -> None:
    word = "Navidadenlatienda" * 12
    page = page_of(plan(f'#panic("no") $x$ *b* [c] {word}'), "es")

    (paper,) = PdfReader(io.BytesIO(pdf_of(page))).pages
    text = paper.extract_text()

    assert '#panic("no") $x$ *b* [c]' in text
    # Broken over lines, and nothing of it lost.
    assert word not in text
    assert word in re.sub(r"[\s\u200b]", "", text)
    assert len(pictures_of(page)) == 1


@pytest.mark.parametrize("name", [*TOTALS])
def test_another_total_is_another_seal(name: str) -> None:
    value = TOTALS[name]
    other: Any = f"{value}x"
    if isinstance(value, dt.date):
        other = value + dt.timedelta(days=1)
    elif isinstance(value, float | Decimal):
        other = float(value) + 1

    assert seal_of({**TOTALS, name: other}, [CHANNEL]) != seal_of(TOTALS, [CHANNEL])


def test_a_plan_sealed_before_probabilities_were_sealed_is_still_whole() -> None:
    stored = {**TOTALS, "seal": "0" * 64}
    before = seal_of(stored, [CHANNEL])

    assert not before.startswith("2:")
    assert seal_of({**stored, "projected_income": 1.0}, [CHANNEL]) != before
    assert seal_of({**TOTALS, "seal": "2:0"}, [CHANNEL]) == seal_of(TOTALS, [CHANNEL])


def test_both_languages_have_the_same_words() -> None:
    assert set(read_words("es", "plans")) == set(read_words("en", "plans"))
