"""Sentences appear when, and only when, the numbers carry them, and can be traced."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import uuid
from decimal import Decimal
from typing import Any

import pytest

from ml_assets.assets.channel_values import measure_values
from ml_assets.assets.measurements import measure_audiences, measure_churn
from tests.dbt_project.commerce.test_customers_at_risk import (
    add_customer,
    add_order,
    first_orders,
)
from tests.dbt_project.insight_sources import check_against_source
from tests.dbt_project.mart_rows import COMPANY, insert, set_margin
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = dt.date(2026, 3, 31)
RUN: dict[str, Any] = {"fit_id": "mix", "as_of_date": AS_OF, "data_through_date": AS_OF}
PAID = ("google_ads", "meta_ads")


@pytest.fixture
def told(warehouse: Warehouse, pair: Pair) -> Pair:
    """Both companies, of whom nothing but the settings is known."""
    for company in (pair.acme, pair.bolt):
        warehouse.execute(COMPANY, [company])
    return pair


def win(
    warehouse: Warehouse,
    company: str,
    channel: str,
    values: tuple[int, ...],
    **told: Any,
) -> None:
    """Ten customers a day, worth so much together; and 100 of spend, 300 claimed."""
    spent = {"spend": 100, "reported_revenue": 300} | told
    for number, value in enumerate(values):
        day = AS_OF - dt.timedelta(days=number)
        insert(
            warehouse,
            "new_customer_values",
            schema="predictions",
            company_id=company,
            first_order_date=day,
            channel_id=channel,
            customer_count=10,
            observed_value=value // 2,
            value_12m=value,
            independent_variance=4,
            shared_error=value / 10,
            currency_code="EUR",
            as_of_date=AS_OF,
        )
        insert(
            warehouse,
            "channel_days",
            company_id=company,
            calendar_date=day,
            channel_id=channel,
            currency_code="EUR",
            **spent,
        )
    measure_values(warehouse.url, company)


def mix(warehouse: Warehouse, company: str) -> dict[str, Any]:
    """A media mix of 400 days; what rows of revenue that are made of it share."""
    run: dict[str, Any] = RUN | {
        "company_id": company,
        "outcome_unit": "revenue",
        "model_version": "1",
        "fitted_at": AS_OF,
        "schema": "predictions",
    }
    insert(
        warehouse,
        "media_mix_fits",
        **run,
        day_count=400,
        status="published",
        currency_code="EUR",
        settings="{}",
    )
    return run


def draw_curve(
    warehouse: Warehouse,
    run: dict[str, Any],
    channel: str,
    marginal: tuple[float, float, float],
    largest: float = 100,
) -> None:
    """A channel whose next unit of spend brings so much, with its bounds."""
    insert(
        warehouse,
        "marketing_curves",
        **run,
        channel_id=channel,
        marginal_return=marginal[0],
        marginal_return_lower=marginal[1],
        marginal_return_upper=marginal[2],
        largest_spend=largest,
        status="fitted",
        currency_code="EUR",
    )


def split(
    warehouse: Warehouse,
    run: dict[str, Any],
    gain_lower: float,
    spends: dict[str, int],
    gain: float = 2100,
) -> None:
    """The best split of the same budget, of channels that spend 1,000 each now."""
    insert(
        warehouse,
        "budget_scenarios",
        **run,
        scenario="recommended",
        horizon_days=30,
        gain=gain,
        gain_lower=gain_lower,
        gain_upper=4000 if gain else 0,
        currency_code="EUR",
    )
    for channel, projected in spends.items():
        insert(
            warehouse,
            "budget_scenario_channels",
            **run,
            scenario="recommended",
            channel_id=channel,
            current_spend=1000,
            projected_spend=projected,
        )


def plan(
    warehouse: Warehouse,
    company: str,
    gain_lower: float,
    *,
    largest: float = 100,
    gain: float = 2100,
    least_return: float = 2.4,
) -> None:
    """Google is green, of a margin of a half, and gets 15 % more, which Meta gives.

    A split that brings no ``gain`` is the one of now.
    """
    run = mix(warehouse, company)
    draw_curve(warehouse, run, "google_ads", (3, least_return, 3.5), largest)
    spends = {"google_ads": 1150, "meta_ads": 850}
    split(warehouse, run, gain_lower, spends, gain)


def found(warehouse: Warehouse, company: str) -> dict[str, dict[str, Any]]:
    """The insights of a company by rule, each number read back from its source."""
    rows = warehouse.rows(
        """
        select insights.*, gross_margin_rate,
            replace(
                coalesce(kept.template_es, sold.template_es), '{margin}', margin_es
            ) as template_es,
            replace(
                coalesce(kept.template_en, sold.template_en), '{margin}', margin_en
            ) as template_en
        from reporting.insights
        inner join staging.insight_templates as sold using (rule_id)
        inner join marts.contribution_margins using (company_id)
        inner join staging.margin_labels using (costs_included)
        left join staging.insight_margin_templates as kept
            on insights.rule_id = kept.rule_id and gross_margin_rate is not null
        where company_id = %s
        """,
        [company],
    )
    for row in rows:
        check_against_source(warehouse, row)
        key = (row[name] for name in ("rule_id", "company_id", "as_of_date"))
        source = (row["source_view"], row["source_key"])
        told = "|".join(map(str, (*key, *source)))
        assert row["trace_id"] == hashlib.md5(told.encode()).hexdigest()
    return {row["rule_id"]: row for row in rows}


def feed(warehouse: Warehouse, company: str) -> dict[str, str]:
    rows = warehouse.rows(
        "select kind, rule_id from reporting.insight_feed where company_id = %s",
        [company],
    )
    return {row["kind"]: row["rule_id"] for row in rows}


def test_customers_of_a_channel_are_held_against_those_of_the_others(
    warehouse: Warehouse, told: Pair
) -> None:
    win(warehouse, told.acme, "google_ads", (1200, 1400))
    win(warehouse, told.acme, "meta_ads", (900, 1100))
    win(warehouse, told.acme, "organic_search", (5000,), spend=None)
    win(warehouse, told.bolt, "google_ads", (70,))
    query = """
        select channel_id, customer_count, value_per_customer, value_per_customer_upper,
            others_customer_count, difference_rate, difference_rate_lower
        from reporting.channel_customer_values where company_id = %s
    """

    rows = {row["channel_id"]: row for row in warehouse.rows(query, [told.acme])}

    google = rows["google_ads"]
    assert list(google.values())[1:3] == [20, 130]
    # Days differ by 100 from the mean, twice; 4 of each day; what is shared adds up.
    error = math.sqrt(2 * 100**2 + 2 * 4 + 260**2) / 20
    assert float(google["value_per_customer_upper"]) == pytest.approx(
        130 + 1.645 * error, abs=0.01
    )
    assert (google["others_customer_count"], google["difference_rate"]) == (
        20,
        Decimal("0.3"),
    )
    # What is shared is a tenth of either: of their ratio it says nothing.
    own = 2 * 100**2 + 8
    log_error = math.sqrt(own / 2600**2 + own / 2000**2)
    assert float(google["difference_rate_lower"]) == pytest.approx(
        1.3 * math.exp(-1.645 * log_error) - 1, abs=1e-5
    )
    assert rows["organic_search"]["difference_rate"] is None
    (other,) = warehouse.rows(query, [told.bolt])
    assert (other["value_per_customer"], other["difference_rate"]) == (7, None)


def test_all_channels_with_spend_make_one_return(
    warehouse: Warehouse, told: Pair
) -> None:
    win(warehouse, told.acme, "google_ads", (600,))
    win(warehouse, told.acme, "meta_ads", (200,), reported_revenue=100)
    win(warehouse, told.acme, "organic_search", (5000,), spend=None)
    win(warehouse, told.bolt, "meta_ads", (50,))
    query = "select * from reporting.ltv_roas_totals where company_id = %s"

    ((acme,), (bolt,)) = (
        warehouse.rows(query, [company]) for company in (told.acme, told.bolt)
    )

    assert (acme["spend"], acme["new_customer_count"]) == (200, 20)
    assert [acme[f"{kind}_roas"] for kind in ("reported", "observed", "ltv")] == [
        2,
        2,
        4,
    ]
    error = 1.645 * math.sqrt(2 * 4 + 80**2) / 200
    assert float(acme["ltv_roas_lower"]) == pytest.approx(4 - error, abs=1e-4)
    assert float(acme["ltv_roas_upper"]) == pytest.approx(4 + error, abs=1e-4)
    ratio = acme["value_per_customer"] / acme["customer_acquisition_cost"]
    assert ratio == acme["ltv_roas"]
    assert (acme["verdict"], acme["light"]) == ("good", "green")
    assert (bolt["verdict"], bolt["light"]) == ("losing", "red")


def test_a_better_channel_gets_more_when_the_split_gains_for_sure(
    warehouse: Warehouse, told: Pair
) -> None:
    for company, gain in ((told.acme, 500), (told.bolt, -500)):
        win(warehouse, company, "google_ads", (1290, 1300, 1310))
        win(warehouse, company, "meta_ads", (990, 1000, 1010))
        plan(warehouse, company, gain)

    proven, open_ = found(warehouse, told.acme), found(warehouse, told.bolt)

    assert set(proven) == {"raise_better_channel", "move_budget"}
    sentence = proven["raise_better_channel"]["sentence_es"]
    assert "Google Ads valen a 12 meses un 30,0 % más" in sentence
    assert (
        "sube su gasto un 15,0 % y, entre todos los canales, se esperan 1.050 EUR más"
        in (sentence)
    )
    assert proven["move_budget"]["sentence_es"].startswith(
        "Mueva 150 EUR de Meta Ads a Google Ads: "
    )
    assert feed(warehouse, told.acme)["opportunity"] == "raise_better_channel"
    assert set(open_) == {"watch_better_channel", "keep_budget"}
    for row in open_.values():
        assert "demasiado incierto para mover dinero" in row["sentence_es"]
        assert not row["is_action"]


def test_a_better_split_is_told_in_what_is_kept_where_a_margin_is_told(
    warehouse: Warehouse, told: Pair
) -> None:
    for company, rate in ((told.acme, 0.45), (told.bolt, None)):
        plan(warehouse, company, 500)
        # It leaves a tenth of 2,000 unspent.
        warehouse.execute(
            """update predictions.budget_scenarios set projected_spend = 1800,
                current_spend = 2000, gain_upper = 4000
            where company_id = %s and scenario = 'recommended'""",
            [company],
        )
        set_margin(warehouse, company, rate)
    query = """
        select contribution_gain, contribution_gain_lower, contribution_gain_upper
        from reporting.budget_scenarios
        where company_id = %s and scenario = 'recommended' and outcome_unit = 'revenue'
    """

    (kept,), (open_,) = (
        warehouse.rows(query, [company]) for company in (told.acme, told.bolt)
    )
    with_margin = found(warehouse, told.acme)["move_budget"]
    without = found(warehouse, told.bolt)["move_budget"]

    # 45 % of 2,100, of 500 and of 4,000, and the 200 that are not spent.
    assert list(kept.values()) == pytest.approx([1145, 425, 2000])
    assert list(open_.values()) == [None, None, None]
    assert with_margin["estimate"] == pytest.approx(1145)
    assert (
        "dejaría 1.145 EUR más de contribución (margen bruto menos publicidad) en 30 "
        "días (90 %: de 425 EUR a 2.000 EUR;"
    ) in with_margin["sentence_es"]
    assert without["estimate"] == 2100
    # Who told what orders cost is told which costs are taken off.
    set_margin(warehouse, told.acme, 0.45, kept=0.4, costs="goods_shipping")
    after_shipping = found(warehouse, told.acme)["move_budget"]
    assert after_shipping["estimate"] == pytest.approx(0.4 * 2100 + 200)
    assert (
        "dejaría 1.040 EUR más de contribución (margen de contribución tras mercancía "
        "y envío menos publicidad)"
    ) in after_shipping["sentence_es"]
    assert "traería 2.100 EUR más de ventas" in without["sentence_es"]
    assert without["sentence_es"].endswith("así que se paga con cualquier margen.")


@pytest.mark.parametrize(
    ("basis", "google_by_value", "rule"),
    [
        ("value_12m", 850, "keep_for_value"),
        ("value_12m", 1150, "move_budget"),
        # What weighs sales says nothing against sales.
        ("revenue", 850, "move_budget"),
    ],
)
def test_money_is_not_moved_away_from_customers_who_come_back(
    warehouse: Warehouse, told: Pair, basis: str, google_by_value: int, rule: str
) -> None:
    plan(warehouse, told.acme, 500)
    run = RUN | {
        "company_id": told.acme,
        "outcome_unit": "value_12m",
        "model_version": "1",
        "fitted_at": AS_OF,
        "schema": "predictions",
    }
    by_value = {"google_ads": google_by_value, "meta_ads": 2000 - google_by_value}
    split(warehouse, run, 100, by_value)
    warehouse.execute(
        "update predictions.marketing_curves set value_basis = %s"
        " where company_id = %s",
        [basis, told.acme],
    )

    row = found(warehouse, told.acme)[rule]

    assert row["is_action"] == (rule == "move_budget")
    if rule == "keep_for_value":
        assert "pasaría 150 EUR de Meta Ads a Google Ads" in row["sentence_es"]
        assert row["sentence_es"].endswith("no mueva ese dinero.")


def test_a_split_that_is_the_best_already_is_not_called_uncertain(
    warehouse: Warehouse, told: Pair
) -> None:
    plan(warehouse, told.acme, 0, gain=0)

    row = found(warehouse, told.acme)["keep_split"]

    assert "no hay nada que mover" in row["sentence_es"]
    assert "0 EUR" not in row["sentence_es"]
    assert not row["is_action"]


def test_more_is_advised_only_where_the_next_euro_earns_for_sure(
    warehouse: Warehouse, told: Pair
) -> None:
    win(warehouse, told.acme, "google_ads", (1290, 1300, 1310))
    win(warehouse, told.acme, "meta_ads", (990, 1000, 1010))
    # Half of 1.9 is less than 1; of its sales it would be more.
    plan(warehouse, told.acme, 500, least_return=1.9)

    assert set(found(warehouse, told.acme)) == {"watch_better_channel", "move_budget"}
    set_margin(warehouse, told.acme, None)
    assert set(found(warehouse, told.acme)) == {"raise_better_channel", "move_budget"}


def test_nothing_is_recommended_beyond_what_was_spent_before(
    warehouse: Warehouse, told: Pair
) -> None:
    win(warehouse, told.acme, "google_ads", (1290, 1300, 1310))
    win(warehouse, told.acme, "meta_ads", (990, 1000, 1010))
    # 1,150 in 30 days are 38.33 a day, and 38 is the most there ever was.
    plan(warehouse, told.acme, 500, largest=38)

    assert set(found(warehouse, told.acme)) == {"watch_better_channel", "keep_budget"}


@pytest.mark.parametrize(
    ("google", "meta"),
    [
        ((1300, 1300), (1000, 1000)),  # 20 customers each
        ((100, 1300, 2500), (100, 1000, 1900)),  # days differ too much
        ((1000, 1000, 1000), (1000, 1000, 1000)),
    ],
)
def test_few_customers_or_a_wide_interval_say_nothing_of_a_channel(
    warehouse: Warehouse, told: Pair, google: tuple[int, ...], meta: tuple[int, ...]
) -> None:
    win(warehouse, told.acme, "google_ads", google)
    win(warehouse, told.acme, "meta_ads", meta)

    assert found(warehouse, told.acme) == {}
    assert feed(warehouse, told.acme)["opportunity"] == "no_opportunity"


def test_churn_of_who_bought_once_is_told_when_it_rose_for_sure(
    warehouse: Warehouse, told: Pair
) -> None:
    for company, returned in ((told.acme, 4), (told.bolt, 17)):
        first_orders(warehouse, company, days=5, count=40, returned=returned)
        first_orders(warehouse, company, days=40, count=40, returned=20)
        add_customer(
            warehouse, company, "once", silent_days=300, frequency=0, if_active=50
        )
        measure_churn(warehouse.url, company)

    (row,) = found(warehouse, told.acme).values()

    assert row["rule_id"] == "one_time_churn_up"
    # 36 of 40 against 20 of 40: 16 more, each worth 50.
    assert (round(row["stake"]), row["sample_size"]) == (800, 40)
    assert "son unos 800 EUR (99 %: de " in row["sentence_es"]
    assert "subió 40,0 puntos en 30 días, de 50,0 % a 90,0 %" in row["sentence_es"]
    assert "rose by 40.0 points in 30 days, from 50.0 % to 90.0 %" in row["sentence_en"]
    assert found(warehouse, told.bolt) == {}


def test_a_success_needs_a_control_group_and_until_then_the_page_says_so(
    warehouse: Warehouse, told: Pair
) -> None:
    win(warehouse, told.acme, "google_ads", (1290, 1300, 1310))
    win(warehouse, told.acme, "meta_ads", (990, 1000, 1010))
    plan(warehouse, told.acme, 500)
    query = """
        select sentence_es, trace_id from reporting.insight_feed
        where company_id = %s and kind = 'success'
    """

    assert "success" not in {
        row["kind"] for row in found(warehouse, told.acme).values()
    }
    for company in (told.acme, told.bolt):
        (row,) = warehouse.rows(query, [company])
        assert "sin un grupo de control, apartado por sorteo" in row["sentence_es"]
        assert row["trace_id"] is None


def test_a_company_reads_its_own_insights_only(
    warehouse: Warehouse, told: Pair
) -> None:
    for company in (told.acme, told.bolt):
        win(warehouse, company, "meta_ads", (60, 60, 60))
    reader = warehouse.add_reader(told.acme)

    for view in ("insights", "insight_feed", "ltv_roas_totals"):
        rows = warehouse.rows(f"select company_id from reporting.{view}", role=reader)
        assert {row["company_id"] for row in rows} == {told.acme}


def write_to(warehouse: Warehouse, company: str, spent: int, buyers: int = 20) -> None:
    """100 written to, some of whom buy for so much; of 100 kept back 10 buy for 20."""
    audience: dict[str, Any] = {
        "company_id": company,
        "audience_id": uuid.uuid5(uuid.NAMESPACE_X500, company),
    }
    insert(
        warehouse,
        "audiences",
        schema="ops",
        **audience,
        name="Vuelta",
        segment_id="lost",
        holdout_share=0.5,
        built_by="ana",
    )
    for number in range(200):
        insert(
            warehouse,
            "audience_members",
            schema="ops",
            **audience,
            customer_id=f"c{number}",
            is_held_back=number >= 100,
        )
    insert(
        warehouse,
        "audience_exports",
        schema="ops",
        **audience,
        destination="csv",
        is_holdout=False,
        exported_by="ana",
        exported_at="2026-02-01 12:00+00",
    )
    insert(
        warehouse,
        "company_months",
        company_id=company,
        month_start_date="2026-03-01",
        through_date=AS_OF,
    )
    day = dt.date(2026, 2, 10)
    for number in range(buyers):
        add_order(warehouse, company, f"c{number}", day, spent)
    for number in range(100, 110):
        add_order(warehouse, company, f"c{number}", day, 20)
    measure_audiences(warehouse.url, company)


def test_writing_is_a_success_when_who_was_kept_back_bought_less_for_sure(
    warehouse: Warehouse, told: Pair
) -> None:
    write_to(warehouse, told.acme, 30)
    write_to(warehouse, told.bolt, 11)

    (row,) = found(warehouse, told.acme).values()

    # 100 times the means of 6 and 2.
    assert (row["rule_id"], row["stake"], row["sample_size"]) == (
        *("audience_gained", 400),
        100,
    )
    assert "Escribir a «Vuelta» recuperó 10 clientes" in row["sentence_es"]
    assert "trajo 400 EUR más de ventas" in row["sentence_es"]
    assert feed(warehouse, told.acme)["success"] == "audience_gained"
    assert found(warehouse, told.bolt) == {}
    assert feed(warehouse, told.bolt)["success"] == "no_success"


def test_customers_are_won_back_only_when_more_of_them_bought_for_sure(
    warehouse: Warehouse, told: Pair
) -> None:
    # 12 against 10 may be chance, what they spent is not.
    write_to(warehouse, told.acme, 100, buyers=12)

    (row,) = found(warehouse, told.acme).values()

    assert row["rule_id"] == "audience_spent_more"
    assert "Escribir a «Vuelta» trajo 1.000 EUR más" in row["sentence_es"]
    assert "recuperó" not in row["sentence_es"]
