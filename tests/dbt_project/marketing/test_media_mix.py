"""The mix of a company is published whole, kept when the next one is bad, and read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import dagster as dg
import psycopg
import pytest

from ml_assets.assets.media_mix import media_mix
from orchestration.lib.tenancy.companies import InvalidCompany
from orchestration.lib.tenancy.media_settings import (
    BudgetLimit,
    LiftTest,
    add_lift_test,
    load_media_settings,
    set_budget_limit,
    set_targets,
)
from orchestration.lib.tenancy.partitions import CompanyDay, partition_key
from orchestration.lib.warehouse.warehouse import Warehouse as Database
from tests.dbt_project.mart_rows import COMPANY
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.ml_assets.media_plan.shop import AS_OF, shop

PUBLISHED = (
    "marketing_curves",
    "marketing_curve_points",
    "marketing_curve_draws",
    "marketing_contributions",
    "budget_grid",
    "budget_scenarios",
    "budget_scenario_channels",
)


class Addressed(Database):
    """The platform's database, which is the test's."""

    address: str

    def url(self) -> str:
        return self.address


def fill(
    warehouse: Warehouse, company: str, currency: str, seed: int, days: int = 400
) -> None:
    """The company's marts as if its shop and its accounts had been read."""
    media = shop(days=days, seed=seed)
    with psycopg.connect(warehouse.url) as database:
        cursor = database.cursor()
        # Half of what is sold is margin.
        cursor.execute(COMPANY, [company])
        for row in media.frame.to_dict("records"):
            day = row["date"].date()
            cursor.execute(
                """insert into marts.media_mix_days
                values (%s, %s, %s, %s, %s, 0, false, null, null, null, null)""",
                [company, day, currency, int(row["orders"]), round(row["revenue"], 2)],
            )
            cursor.executemany(
                """insert into marts.channel_days
                values (%s, %s, %s, %s, %s, 0, 0, 0, 0, 0, 0, 0, 0, 0)""",
                [
                    [company, day, one, currency, round(row[f"spend_{one}"], 2)]
                    for one in media.channels
                ],
            )
        cursor.execute(
            """insert into marts.channel_days
            values (%s, %s, 'email', %s, null, null, null, null, null, 0, 1, 5, 0,
                0)""",
            [company, AS_OF, currency],
        )


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """Two companies with the same channels and other days."""
    pair = warehouse.add_pair()
    fill(warehouse, pair.acme, "EUR", seed=3)
    fill(warehouse, pair.bolt, "CLP", seed=4)
    for company in (pair.acme, pair.bolt):
        run(warehouse, company)
    return pair


def run(
    warehouse: Warehouse, company: str, as_of: dt.date = AS_OF, history: int = 0
) -> dg.ExecuteInProcessResult:
    config = {"outcomes": ["revenue"], "history_months": history}
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", [company])
        return dg.materialize(
            [media_mix],
            instance=instance,
            partition_key=partition_key(company, dt.date(2026, 11, 1)),
            resources={
                "warehouse": Addressed(address=warehouse.url),
                "company_day": CompanyDay(as_of_date=as_of.isoformat()),
            },
            run_config={"ops": {"media_mix": {"config": config}}},
        )


def slices(warehouse: Warehouse, company: str) -> dict[str, list[dict[str, object]]]:
    return {
        table: warehouse.rows(
            f"""select * from predictions.{table} where company_id = %s
            order by 1, 2, 3, 4, 5""",
            [company],
        )
        for table in PUBLISHED
    }


def test_a_mix_is_published_with_everything_that_belongs_to_it(
    warehouse: Warehouse, companies: Pair
) -> None:
    found = slices(warehouse, companies.acme)

    assert all(found.values())
    curves = {
        (row["outcome_unit"], row["channel_id"]): row
        for row in found["marketing_curves"]
    }
    assert curves["revenue", "email"]["status"] == "unpriced"
    assert curves["revenue", "meta_ads"]["status"] == "fitted"
    roi = [curves[unit, "meta_ads"]["current_roi"] for unit in ("margin", "revenue")]
    assert roi[0] == pytest.approx(0.5 * float(str(roi[1])))
    (total,) = warehouse.rows(
        "select * from predictions.media_mix_totals where company_id = %s",
        [companies.acme],
    )
    fitted = [
        row
        for row in found["marketing_curves"]
        if row["outcome_unit"] == "revenue" and row["status"] == "fitted"
    ]
    spend = sum(float(str(row["total_spend"])) for row in fitted)
    brought = sum(float(str(row["contribution"])) for row in fitted)
    assert (total["outcome_unit"], total["status"]) == ("revenue", "published")
    assert total["current_roi"] == pytest.approx(brought / spend)
    assert {row["currency_code"] for row in found["budget_grid"]} == {"EUR"}
    assert "email" not in {row["channel_id"] for row in found["budget_grid"]}


def test_companies_do_not_see_or_touch_each_other(
    warehouse: Warehouse, companies: Pair
) -> None:
    before = slices(warehouse, companies.bolt)
    run(warehouse, companies.acme)

    assert slices(warehouse, companies.bolt) == before
    reader = warehouse.add_reader(companies.acme)
    for view in ("marketing_curves", "budget_grid", "media_mix_gates"):
        rows = warehouse.rows(f"select company_id from reporting.{view}", role=reader)
        assert {row["company_id"] for row in rows} == {companies.acme}


