"""What is said of channels appears when, and only when, every interval agrees."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt_project.insight_sources import NUMBERS
from tests.dbt_project.mart_rows import insert, set_margin
from tests.dbt_project.platform.test_insights import (
    AS_OF,
    draw_curve,
    feed,
    found,
    mix,
    split,
    told,
    win,
)
from tests.dbt_project.warehouse import Pair, Warehouse

__all__ = ["told"]

BAD = {"losing_channel", "losing_margin", "saturated_channel", "steeper_channel"}


def know_incremental(
    warehouse: Warehouse, company: str, channel: str, low: float, high: float
) -> None:
    """What the mix says that a unit of spend on the channel brings in 12 months."""
    insert(
        warehouse,
        "marketing_curves",
        schema="predictions",
        company_id=company,
        outcome_unit="value_12m",
        channel_id=channel,
        current_roi=(low + high) / 2,
        current_roi_lower=low,
        current_roi_upper=high,
        status="fitted",
        currency_code="EUR",
        fit_id="mix",
        as_of_date=AS_OF,
        data_through_date=AS_OF,
        model_version="1",
        fitted_at=AS_OF,
    )


@pytest.mark.parametrize(
    ("margin", "value", "told_as", "lost"),
    [
        # 300 are spent; errors are a tenth of the value, so that 1.1645 are its end.
        (None, 60, "losing_channel", 120),
        (None, 85, "losing_channel", 45),
        (None, 87, None, 0),
        (0.5, 60, "losing_margin", 210),
        (0.5, 170, "losing_margin", 45),
        (0.5, 174, None, 0),
    ],
)
def test_a_channel_loses_when_what_is_kept_of_its_sales_is_less_than_its_spend(
    warehouse: Warehouse,
    told: Pair,
    *,
    margin: float | None,
    value: int,
    told_as: str | None,
    lost: int,
) -> None:
    win(warehouse, told.acme, "meta_ads", (value,) * 3)
    win(warehouse, told.bolt, "meta_ads", (900,) * 3)
    set_margin(warehouse, told.acme, margin)

    rows = found(warehouse, told.acme)

    assert {rule: row["stake"] for rule, row in rows.items()} == (
        {told_as: lost} if told_as else {}
    )
    expected = told_as or "no_alert"
    assert feed(warehouse, told.acme)["alert"] == expected
    assert found(warehouse, told.bolt) == {}


def test_the_sentence_says_what_comes_back_and_within_what(
    warehouse: Warehouse, told: Pair
) -> None:
    for company, margin in ((told.acme, None), (told.bolt, 0.5)):
        win(warehouse, company, "meta_ads", (60, 60, 60))
        set_margin(warehouse, company, margin)

    sales = found(warehouse, told.acme)["losing_channel"]["sentence_es"]
    kept = found(warehouse, told.bolt)["losing_margin"]["sentence_en"]

    assert "De cada unidad gastada en Meta Ads vuelven 0,60 de ventas" in sales
    # 180 and the error of 18.3, of 300: what is there already is a half.
    assert "120 EUR que no se recuperan (90 %: de 90 EUR a 150 EUR)" in sales
    assert "0.30 of gross margin come back in 12 months" in kept


@pytest.mark.parametrize(
    ("margin", "high", "loses"),
    [(None, 0.9, True), (None, 1.1, False), (0.5, 1.9, True), (0.5, 2.1, False)],
)
def test_a_channel_loses_only_where_the_mix_says_so_too(
    warehouse: Warehouse, told: Pair, margin: float | None, high: float, loses: bool
) -> None:
    for company in (told.acme, told.bolt):
        win(warehouse, company, "meta_ads", (60, 60, 60))
        set_margin(warehouse, company, margin)
    know_incremental(warehouse, told.acme, "meta_ads", 0.1, high)

    assert (set(found(warehouse, told.acme)) & BAD != set()) == loses
    # Of bolt the mix knows nothing.
    assert set(found(warehouse, told.bolt)) & BAD


@pytest.mark.parametrize(("gain_lower", "silent"), [(500, True), (-500, False)])
def test_what_a_proven_split_raises_is_not_called_bad(
    warehouse: Warehouse, told: Pair, gain_lower: float, silent: bool
) -> None:
    win(warehouse, told.acme, "meta_ads", (60, 60, 60))
    run = mix(warehouse, told.acme)
    draw_curve(warehouse, run, "meta_ads", (1.5, 1.2, 1.9))
    split(warehouse, run, gain_lower, {"google_ads": 850, "meta_ads": 1150})

    bad = set(found(warehouse, told.acme)) & BAD

    assert bad == (set() if silent else {"losing_margin", "saturated_channel"})


@pytest.mark.parametrize(
    ("margin", "high", "is_told"),
    # Half of 1.9 is less than 1; without a margin nobody knows what is left.
    [(0.5, 1.9, True), (0.5, 2.1, False), (None, 0.9, False)],
)
def test_a_channel_is_saturated_when_the_next_unit_loses_for_sure(
    warehouse: Warehouse, told: Pair, margin: float | None, high: float, is_told: bool
) -> None:
    run = mix(warehouse, told.acme)
    set_margin(warehouse, told.acme, margin)
    draw_curve(warehouse, run, "meta_ads", (0.8, 0.5, high))
    split(warehouse, run, -500, {"meta_ads": 1000})

    rows = found(warehouse, told.acme)

    assert ("saturated_channel" in rows) == is_told
    if is_told:
        row = rows["saturated_channel"]
        assert (row["estimate"], row["stake"], row["sample_size"]) == (-0.6, 1000, 400)
        assert "deja -0,60 de beneficio (90 %: de -0,75 a -0,05;" in row["sentence_es"]
    assert found(warehouse, told.bolt) == {}


@pytest.mark.parametrize(
    ("channel", "low", "projected", "gain_lower", "is_named"),
    [
        ("google_ads", 2.1, 1000, -500, True),
        # It may lose, too.
        ("google_ads", 1.9, 1000, -500, False),
        # The split that is advised takes from it.
        ("google_ads", 2.1, 900, 500, False),
        ("google_ads", 2.1, 900, -500, True),
        # Nobody spends on it, or can.
        ("google_ads", 2.1, None, -500, False),
        ("organic_search", 2.1, 1000, -500, False),
    ],
)
def test_a_steeper_curve_is_named_where_more_can_be_bought_and_earns_for_sure(
    warehouse: Warehouse,
    told: Pair,
    *,
    channel: str,
    low: float,
    projected: int | None,
    gain_lower: float,
    is_named: bool,
) -> None:
    run = mix(warehouse, told.acme)
    draw_curve(warehouse, run, "meta_ads", (0.8, 0.5, 1.9))
    draw_curve(warehouse, run, channel, (3, low, 3.5))
    spends = {"meta_ads": 1000, "tiktok_ads": 1100}
    if projected is not None:
        spends[channel] = projected
    split(warehouse, run, gain_lower, spends)

    rows = found(warehouse, told.acme)

    expected = {"steeper_channel"} if is_named else {"saturated_channel"}
    assert set(rows) & BAD == expected
    sentences = " ".join(row["sentence_es"] for row in rows.values())
    assert "Buscadores" not in sentences
    if is_named:
        assert "más empinada en Google Ads: 0,50 (90 %: de 0,05 a 0,75)" in sentences


@pytest.mark.parametrize(
    ("value", "spend", "incremental", "projected", "told_as"),
    [
        # 30 a customer against 10, worth 130 against 100.
        (1300, 300, None, None, "keep_costly_channel"),
        (1300, 300, 2.1, None, "keep_costly_channel"),
        (1300, 300, None, 1000, "keep_costly_channel"),
        # Twelve against ten may be chance.
        (1300, 120, None, None, "watch_better_channel"),
        # Half of the value may not cover 600 a day; nor what the mix says.
        (1300, 600, None, None, "watch_better_channel"),
        (1300, 300, 1.9, None, "watch_better_channel"),
        # A proven split takes from it.
        (1300, 300, None, 850, "watch_better_channel"),
        (1000, 300, None, None, None),
    ],
)
def test_a_costly_channel_is_kept_when_its_customers_are_worth_it_for_sure(
    warehouse: Warehouse,
    told: Pair,
    *,
    value: int,
    spend: int,
    incremental: float | None,
    projected: int | None,
    told_as: str | None,
) -> None:
    win(warehouse, told.acme, "tiktok_ads", (value,) * 3, spend=spend)
    win(warehouse, told.acme, "meta_ads", (1000,) * 3)
    if incremental is not None:
        know_incremental(warehouse, told.acme, "tiktok_ads", incremental, 9)
    if projected is not None:
        run = mix(warehouse, told.acme)
        draw_curve(warehouse, run, "tiktok_ads", (3, 1.9, 3.5))
        spends = {"tiktok_ads": projected, "meta_ads": 1150, "google_ads": 900}
        split(warehouse, run, 500, spends)

    rows = found(warehouse, told.acme)

    about = {rule for rule, row in rows.items() if row["source_key"] == "tiktok_ads"}
    assert about == ({told_as} if told_as else set())
    if told_as == "keep_costly_channel":
        sentence = rows[told_as]["sentence_es"]
        assert "cuesta un 200,0 % más" in sentence
        assert "vale a 12 meses un 30,0 % más" in sentence
    assert found(warehouse, told.bolt) == {}


@pytest.mark.parametrize(
    ("value", "spend", "days", "is_raised", "is_told"),
    [
        # 8 a customer against 20, worth 20 against 100: at most 8 may be 5.2.
        (200, 80, 3, False, True),
        # Worth 30: a unit of spend may bring as much as elsewhere.
        (300, 80, 3, False, False),
        # 15 against 20 may be chance.
        (200, 150, 3, False, False),
        # 20 customers are too few.
        (200, 80, 2, False, False),
        (200, 80, 3, True, False),
    ],
)
def test_a_cheap_channel_is_warned_of_when_its_customers_are_worth_less_than_that(
    warehouse: Warehouse,
    told: Pair,
    *,
    value: int,
    spend: int,
    days: int,
    is_raised: bool,
    is_told: bool,
) -> None:
    win(warehouse, told.acme, "meta_ads", (value,) * days, spend=spend)
    win(warehouse, told.acme, "google_ads", (1000,) * 3, spend=200)
    if is_raised:
        run = mix(warehouse, told.acme)
        draw_curve(warehouse, run, "meta_ads", (3, 1.9, 3.5))
        split(warehouse, run, 500, {"meta_ads": 1150, "google_ads": 850})

    rows = found(warehouse, told.acme)

    assert ("cheap_poor_channel" in rows) == is_told
    if is_told:
        sentence = rows["cheap_poor_channel"]["sentence_es"]
        assert "el coste de un cliente difiere un -60,0 %" in sentence
        assert "su valor a 12 meses un -80,0 %" in sentence


def test_the_light_judges_profit_where_the_margin_is_known(
    warehouse: Warehouse, told: Pair
) -> None:
    for company, margin in ((told.acme, 0.5), (told.bolt, None)):
        set_margin(warehouse, company, margin)
        run = mix(warehouse, company)
        for channel, bounds in (
            ("google_ads", (2.5, 2.1, 3)),
            ("tiktok_ads", (2, 1.5, 2.5)),
            ("meta_ads", (1.5, 1.2, 1.9)),
        ):
            draw_curve(warehouse, run, channel, bounds)
        split(warehouse, run, 500, {"google_ads": 1150, "meta_ads": 850})
    query = """
        select channel_id, traffic_light, marginal_profit, marginal_profit_lower,
            marginal_profit_upper, suggested_shift
        from reporting.channel_signals where company_id = %s order by 1
    """

    acme = [list(row.values()) for row in warehouse.rows(query, [told.acme])]
    bolt = [list(row.values()) for row in warehouse.rows(query, [told.bolt])]

    nothing = [None] * 3
    assert acme == [
        ["google_ads", "green", 0.25, pytest.approx(0.05), 0.5, 150],
        ["meta_ads", "red", -0.25, -0.4, pytest.approx(-0.05), -150],
        ["tiktok_ads", "amber", 0, -0.25, 0.25, None],
    ]
    assert bolt == [
        ["google_ads", "green", *nothing, 150],
        ["meta_ads", "green", *nothing, -150],
        ["tiktok_ads", "green", *nothing, None],
    ]


@pytest.mark.parametrize(
    ("gain_lower", "spends", "shift"),
    [
        (1, {"google_ads": 1200, "tiktok_ads": 1100, "meta_ads": 700}, 200),
        (0, {"google_ads": 1200, "meta_ads": 800}, None),
        # More than 30 times the 38 that were spent at most.
        (1, {"google_ads": 1141, "meta_ads": 859}, None),
        (1, {"google_ads": 1140, "meta_ads": 860}, 140),
        (1, {"google_ads": 1000, "meta_ads": 1000}, None),
    ],
)
def test_a_move_is_suggested_of_a_proven_split_only(
    warehouse: Warehouse,
    told: Pair,
    *,
    gain_lower: float,
    spends: dict[str, int],
    shift: int | None,
) -> None:
    run = mix(warehouse, told.acme)
    largest = 38 if "tiktok_ads" not in spends else 100
    draw_curve(warehouse, run, "google_ads", (3, 2.4, 3.5), largest)
    split(warehouse, run, gain_lower, spends)
    query = """
        select is_proven, shift_from_channel_id, shift_to_channel_id, shift_spend
        from reporting.budget_scenarios where company_id = %s
    """

    (row,) = warehouse.rows(query, [told.acme])

    expected: list[Any] = [False, None, None, None]
    if shift is not None:
        expected = [True, "meta_ads", "google_ads", shift]
    assert list(row.values()) == expected
    assert ("move_budget" in found(warehouse, told.acme)) == (shift is not None)


def test_every_number_of_every_template_has_a_source(warehouse: Warehouse) -> None:
    templates = warehouse.rows(
        "select * from staging.insight_templates where rule_id not like 'no\\_%%'", []
    )

    assert {row["rule_id"] for row in templates} == set(NUMBERS)
