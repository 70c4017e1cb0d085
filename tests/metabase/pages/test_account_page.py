"""Salud de cuentas: who is about to leave, why, and whether that was right before."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import shown


def test_who_is_about_to_leave_comes_first(shops_url: str) -> None:
    first, second = shown(shops_url, "accounts_leaving")

    assert first[:6] == [
        *("Estudio 1", "90,00\xa0€", "45,4", "Crítica", "12,5\xa0%", "—")
    ]
    assert first[7:9] == ["Entra poco, Usa poco", "Escribir"]
    # No probability is told of who has none.
    assert (second[0], second[4]) == ("Taller 1", "—")


def test_the_worst_band_comes_first(shops_url: str) -> None:
    assert shown(shops_url, "account_bands") == [
        ["Crítica", "1", "90,00\xa0€"],
        ["Sana", "1", "630,00\xa0€"],
    ]


def test_a_forecast_that_cannot_be_made_says_why(shops_url: str) -> None:
    fitted, refused = shown(shops_url, "account_forecasts")

    assert fitted[:4] == [*("30", "Da probabilidades", "Porque sí, a 30 días.", "0,75")]
    assert refused[:4] == ["90", "Faltan salidas", "Porque sí, a 90 días.", "—"]


def test_grades_of_all_months_stand_apart_from_those_of_one(shops_url: str) -> None:
    flags = shown(shops_url, "account_flags")
    (month,) = shown(shops_url, "account_grade_months")

    assert [row[2] for row in flags] == ["40", "20"]
    assert (month[0], month[3], *month[-2:]) == ("1997-06", "10", "0,70", "0,60")
    assert [row[0] for row in shown(shops_url, "account_rivals")] == [
        *("weights", "logistic")
    ]


def test_a_sheet_is_of_the_account_clicked_or_else_of_the_one_at_most_risk(
    shops_url: str,
) -> None:
    (worst,) = shown(shops_url, "account_sheet")
    (clicked,) = shown(shops_url, "account_sheet", account="Taller 1")

    assert worst[:4] == ["Estudio 1", "90,00\xa0€", "45,4", "Crítica"]
    assert clicked[:4] == ["Taller 1", "630,00\xa0€", "95,0", "Sana"]
    assert shown(shops_url, "account_sheet", account="' or true --") == []


def test_a_sheet_tells_parts_signals_and_what_happened(shops_url: str) -> None:
    parts = shown(shops_url, "account_parts")
    signals = shown(shops_url, "account_sheet_signals")
    events = shown(shops_url, "account_timeline")

    assert parts[0] == ["Uso", "12"]
    assert [row[:2] for row in signals] == [
        *(["Pago atrasado", "—"], ["Entra poco", "Sí"], ["Usa poco", "Sí"])
    ]
    assert events == [
        ["1 sept 1997", "Valoró el soporte", "—", "2,5", "T9"],
        ["1 ago 1997", "MRR: Contracción", "-10,00\xa0€", "—", "—"],
        ["20 jun 1997", "Abrió un ticket", "—", "—", "T7"],
    ]
    other = shown(shops_url, "account_timeline", account="Taller 1")
    assert [row[-1] for row in other] == ["T8"]


def test_a_segment_stands_with_its_rule_its_treatment_and_whose_limits(
    shops_url: str,
) -> None:
    assert shown(shops_url, "behaviour_sizes") == [
        [
            *("En riesgo", "Regla de at_risk", "Trato de at_risk", "1", "50\xa0%"),
            *("90,00\xa0€", "Unos de la empresa, otros por defecto"),
        ],
        [
            *("Avanzadas", "Regla de power", "Trato de power", "1", "50\xa0%"),
            *("90,00\xa0€", "Por defecto, no acordados"),
        ],
    ]


def test_who_changed_its_segment_is_told_and_who_is_only_watched(
    shops_url: str,
) -> None:
    assert shown(shops_url, "behaviour_accounts") == [
        [
            *("Estudio a1 1", "En riesgo", "En riesgo", "Ana", "90,00\xa0€", "1"),
            "Solo en observación",
        ],
        ["Estudio a2 1", "Avanzadas", "En riesgo", "Ana", "90,00\xa0€", "2", "—"],
    ]
