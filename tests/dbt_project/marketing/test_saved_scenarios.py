"""A scenario that is asked for is projected from the published mix, and sealed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

import dagster as dg
import psycopg
import pytest

from ml_assets.assets import scenarios as answering
from ml_assets.assets.scenarios import SCENARIO_HANDLER
from ml_assets.media_plan.saved_scenarios import Projection, PublishedMix
from ml_assets.media_plan.scenario_requests import ScenarioRequest
from orchestration.defs.decisions.requests import action_requests
from orchestration.lib.activation.coupons.issuance import COUPON
from orchestration.lib.reporting.action_answers import Answered, answer_waiting
from orchestration.lib.reporting.action_requests import (
    add_request,
    list_requests,
)
from tests.dbt_project.marketing.published_mix import materialise, publish
from tests.dbt_project.marketing.test_media_mix import Addressed
from tests.dbt_project.mart_rows import set_margin
from tests.dbt_project.warehouse import Pair, Warehouse


def ask(warehouse: Warehouse, company: str, key: str = "k", **payload: Any) -> UUID:
    told = {"name": "x", "days": 10, **payload}
    return add_request(warehouse.url, company, "scenario", told, key, "ana")


def shown(warehouse: Warehouse, company: str) -> list[dict[str, Any]]:
    return warehouse.rows(
        """select * from reporting.saved_scenarios where company_id = %s
        order by requested_at, scenario_id""",
        [company],
    )


def answered_of(url: str, company: str) -> Answered:
    """Have all scenarios that the company asked for answered."""
    return answer_waiting(url, company, SCENARIO_HANDLER)


def test_a_scenario_is_projected_from_what_was_published(
    warehouse: Warehouse, companies: Pair
) -> None:
    for company in (companies.acme, companies.bolt):
        ask(warehouse, company, bounds="meta=0")

    assert answered_of(warehouse.url, companies.acme) == Answered(done=1)
    assert answered_of(warehouse.url, companies.bolt) == Answered(done=1)

    (acme,) = shown(warehouse, companies.acme)
    (bolt,) = shown(warehouse, companies.bolt)
    # 10 * (1000 + 105 + 300) beside 10 * (1000 + 105); half of it is margin.
    assert acme["current_income"] == pytest.approx(14_050)
    assert acme["projected_income"] == pytest.approx(11_050)
    assert acme["profit_gain"] == pytest.approx(-500)
    assert (acme["state"], acme["state_label_en"]) == ("done", "Done")
    assert (acme["data_hash"], acme["fit_id"]) == ("data", "mix")
    assert bolt["projected_income"] == pytest.approx(110_500)
    assert (acme["currency_code"], bolt["currency_code"]) == ("EUR", "CLP")
    assert acme["seal"] != bolt["seal"]


def test_what_cannot_be_is_refused_in_words_people_read(
    warehouse: Warehouse, companies: Pair
) -> None:
    ask(warehouse, companies.acme, bounds="meta=1501")

    answered = answered_of(warehouse.url, companies.acme)

    assert answered == Answered(refused=1)
    (row,) = shown(warehouse, companies.acme)
    assert row["state"] == "refused"
    assert row["refusal_es"].startswith("Demasiado incierto: meta_ads nunca")
    assert "1,500" in row["refusal_es"]
    assert "1,501" in row["refusal_en"]
    (request,) = list_requests(warehouse.url, companies.acme, "scenario")
    assert request.reason == row["refusal_en"]


def test_a_budget_is_answered_as_the_simulator_answers_it(
    warehouse: Warehouse, companies: Pair
) -> None:
    """What is placed at the limits of now, 9,000 each, is what the grid places."""
    ask(warehouse, companies.acme, days=30, total_budget=50_000)

    assert answered_of(warehouse.url, companies.acme) == Answered(done=1)

    (plan,) = shown(warehouse, companies.acme)
    assert (plan["asked_budget"], plan["projected_spend"]) == (50_000, 18_000)
    # 300 a day each: 200 * 3/4 + 400 * 3/4, and 220 and 800; half is margin.
    income = 30 * (1000 + 0.75 * (600 + 1020) / 2)
    assert plan["projected_income"] == pytest.approx(income)
    assert plan["projected_profit"] == pytest.approx(0.5 * income - 18_000)
    assert plan["worthwhile_spend"] < 18_000


VALUE = """update predictions.marketing_curves set value_basis = 'value_12m',
    value_ratio = case channel_id when 'google_ads' then %s else 1 end,
    value_ratio_error = 0, value_ratio_shared_error = 0, value_customer_count = 100,
    value_maturity_rate = 0.5 where company_id = %s"""


def test_a_budget_is_split_by_sales_and_by_value_and_both_are_sealed(
    warehouse: Warehouse, companies: Pair, timonel: Callable[..., str]
) -> None:
    # Ten times what Meta brings by sales Google brings by value; of bolt nothing is
    # known by value.
    warehouse.execute(VALUE, [10, companies.acme])
    ask(warehouse, companies.acme, days=10, total_budget=1_500)
    ask(warehouse, companies.bolt, days=10, total_budget=1_500)
    for company in (companies.acme, companies.bolt):
        assert answered_of(warehouse.url, company) == Answered(done=1)

    (acme,), (bolt,) = (
        shown(warehouse, one) for one in (companies.acme, companies.bolt)
    )
    plans = {
        row["channel_id"]: row
        for row in warehouse.rows(
            "select * from reporting.scenario_channels where company_id = %s",
            [companies.acme],
        )
    }
    meta, google = plans["meta_ads"], plans["google_ads"]
    # By sales one of the two draws loses by any move: the present split, cut alike.
    assert (meta["projected_spend"], google["projected_spend"]) == (750, 750)
    assert google["value_spend"] > meta["value_spend"]
    assert float(google["value_spend"] + meta["value_spend"]) == pytest.approx(1_500)
    # Ten days of 10 * 105 and 300.
    assert acme["current_value"] == pytest.approx(13_500)
    assert acme["value_basis"] == "value_12m"
    assert acme["value_gain"] == pytest.approx(acme["projected_value"] - 13_500)
    assert (bolt["value_basis"], bolt["value_gain"]) == (None, None)
    said = timonel("show", acme["scenario_id"][:8], "--company", companies.acme)
    assert "| Planned by value |" in said
    warehouse.execute(
        "update predictions.scenario_channels set value_spend = 1"
        " where company_id = %s",
        [companies.acme],
    )
    broken = ("show", acme["scenario_id"][:8], "--company", companies.acme)
    assert "not those that were sealed" in timonel(*broken, code=1)


def test_a_margin_counts_from_the_moment_it_is_set(
    warehouse: Warehouse, companies: Pair
) -> None:
    """The marts know it with their next build; a plan does not wait for that."""
    for told, plan in ((None, "one"), (0.5, "two")):
        set_margin(warehouse, companies.acme, None)
        warehouse.execute(
            "update ops.companies set gross_margin_rate = %s where company_id = %s",
            [told, companies.acme],
        )
        ask(warehouse, companies.acme, plan, bounds="meta=0")
        answered_of(warehouse.url, companies.acme)

    before, after = shown(warehouse, companies.acme)
    assert (before["margin_rate"], before["current_profit"]) == (None, None)
    assert (after["margin_rate"], after["current_profit"]) == (0.5, 5_025)


def test_without_a_mix_the_refusal_says_what_is_missing(warehouse: Warehouse) -> None:
    company = warehouse.add_pair().acme
    ask(warehouse, company, bounds="meta=0")

    assert answered_of(warehouse.url, company) == Answered(refused=1)
    (row,) = shown(warehouse, company)
    assert "year of days with advertising" in row["refusal_en"]
    result = materialise(warehouse, company)
    assert result.success
    assert len(shown(warehouse, company)) == 1


def test_a_run_asks_for_the_first_two_and_a_second_run_changes_nothing(
    warehouse: Warehouse, companies: Pair
) -> None:
    materialise(warehouse, companies.acme)
    before = shown(warehouse, companies.acme)
    materialise(warehouse, companies.acme)

    assert [row["scenario_label_en"] for row in before] == [
        "Black Friday: 20 % more budget",
        "Without the channel that most is spent on",
    ]
    assert [row["state"] for row in before] == ["done", "done"]
    assert str(before[0]["start_date"]) == "2026-11-23"
    assert shown(warehouse, companies.acme) == before
    assert shown(warehouse, companies.bolt) == []


def test_of_the_first_two_what_was_refused_is_not_asked_again_each_day(
    warehouse: Warehouse, companies: Pair
) -> None:
    materialise(warehouse, companies.acme)
    warehouse.execute(
        "update ops.action_requests set state = 'refused' where company_id = %s",
        [companies.acme],
    )

    materialise(warehouse, companies.acme)

    assert [row["state"] for row in shown(warehouse, companies.acme)] == [
        "refused",
        "refused",
    ]


def test_what_was_refused_can_be_asked_again_the_same_day(
    warehouse: Warehouse, timonel: Callable[..., str]
) -> None:
    company = warehouse.add_pair().acme
    told = ("add", "x", "--company", company, "--days", "10", "--limit", "meta=0")
    refusal = timonel(*told, code=1)
    publish(warehouse, company, "EUR")

    said = timonel(*told)

    assert "no published media mix" in refusal
    assert "| Income | 14,050 | 11,050 |" in said
    assert len(list_requests(warehouse.url, company, "scenario")) == 2


def test_a_plan_that_was_saved_is_not_written_again(
    warehouse: Warehouse, companies: Pair
) -> None:
    ask(warehouse, companies.acme, bounds="meta=0")
    answered_of(warehouse.url, companies.acme)
    (before,) = shown(warehouse, companies.acme)
    # Somebody died after the plan was saved and before it was told; then a new mix.
    warehouse.execute(
        "update ops.action_requests set state = 'running' where company_id = %s",
        [companies.acme],
    )
    warehouse.execute(
        "update predictions.marketing_curve_draws set alphas = '{1,1}'"
        " where company_id = %s",
        [companies.acme],
    )

    assert answered_of(warehouse.url, companies.acme) == Answered(done=1)

    (after,) = shown(warehouse, companies.acme)
    moved = {name for name, value in after.items() if value != before[name]}
    assert moved == {"finished_at"}
    assert answered_of(warehouse.url, companies.acme) == Answered()


def test_one_that_cannot_be_computed_is_refused_and_the_next_is_answered(
    warehouse: Warehouse, companies: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned = ask(warehouse, companies.acme, "bad", name="bad", bounds="meta=0")
    ask(warehouse, companies.acme, "good", name="good", bounds="meta=0")
    project = answering.project  # type: ignore[attr-defined]

    def fails(mix: PublishedMix, asked: ScenarioRequest) -> Projection:
        if asked.name == "bad":
            raise IndexError("a secret of the inside")
        return project(mix, asked)

    monkeypatch.setattr(answering, "project", fails)
    assert materialise(warehouse, companies.acme).success

    told = {row["scenario_name"]: row for row in shown(warehouse, companies.acme)}
    assert (told["bad"]["state"], told["good"]["state"]) == ("refused", "done")
    assert f"request {str(poisoned)[:8]}" in told["bad"]["refusal_en"]
    assert told["bad"]["refusal_es"].startswith("No se pudo calcular")
    assert "secret" not in told["bad"]["refusal_en"]


@pytest.mark.parametrize(
    ("payload", "state", "said"),
    [
        # Deeper than Python reads; as many digits as fit.
        ('{"name": ' + "[" * 1990 + "]" * 1990 + "}", "refused", "log has it"),
        ('{"name": "x", "total_budget": ' + "9" * 3900 + "}", "refused", "no number"),
        ('{"name": ' + "9" * 3900 + "}", "refused", "3900 characters"),
        (
            '{"name": "x", "bounds": "meta=0", "days": 1e-3900}',
            "refused",
            "cannot be projected",
        ),
        (
            '{"name": "x", "start_date": "9999-12-31", "bounds": "meta=0"}',
            "refused",
            "Start it by 2028-10-30",
        ),
        ('{"name": "x", "total_budget": "1e-16"}', "done", ""),
    ],
)
def test_what_is_typed_never_stops_the_next_request(
    warehouse: Warehouse, companies: Pair, payload: str, state: str, said: str
) -> None:
    acme = companies.acme
    warehouse.execute(
        """insert into ops.action_requests (company_id, kind, payload)
        values (%s, 'scenario', %s)""",
        [acme, payload],
    )
    good = ask(warehouse, acme, bounds="meta=0")

    answered_of(warehouse.url, acme)

    told = {one.id: one for one in list_requests(warehouse.url, acme, "scenario")}
    assert told.pop(good).state == "done"
    (typed,) = told.values()
    assert typed.state == state
    assert said in (typed.reason or "")


def test_a_number_longer_than_python_reads_stops_nobody(
    warehouse: Warehouse, companies: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = ask(warehouse, companies.acme, "bad", total_budget=10**700)
    good = ask(warehouse, companies.acme, bounds="meta=0")
    limit = sys.get_int_max_str_digits()
    try:
        sys.set_int_max_str_digits(640)
        answered = answered_of(warehouse.url, companies.acme)
    finally:
        sys.set_int_max_str_digits(limit)

    assert answered == Answered(done=1, refused=1)
    told = {
        one.id: one.state
        for one in list_requests(warehouse.url, companies.acme, "scenario")
    }
    assert told == {bad: "refused", good: "done"}


def test_a_tick_answers_every_company_and_refuses_what_cannot_be(
    warehouse: Warehouse, companies: Pair
) -> None:
    for company in (companies.acme, companies.bolt):
        ask(warehouse, company, bounds="meta=0")
    warehouse.execute(
        "update predictions.marketing_curve_draws set alphas = '{1}'"
        " where company_id = %s and channel_id = 'meta_ads'",
        [companies.acme],
    )

    answer = action_requests(
        dg.build_sensor_context(), warehouse=Addressed(address=warehouse.url)
    )

    assert isinstance(answer, dg.SkipReason)
    told = f"{companies.acme}: scenario 0 done, 1 refused"
    assert told in (answer.skip_message or "")
    (acme,) = shown(warehouse, companies.acme)
    assert acme["state"] == "refused"
    assert "could not be computed" in acme["refusal_en"]
    assert [row["state"] for row in shown(warehouse, companies.bolt)] == ["done"]


def test_a_kind_that_nobody_answers_stays_open_and_is_named(
    warehouse: Warehouse, companies: Pair
) -> None:
    add_request(warehouse.url, companies.acme, "refund", {}, "other", "ana")
    ask(warehouse, companies.acme, bounds="meta=0")

    answer = action_requests(
        dg.build_sensor_context(), warehouse=Addressed(address=warehouse.url)
    )

    assert isinstance(answer, dg.SkipReason)
    assert answer.skip_message == (
        f"{companies.acme}: scenario 1 done, 0 refused; {companies.acme}: nobody here "
        "answers 'refund', which stays open (known: answer, coupon, scenario)"
    )
    (other,) = list_requests(warehouse.url, companies.acme, "refund")
    assert (other.state, other.reason) == ("requested", None)
    # Open for ever: other tests have the same ticks.
    warehouse.execute("delete from ops.action_requests where kind = 'refund'")


def test_a_lost_connection_leaves_the_request_open_and_the_coupons_answered(
    warehouse: Warehouse, companies: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    for company in (companies.acme, companies.bolt):
        ask(warehouse, company, bounds="meta=0")
    asked = {"audience": "of nobody"}
    add_request(warehouse.url, companies.acme, COUPON, asked, "coupon", "ana")
    read = answering.read_published_mix  # type: ignore[attr-defined]

    def lost(database: psycopg.Connection, company_id: str) -> Any:
        if company_id == companies.acme:
            raise psycopg.OperationalError("server closed the connection")
        return read(database, company_id)

    with monkeypatch.context() as broken:
        broken.setattr(answering, "read_published_mix", lost)
        answer = action_requests(
            dg.build_sensor_context(), warehouse=Addressed(address=warehouse.url)
        )

    assert isinstance(answer, dg.SkipReason)
    assert answer.skip_message == "; ".join(
        (
            f"{companies.acme}: scenario failed, see the log",
            f"{companies.acme}: coupon 0 done, 1 refused",
            f"{companies.bolt}: scenario 1 done, 0 refused",
        )
    )
    assert [row["state"] for row in shown(warehouse, companies.acme)] == ["running"]
    assert [row["state"] for row in shown(warehouse, companies.bolt)] == ["done"]
    (coupon,) = list_requests(warehouse.url, companies.acme, COUPON)
    assert coupon.state == "refused"
    # The next time it is there again.
    assert answered_of(warehouse.url, companies.acme) == Answered(done=1)


def test_a_reader_sees_its_own_scenarios(warehouse: Warehouse, companies: Pair) -> None:
    for company in (companies.acme, companies.bolt):
        ask(warehouse, company, bounds="meta=0")
        answered_of(warehouse.url, company)
    reader = warehouse.add_reader(companies.acme)

    for view in ("saved_scenarios", "scenario_channels", "scenario_grades"):
        rows = warehouse.rows(f"select company_id from reporting.{view}", role=reader)
        assert {row["company_id"] for row in rows} == {companies.acme}


def test_the_views_compute_what_was_worked_out_by_hand(warehouse: Warehouse) -> None:
    names = (
        *("saved_scenarios", "scenario_grades", "accuracy_totals"),
        *("recommendations", "performance_changes_by_month"),
        *("conversion_months", "purchase_gaps", "companies"),
        *("visit_days", "cost_days", "cost_months", "performance_period_changes"),
    )
    selected = [f"{name},test_type:unit" for name in names]

    statuses = warehouse.dbt.run("test", "--select", *selected)

    assert statuses
    assert set(statuses.values()) == {"pass"}, json.dumps(statuses)