def test_the_same_data_again_change_nothing(
    warehouse: Warehouse, companies: Pair
) -> None:
    before = slices(warehouse, companies.acme)

    result = run(warehouse, companies.acme)

    assert slices(warehouse, companies.acme) == before
    checks = {c.check_name: c for c in result.get_asset_check_evaluations()}
    assert checks["has_media_spend"].passed
    history = """select fit_id from predictions.marketing_curves_history
        where company_id = %s group by fit_id"""
    assert len(warehouse.rows(history, [companies.acme])) == 1


def test_a_bad_mix_keeps_the_last_good_one_and_says_why(warehouse: Warehouse) -> None:
    company = warehouse.add_pair().acme
    fill(warehouse, company, "EUR", seed=5)
    run(warehouse, company)
    good = slices(warehouse, company)
    warehouse.execute(
        """update marts.media_mix_days set net_revenue = -10000000
        where company_id = %s and calendar_date = %s""",
        [company, AS_OF - dt.timedelta(days=30)],
    )

    result = run(warehouse, company)

    assert result.success
    assert slices(warehouse, company) == good
    checks = {c.check_name: c for c in result.get_asset_check_evaluations()}
    assert not checks["mix_converged"].passed
    assert checks["mix_converged"].severity is dg.AssetCheckSeverity.ERROR
    shown = warehouse.rows(
        """select status, is_stale, reason_es, reason_en, published_as_of_date
        from reporting.media_mix_gates where company_id = %s and outcome = 'blocked'""",
        [company],
    )
    assert [(row["status"], row["is_stale"]) for row in shown] == [("blocked", True)]
    assert "below 0" in shown[0]["reason_en"]
    assert "es menor que 0" in shown[0]["reason_es"]
    assert shown[0]["published_as_of_date"] == AS_OF
    (total,) = warehouse.rows(
        "select * from predictions.media_mix_totals where company_id = %s", [company]
    )
    assert (total["status"], total["current_roi"]) == ("blocked", None)
    assert "es menor que 0" in total["reason_es"]


def test_months_of_before_are_told_afterwards_and_graded(warehouse: Warehouse) -> None:
    company = warehouse.add_pair().acme
    # Of 540 days a window that ends three months back has no year before it.
    fill(warehouse, company, "EUR", seed=6, days=540)
    tests = """select origin_date + horizon_days as due, is_inside
        from reporting.media_mix_backtests
        where company_id = %s and outcome_unit = 'revenue' order by 1"""
    gate = """select observed from predictions.gate_results
        where company_id = %s and gate = 'mix_better_than_naive'"""

    run(warehouse, company)
    by_night, judged = (warehouse.rows(query, [company]) for query in (tests, gate))
    run(warehouse, company, history=3)

    told = warehouse.rows(tests, [company])
    last = dt.date(2026, 10, 31)
    assert [row["due"] for row in by_night] == [last]
    assert [row["due"] for row in told] == [
        dt.date(2026, 8, 31),
        dt.date(2026, 9, 30),
        last,
    ]
    assert told[-1] == by_night[0]
    # They are graded, and the gate looks at those of a night.
    assert warehouse.rows(gate, [company]) == judged
    (total,) = warehouse.rows(
        """select prediction_count, graded_count, inside_share
        from reporting.accuracy_totals
        where company_id = %s and subject = 'mix_91d'""",
        [company],
    )
    inside = sum(bool(row["is_inside"]) for row in told)
    assert list(total.values()) == [3, 3, pytest.approx(inside / 3)]


def test_a_company_without_advertising_has_a_status_and_no_failure(
    warehouse: Warehouse,
) -> None:
    company = warehouse.add_pair().acme

    result = run(warehouse, company)

    assert result.success
    rows = warehouse.rows(
        "select status, reason from predictions.media_mix_fits where company_id = %s",
        [company],
    )
    assert [row["status"] for row in rows] == ["not_fitted"]
    assert "No channel with a known cost" in rows[0]["reason"]


def test_what_people_say_is_kept_and_refused_when_it_cannot_be(
    warehouse: Warehouse, pair: Pair
) -> None:
    day = dt.date(2026, 5, 1)
    test = LiftTest("geo", "meta_ads", "revenue", day, day, Decimal(90), Decimal(9))
    limit = BudgetLimit("meta_ads", Decimal(100), None, Decimal("0.5"))

    add_lift_test(warehouse.url, pair.acme, test)
    set_budget_limit(warehouse.url, pair.acme, limit)
    set_targets(warehouse.url, pair.acme, 4.0, 1.5)

    told = load_media_settings(warehouse.url, pair.acme)
    assert (told.lift_tests, told.limits) == ((test,), (limit,))
    assert (told.value_to_cost_target, told.marginal_return_target) == (4.0, 1.5)
    assert load_media_settings(warehouse.url, pair.bolt).lift_tests == ()
    none = BudgetLimit("meta_ads", None, None, None)
    set_budget_limit(warehouse.url, pair.acme, none)
    assert load_media_settings(warehouse.url, pair.acme).limits == ()
    with pytest.raises(InvalidCompany, match="above the most"):
        set_budget_limit(
            warehouse.url,
            pair.acme,
            BudgetLimit("meta_ads", Decimal(2), Decimal(1), None),
        )
