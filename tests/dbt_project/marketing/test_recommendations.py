"""What people were shown is kept, and facts tell whether it was followed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ml_assets.assets.plan_outcomes import measure_plans
from orchestration.lib.reporting.insight_answers import AdviceUnknown, Answer, answer
from orchestration.lib.reporting.shown_insights import remember_insights
from tests.dbt_project.mart_rows import insert
from tests.dbt_project.platform.test_insights import AS_OF, PAID, plan, told, win
from tests.dbt_project.warehouse import Pair, Warehouse

__all__ = ["told"]

DAY = dt.timedelta(days=1)
MIX: dict[str, Any] = {
    "outcome_unit": "revenue",
    "fit_id": "later",
    "as_of_date": AS_OF + 30 * DAY,
    "data_through_date": AS_OF + 30 * DAY,
    "model_version": "1",
    "fitted_at": AS_OF,
}


def show(
    warehouse: Warehouse, company: str, after: int = 0, **about: Any
) -> dict[str, Any]:
    """An insight told so many days after the first."""
    row = {
        "company_id": company,
        "rule_id": "move_budget",
        "source_key": "recommended",
        "kind": "opportunity",
        "as_of_date": AS_OF + after * DAY,
        "is_action": True,
        "kind_rank": 1,
        "promised": 2000,
        "promised_lower": 100,
        "promised_upper": 4000,
        "sentence_es": f"Día {after}",
        **about,
    }
    row["trace_id"] = f"{row['rule_id']} {after}"
    insert(warehouse, "shown_insights", schema="ops", **row)
    return row


def advise(warehouse: Warehouse, shown: dict[str, Any], channel: str, to: int) -> None:
    """Of a channel on which 3000 are spent in 30 days."""
    insert(
        warehouse,
        "shown_insight_shifts",
        schema="ops",
        company_id=shown["company_id"],
        trace_id=shown["trace_id"],
        channel_id=channel,
        current_spend=3000,
        advised_spend=to,
    )


def spend(warehouse: Warehouse, company: str, channel: str, a_day: int) -> None:
    """On each of the 28 days after the first; the days around them cost more."""
    for number in range(30):
        insert(
            warehouse,
            "channel_days",
            company_id=company,
            calendar_date=AS_OF + number * DAY,
            channel_id=channel,
            currency_code="EUR",
            spend=9999 if number in (0, 29) else a_day,
        )


def run(warehouse: Warehouse, company: str, reached: dt.date) -> None:
    warehouse.execute(
        """insert into ops.runs (company_id, run_id, as_of_date, input_version, status,
        started_at) values (%s, %s, %s, '', 'succeeded', now())""",
        [company, f"{company} {reached}", reached],
    )


def told_of(warehouse: Warehouse, company: str) -> list[dict[str, Any]]:
    measure_plans(warehouse.url, company)
    return warehouse.rows(
        """select * from reporting.recommendations where company_id = %s
        order by as_of_date, rule_id""",
        [company],
    )


def test_what_is_shown_is_kept_once_a_day(warehouse: Warehouse, told: Pair) -> None:
    for company, gain in ((told.acme, 500), (told.bolt, -500)):
        win(warehouse, company, "google_ads", (1290, 1300, 1310))
        win(warehouse, company, "meta_ads", (990, 1000, 1010))
        plan(warehouse, company, gain)

    counts = [remember_insights(warehouse.url, told.acme) for _ in range(2)]

    assert counts == [2, 2]
    kept = warehouse.rows(
        """select shown.*, insights.sentence_es as said from ops.shown_insights as shown
        inner join reporting.insights using (company_id, trace_id)
        where company_id in (%s, %s) order by rule_id""",
        [told.acme, told.bolt],
    )
    assert [(row["company_id"], row["rule_id"]) for row in kept] == [
        (told.acme, "move_budget"),
        (told.acme, "raise_better_channel"),
    ]
    for row in kept:
        promise = [row[f"promised{end}"] for end in ("", "_lower", "_upper")]
        assert promise == [2100, 500, 4000]
        assert row["sentence_es"] == row["said"]
        assert row["last_shown_at"] > row["first_shown_at"]
    shifts = warehouse.rows(
        "select * from ops.shown_insight_shifts where company_id = %s", [told.acme]
    )
    assert (
        sorted(
            (row["channel_id"], row["current_spend"], row["advised_spend"])
            for row in shifts
        )
        == [("google_ads", 1000, 1150)] * 2 + [("meta_ads", 1000, 850)] * 2
    )


def test_half_of_the_move_is_enough_and_is_valued_by_later_curves(
    warehouse: Warehouse, told: Pair
) -> None:
    for company, google, meta in ((told.acme, 112, 90), (told.bolt, 105, 98)):
        shown = show(warehouse, company)
        advise(warehouse, shown, "google_ads", 3600)
        advise(warehouse, shown, "meta_ads", 2400)
        spend(warehouse, company, "google_ads", google)
        spend(warehouse, company, "meta_ads", meta)
        for channel, alphas in zip(PAID, ([200, 220], [400, 800]), strict=True):
            insert(
                warehouse,
                "marketing_curve_draws",
                schema="predictions",
                company_id=company,
                channel_id=channel,
                alphas=alphas,
                half_saturations=[100, 100],
                gammas=[1, 1],
                **MIX,
            )
        run(warehouse, company, AS_OF + 28 * DAY)

    (acme,), (bolt,) = (told_of(warehouse, c) for c in (told.acme, told.bolt))

    # 3360 of 3600 and 2700 of 2400, from 3000 each: 360 and 300 of twice 600.
    assert (acme["state"], acme["followed_share"]) == ("followed", pytest.approx(0.55))
    gains = [
        30 * (google * (112 / 212 - 1 / 2) + meta * (90 / 190 - 1 / 2))
        for google, meta in ((200, 400), (220, 800))
    ]
    assert acme["outcome"] == pytest.approx(sum(gains) / 2)
    assert acme["outcome_lower"] == pytest.approx(
        min(gains) + 0.05 * abs(gains[0] - gains[1])
    )
    assert acme["is_outcome_inside"] is False
    # 150 and 60 of twice 600.
    assert (bolt["state"], bolt["followed_share"]) == (
        "not_followed",
        pytest.approx(0.175),
    )
    assert (bolt["outcome"], bolt["is_outcome_inside"]) == (None, None)


def test_what_is_told_again_is_the_same_for_28_days(
    warehouse: Warehouse, told: Pair
) -> None:
    for after in (0, 5, 27, 28, 80):
        show(warehouse, told.acme, after)
    show(warehouse, told.bolt, 6)

    rows = told_of(warehouse, told.acme)

    assert [(row["sentence_es"], row["shown_day_count"]) for row in rows] == [
        ("Día 0", 3),
        ("Día 28", 1),
        ("Día 80", 1),
    ]
    assert rows[0]["last_as_of_date"] == AS_OF + 27 * DAY
    assert rows[0]["due_date"] == AS_OF + 28 * DAY


def test_nothing_is_judged_before_its_days_are_over_or_without_their_spend(
    warehouse: Warehouse, told: Pair
) -> None:
    for company, reached in ((told.acme, 27), (told.bolt, 28)):
        advise(warehouse, show(warehouse, company), "google_ads", 0)
        show(warehouse, company, rule_id="keep_budget", is_action=False)
        run(warehouse, company, AS_OF + reached * DAY)

    states = [
        [row["state"] for row in told_of(warehouse, company)]
        for company in (told.acme, told.bolt)
    ]

    assert states == [["nothing_to_do", "not_due"], ["nothing_to_do", "not_known"]]


def test_rising_churn_is_answered_by_an_audience(
    warehouse: Warehouse, told: Pair
) -> None:
    for company in (told.acme, told.bolt):
        show(warehouse, company, rule_id="one_time_churn_up", kind="alert")
        run(warehouse, company, AS_OF + 28 * DAY)
    insert(
        warehouse,
        "audiences",
        schema="ops",
        company_id=told.acme,
        audience_id="00000000-0000-0000-0000-000000000001",
        name="back",
        built_at=dt.datetime.combine(AS_OF + 2 * DAY, dt.time(12), dt.UTC),
    )

    (acme,), (bolt,) = (told_of(warehouse, c) for c in (told.acme, told.bolt))

    assert (acme["state"], acme["audience_count"]) == ("followed", 1)
    assert (bolt["state"], bolt["audience_count"]) == ("not_followed", 0)


def test_what_people_answer_stands_beside_what_facts_tell(
    warehouse: Warehouse, told: Pair
) -> None:
    for company in (told.acme, told.bolt):
        for after in (0, 3, 28):
            show(warehouse, company, after)
    given: list[tuple[str, Answer]] = [
        ("move_budget 3", "followed"),
        ("move_budget 3", "followed"),
        ("move_budget 0", "dismissed"),
    ]

    for which, said in given:
        answer(warehouse.url, told.acme, which, said, answered_by="ana")
    dismissed, again = told_of(warehouse, told.acme)
    answer(warehouse.url, told.acme, "move_budget 3", "open", answered_by="ana")
    reopened, _ = told_of(warehouse, told.acme)

    # Days 0 and 3 are one recommendation, of which the last answer counts.
    assert (dismissed["answer"], dismissed["acted_on"]) == ("dismissed", False)
    assert (reopened["answer"], reopened["acted_on"]) == ("open", None)
    assert (again["answer"], again["answered_at"]) == ("open", None)
    assert {row["answer"] for row in told_of(warehouse, told.bolt)} == {"open"}
    assert [row["state"] for row in (dismissed, again)] == ["not_due", "not_due"]
    kept = "select count(*) as n from ops.insight_answers where company_id = %s"
    assert warehouse.rows(kept, [told.acme]) == [{"n": 2}]


def test_facts_tell_what_was_done_where_nobody_answers(
    warehouse: Warehouse, told: Pair
) -> None:
    show(warehouse, told.acme, rule_id="one_time_churn_up", kind="alert")
    run(warehouse, told.acme, AS_OF + 28 * DAY)

    (row,) = told_of(warehouse, told.acme)

    assert (row["state"], row["answer"], row["acted_on"]) == (
        "not_followed",
        "open",
        False,
    )


@pytest.mark.parametrize(
    ("which", "says"),
    [("move", "Several begin with 'move'"), ("x", "None begins with 'x'")],
)
def test_an_answer_is_to_one_recommendation_of_the_company(
    warehouse: Warehouse, told: Pair, which: str, says: str
) -> None:
    for after in (0, 1):
        show(warehouse, told.acme, after)
    show(warehouse, told.bolt, rule_id="x")

    with pytest.raises(AdviceUnknown, match=says):
        answer(warehouse.url, told.acme, which, "followed", answered_by="ana")
