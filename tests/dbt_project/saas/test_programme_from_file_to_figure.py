"""What a programme returns, of two companies that share ids; one has no costs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ml_assets.assets.saas.account_programme import review_programme
from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.warehouse import Warehouse

AS_OF = "2026-06-30"
_QUEUED = 60


def subscription(number: int, ended: str | None) -> Row:
    return {
        "subscription_id": f"s{number}",
        "account_id": f"a{number}",
        "billing_interval": "month",
        "amount": 100,
        "status": "cancelled" if ended else "active",
        "started_at": "2025-10-01",
        "ended_at": ended,
    }


def cost(month: str, kind: str, amount: float, currency: str | None = None) -> Row:
    told = {"cost_month": month, "cost_kind": kind, "program_cost": amount}
    return {**told, "currency_code": currency}


# Ten of a hundred leave before the programme of April, none since.
SUBSCRIPTIONS = tuple(
    subscription(number, "2026-02-10" if number < 10 else None) for number in range(100)
)
COSTS = (
    *(cost(f"2026-0{month}-01", "team", 1_000) for month in (4, 5, 6)),
    cost("2026-04-01", "tools", 50),
    cost("2026-04-01", "tools", 25),
    cost("2026-05-01", "other", 7, "XXX"),
    cost("2026-01-01", "acquisition", 500),
    # Not yet.
    cost("2026-07-01", "team", 1_000),
)
TARGET = {
    "metric_name": "logo_churn_ratio",
    "target_month": "2026-06-01",
    "target_value": 0.02,
}


def queued(number: int, *, is_watched: bool) -> tuple[Any, ...]:
    """Of those acted on none left, of those watched half."""
    return (f"a{number}", is_watched, is_watched and number % 2 == 0)


def moved(warehouse: Warehouse, company: str, *, days: int) -> list[dict[str, Any]]:
    """What is told while the queue is as many days younger."""
    shift = "update predictions.account_queue set opened_on = opened_on + %s,"
    shift += " lot_drawn_on = lot_drawn_on + %s"
    kept = warehouse.rows(
        """select account_id, left_within_90d from predictions.account_queue
        where company_id = %s""",
        [company],
    )
    where = " where company_id = %s"
    warehouse.execute(f"{shift}, left_within_90d = null{where}", (days, days, company))
    review_programme(warehouse.url, company)
    found = warehouse.rows(
        f"select * from reporting.programme_standing{where}", [company]
    )
    warehouse.execute(shift + where, (-days, -days, company))
    for row in kept:
        warehouse.execute(
            """update predictions.account_queue set left_within_90d = %s
            where company_id = %s and account_id = %s""",
            (row["left_within_90d"], company, row["account_id"]),
        )
    return found


@pytest.fixture(scope="module")
def told(warehouse: Warehouse) -> dict[str, dict[str, list[dict[str, Any]]]]:
    pair = warehouse.add_pair()
    for company in (pair.acme, pair.bolt):
        warehouse.load(
            company, RawFile("s.csv", SUBSCRIPTIONS, contract="subscriptions")
        )
    warehouse.load(
        pair.acme,
        RawFile("c.csv", COSTS, contract="program_costs"),
        RawFile("k.csv", [TARGET], contract="kpi_targets"),
    )
    warehouse.execute(
        "update ops.companies set gross_margin_rate = 0.5 where company_id = %s",
        [pair.acme],
    )
    for number in range(2 * _QUEUED):
        warehouse.execute(
            """insert into predictions.account_queue (company_id, account_id, opened_on,
            as_of_date, lot_drawn_on, is_watched, opened_trigger, opened_signals,
            is_owner_drawn, step_count, is_late, left_within_90d) values (%s, %s,
            '2026-04-01', '2026-06-30', '2026-04-01', %s, 'monitor', '{}', false, 0,
            false, %s)""",
            (pair.acme, *queued(number, is_watched=number >= _QUEUED)),
        )
    warehouse.build(
        pair.acme,
        pair.bolt,
        as_of=dict.fromkeys((pair.acme, pair.bolt), AS_OF),
        only=[
            *("account_mrr_periods", "dunning_months", "program_cost_months"),
            *("saas_kpi_targets", "saas_months"),
        ],
    )
    # As if all had come in ten days later: their 90 days end on the tenth of July.
    early = moved(warehouse, pair.acme, days=10)
    for company in (pair.acme, pair.bolt):
        review_programme(warehouse.url, company)
    lacking = warehouse.rows(
        "select * from reporting.programme_standing where company_id = %s", [pair.acme]
    )
    # As if the rate were known; the cost in that currency is nothing here.
    warehouse.execute(
        "update marts.program_cost_months set unpriced_cost_count = 0"
        " where company_id = %s",
        [pair.acme],
    )
    # The past is told anew: what was frozen stays.
    warehouse.execute(
        """update marts.saas_months set churned_account_count = 90
        where company_id = %s and month_start_date in ('2026-02-01', '2026-03-01')""",
        [pair.acme],
    )
    review_programme(warehouse.url, pair.acme)
    views = (
        *("programme_standing", "programme_parts", "programme_reviews"),
        "programme_figures_before",
    )
    return {
        "lacking": {"programme_standing": lacking},
        "early": {"programme_standing": early},
    } | {
        name: {
            view: warehouse.rows(
                f"select * from reporting.{view} where company_id = %s", [company]
            )
            for view in (*views, "program_costs")
        }
        for name, company in (("acme", pair.acme), ("bolt", pair.bolt))
    }


def test_costs_are_of_months_that_began_in_the_companys_currency(told: Any) -> None:
    costs = told["acme"]["program_costs"]

    assert sum(row["program_cost"] for row in costs) == 3_000 + 75 + 500
    assert [row["program_cost"] for row in costs if row["cost_kind"] == "tools"] == [75]
    (standing,) = told["lacking"]["programme_standing"]
    assert (standing["cost_amount"], standing["unpriced_cost_count"]) == (3_075, 1)
    # A return on what is known of the cost would be too high.
    assert (standing["verdict"], standing["roi"]) == ("unpriced", None)
    assert (standing["margin_amount"], standing["payback_months"]) == (None, None)


def test_the_return_is_of_those_acted_on_beside_those_watched(told: Any) -> None:
    (standing,) = told["acme"]["programme_standing"]
    parts = {row["part"]: row for row in told["acme"]["programme_parts"]}

    # Half of 60 stay for the months since half of the 90 days, at 100 and 50 %.
    months = (date(2026, 6, 30) - date(2026, 4, 1)).days - 45
    margin = 0.5 * _QUEUED * months / (365.25 / 12) * 50
    assert parts["churn"]["effect"] == -0.5
    assert parts["churn"]["margin_amount"] == pytest.approx(margin)
    assert (parts["churn"]["verdict"], parts["expansion"]["effect"]) == ("helps", 0)
    assert standing["roi"] == pytest.approx((margin - 3_075) / 3_075)
    assert standing["roi_lower"] < standing["roi"] < standing["roi_upper"]
    assert standing["payback_months"] == pytest.approx(3_075 / (margin / 3))
    assert standing["awaited_en"] is None
    assert parts["acquisition"]["verdict"] == "too_early"


def test_what_is_too_early_says_from_when(told: Any) -> None:
    (standing,) = told["early"]["programme_standing"]

    assert (standing["verdict"], standing["roi"]) == ("too_early", None)
    assert standing["awaited_en"].endswith("are enough on 2026-07-10.")
    assert standing["awaited_es"].endswith("las habrá el 10 jul 2026.")


def test_a_baseline_is_frozen_and_the_rest_measured(told: Any) -> None:
    (row,) = told["acme"]["programme_reviews"]

    # Ten of 100 in February, of 100, 100 and 90 at the starts.
    assert row["baseline_ratio"] == pytest.approx(10 / 290)
    assert (row["measured_ratio"], row["measured_count"]) == (0, 270)
    assert (row["verdict"], row["target_ratio"]) == ("on_the_way", 0.02)
    assert row["needed_count"] > 290


def test_a_figure_of_before_stays_as_it_was_first_known(
    told: Any, warehouse: Warehouse
) -> None:
    frozen = {
        row["metric_name"]: (str(row["month_start_date"]), row["kpi_value"])
        for row in told["acme"]["programme_figures_before"]
    }
    now = warehouse.rows(
        "select kpi_value from reporting.saas_kpis where company_id = %s"
        " and metric_name = 'logo_churn_ratio' and month_start_date = '2026-03-01'",
        [told["acme"]["programme_standing"][0]["company_id"]],
    )

    # Of 90 nobody left in March, they paid 100 each; since, all are said to have left.
    assert frozen["logo_churn_ratio"] == ("2026-03-01", 0)
    assert frozen["end_mrr"] == ("2026-03-01", 9_000)
    assert now == [{"kpi_value": 1}]


def test_nobody_has_a_worth_for_ever_and_no_costs_are_no_programme(told: Any) -> None:
    (standing,) = told["acme"]["programme_standing"]
    # Nobody left since: no worth, and its lower end is told.
    assert standing["saas_clv"] is None
    assert standing["saas_clv_lower"] > 0
    assert not any(told["bolt"].values())
